"""Pages of court."""
