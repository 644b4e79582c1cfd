"""What happens to contents that other registers have to know of."""

from django.dispatch import Signal

quarantine_changed = Signal()
"""What of a case is quarantined for legal privilege changed (``case_id``); within the act."""
