"""Accounts: people, their roles, how they prove who they are."""
