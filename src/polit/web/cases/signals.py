"""What cases tell registers above them, in the transaction that makes it so."""

from django.dispatch import Signal

case_status_changed = Signal()
"""A case was taken to court, closed or reopened: ``case``, ``before``, ``actor``."""
