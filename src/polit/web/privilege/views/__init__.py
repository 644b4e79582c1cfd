"""Pages of legal privilege: those of officers, and those of independent counsel."""
