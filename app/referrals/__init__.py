"""Stations send workers to jobs, keep a place for them a while, and hear how it went."""
