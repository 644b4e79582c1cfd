"""Welfare of those who view: sessions, limits, breaks, opt-outs, what each was exposed to."""
