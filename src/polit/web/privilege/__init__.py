"""Legal privilege: what is quarantined, and who releases it."""
