"""Signposts: where people find help."""
