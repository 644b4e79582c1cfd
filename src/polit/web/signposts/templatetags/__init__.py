"""What pages of others show of signposts."""
