"""Examinations: what was asked of the engine, how far it is, and notes written at the time."""
