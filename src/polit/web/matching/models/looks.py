"""What the last look for supplements beside a package found."""

from django.db import models

from polit.web.media.models import Package


class SupplementLook(models.Model):
    """When supplements of a package were last looked for, and what came of it. Not a record.

    ``asked`` and ``taken`` are digests of what lay there: when somebody was last asked to take it
    in, and when that last ended, however it did. Empty is nothing.
    """

    package = models.OneToOneField(
        Package, on_delete=models.CASCADE, primary_key=True, related_name="supplement_look"
    )
    looked_at = models.DateTimeField(null=True)
    is_readable = models.BooleanField(default=True)
    asked = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField(null=True)
    taken = models.CharField(max_length=64, blank=True)
    trouble = models.TextField(blank=True)

    class Meta:
        """The table."""

        db_table = "matching_supplement_look"

    def __str__(self) -> str:
        """Return what kept the last ones from being taken in."""
        return self.trouble
