"""Partition schemes, one module each: each states ORDER, NAME and find_volumes."""
