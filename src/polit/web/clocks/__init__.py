"""What is due, for whom, since when."""
