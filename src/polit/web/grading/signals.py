"""What grading tells registers above it, in the transaction that makes it so."""

from django.dispatch import Signal

first_generation_confirmed = Signal()
"""An officer flagged a content as first generation: ``decision``, ``access``, ``actor``."""
force_set_wanted = Signal()
"""The force's decisions are to become a hash set now."""
