"""What the items of a review tell registers above."""

from django.dispatch import Signal

items_built = Signal()
"""The items of a case were brought in line: ``review_set``, and ``fresh_places``, the range of the
places that were given since others were last told. Sent at the end of a build, outside its
transactions; sent again for the same places where a build was cut off after it."""
