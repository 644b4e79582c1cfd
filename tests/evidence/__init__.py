"""Scripts that make the fixtures: images with planted content, and the list of what is in them."""
