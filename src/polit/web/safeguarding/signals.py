"""What safeguarding tells registers above it, in the transaction that makes it so."""

from django.dispatch import Signal

tasks_done = Signal()
"""The last task of a case that stood open is done: ``case``. Nothing says how it ended."""
