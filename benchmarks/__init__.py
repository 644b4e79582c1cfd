"""What is measured, and against what: each module is run by ``./dev bench NAME``."""
