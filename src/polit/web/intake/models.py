"""How far an import is, so that one that was broken off goes on."""

from django.db import models

from polit.web.media.models import Package


class Arrival(models.Model):
    """How much of a package has arrived; gone when it is imported. Not a record.

    Args:
        fence: Counts the imports that took it up; only the last one may write.
        stream: The rows that are arriving.
        rows: How many of them are here.
    """

    package = models.OneToOneField(
        Package, on_delete=models.CASCADE, primary_key=True, related_name="arrival"
    )
    fence = models.PositiveIntegerField(default=0)
    stream = models.CharField(max_length=20, blank=True)
    rows = models.BigIntegerField(default=0)
    findings_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        """The table."""

        db_table = "intake_arrival"

    def __str__(self) -> str:
        """Return the rows that are arriving."""
        return self.stream
