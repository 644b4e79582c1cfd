"""Cases: what an investigation is kept under, and who has access to it and why."""
