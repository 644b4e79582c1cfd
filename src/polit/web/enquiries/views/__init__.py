"""Pages of enquiries."""
