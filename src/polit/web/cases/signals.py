"""What cases tell registers above them, in the transaction that makes it so."""

from django.dispatch import Signal

case_moved = Signal()
"""A case went to court, was closed or reopened: ``case``, ``action``, ``before``, ``actor``."""
