"""Pages of arrests."""
