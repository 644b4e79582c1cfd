"""Pages of accounts: the doors (signing in, factors), one's own account, everybody's."""
