"""Separate processes for hostile bytes: started, locked down, watched and replaced here."""
