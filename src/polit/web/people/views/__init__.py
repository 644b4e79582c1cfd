"""The pages of people: within a case, and across the cases of whoever asks."""
