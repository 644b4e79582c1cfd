"""What the examinations register tells registers above it, in the transaction that makes it so."""

from django.dispatch import Signal

examination_asked = Signal()
"""An examination is to be run or gone on with: ``examination_id`` (UUID), ``not_before``."""
