"""Tasks that protect children, each with its clock."""
