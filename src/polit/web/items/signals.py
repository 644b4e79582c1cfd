"""What the items tell registers above them, in the transaction that makes it so."""

from django.dispatch import Signal

items_built = Signal()
"""A case's items were built anew: ``review_set``, and ``fresh_places``, those that are new."""
