"""Enquiries: what was asked of others, and the wait for it."""
