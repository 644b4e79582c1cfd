"""What people fill in about exhibits."""
