"""Running the stations: the tree, their areas, and who works there."""
