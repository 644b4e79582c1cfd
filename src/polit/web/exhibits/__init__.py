"""Exhibits: what was seized, who holds it, and every hand that it passed through."""
