"""The exchange log: what was given to whom, and what came back."""
