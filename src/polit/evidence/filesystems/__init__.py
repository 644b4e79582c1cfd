"""File systems, one module a format: each states ORDER, NAME, detect and open_filesystem."""
