"""Open evidence read-only and name everything in it. Runs in the isolated walker only."""
