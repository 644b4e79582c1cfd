"""What other registers may want to know of a case."""

from django.dispatch import Signal

case_moved = Signal()
"""A case went to court, was closed or reopened; sent in the act, with ``case`` and ``action``."""
