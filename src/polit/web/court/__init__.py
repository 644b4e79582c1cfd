"""Court: charges, pleas, hearings, results."""
