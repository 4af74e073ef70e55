"""Stands in for the provincial platform: written from the contract and its documents alone.

It imports nothing of the application, so it reads as what a provincial engineer would write:
`copy` (what the province holds), `city` (calls to the city), `life` (snapshot, changes, pushes, comparing),
`page` (what a person sees), `serving` (the server).
"""
