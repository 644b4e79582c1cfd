"""What the examinations register tells registers above it, in the transaction that makes it so."""

from django.dispatch import Signal

examination_asked = Signal()
"""The worker is to see to an examination: ``examination``, and ``turn``, how often it was told."""
