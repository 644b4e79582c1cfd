"""What happened and is pointed at: every correction hangs on the first row, and so does the rest.

An outcome belongs to the arrest, not to one wording of it: it points at the first row, whatever
corrections follow. Court uses the same base.
"""

from django.db import models

from polit.web.core.models import Superseded


class Anchored(Superseded):
    """A record of something that happened, which others point at.

    ``first`` is the first row of what was recorded, of that row itself too. Its identifier is the
    record's in every address and for every key that points here.
    """

    first = models.ForeignKey("self", on_delete=models.PROTECT, related_name="rows")

    class Meta:
        """No table of its own."""

        abstract = True
