"""What the hash sets tell registers above them, in the transaction that makes it so."""

from django.dispatch import Signal

order_asked = Signal()
"""The worker is to see to an order: ``order``, and ``turn``, how often it was told of it."""
set_switched = Signal()
"""The store is to be told of an act on a set: ``sha256``."""
