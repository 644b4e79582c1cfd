"""What exhibits tell registers above them, in the transaction that makes it so."""

from django.dispatch import Signal

device_described = Signal()
"""What is said of a device came or changed, its make, model and numbers: ``exhibit``."""
