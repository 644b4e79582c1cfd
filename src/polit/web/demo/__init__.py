"""A synthetic force to try polit on."""
