"""What can be asked of the broker: one module for each matter, discovered and ordered."""
