"""Referrals: what reaches the team, from whom, and what became of it."""
