"""What matching and the intake tell registers above, in the transaction that makes it so."""

from django.dispatch import Signal

package_changed = Signal()
"""What is known of a package changed, or it came or went: ``package``."""
supplements_wanted = Signal()
"""Somebody wants a package's supplements taken in: ``package``."""
rematch_wanted = Signal()
"""Somebody wants packages matched again: ``rematch``."""
