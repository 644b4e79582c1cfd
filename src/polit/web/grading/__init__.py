"""Decisions on items: appended, never updated; second reviews, proposals, strategy."""
