"""Intake: takes sealed packages into the record, verified and each row once."""
