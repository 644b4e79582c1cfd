"""What there is to review in a case: one item for each distinct picture or video."""
