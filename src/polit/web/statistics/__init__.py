"""Figures, each with its rule and its records."""
