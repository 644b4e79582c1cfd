"""Risk: results of assessment tools, and the prompt about suicide risk."""
