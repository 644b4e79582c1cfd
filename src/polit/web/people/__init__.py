"""People: suspects, children and everybody else, each once, with a role in each case."""
