"""Victim identification: unknown children, series, clues and enquiries until a child is found."""
