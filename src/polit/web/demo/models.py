"""The mark of a synthetic record."""

from polit.web.core.models import Appended


class SyntheticMark(Appended):
    """That this record is made up. The row is never changed and never deleted."""

    class Meta:
        """The table."""

        db_table = "demo_synthetic_mark"

    def __str__(self) -> str:
        """Return what it says."""
        return "synthetic"
