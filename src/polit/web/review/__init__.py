"""The gallery: the grid, its views, and the one door through which pictures are unveiled."""
