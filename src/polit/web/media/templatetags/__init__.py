"""Tags that pages of results share."""
