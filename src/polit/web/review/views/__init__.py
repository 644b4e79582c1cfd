"""Pages and answers of the gallery."""
