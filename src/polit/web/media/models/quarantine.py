"""What of packages is quarantined for legal privilege: blocked until counsel releases it.

The acts and decisions are the privilege register's; here stands what they come to, because every
query of rows must leave out what is blocked (``polit.web.media.quarantine``).
"""

from django.db import models
from django.db.models import Q

from polit.base.clock import now_utc
from polit.web.cases.models import Case
from polit.web.core.models import GuardedQuerySet
from polit.web.media.models.contents import Folder
from polit.web.media.models.entries import Entry
from polit.web.media.rules import Ground, PrivilegeState


class QuarantinedEntry(models.Model):
    """An entry that was quarantined; the row stays when it is released.

    Args:
        sha256: Its content; empty where it has none, or one of no bytes.
        ground: How it came here.
        source: The entry that it is a copy of, or lies in, where that is why.
        state: What counsel decided of it.
        is_blocked: Whether it is hidden: for its own state, or for its content's sake.
    """

    entry = models.OneToOneField(
        Entry, on_delete=models.PROTECT, primary_key=True, related_name="quarantine"
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_index=False)
    sha256 = models.BinaryField()
    ground = models.CharField(max_length=10)
    source = models.BigIntegerField(null=True)
    state = models.CharField(max_length=12, default=PrivilegeState.HELD.value)
    is_blocked = models.BooleanField(default=True)
    recorded_at = models.DateTimeField(default=now_utc, editable=False)

    objects = GuardedQuerySet.as_manager()

    class Meta:
        """The table: an entry stands in it once, and what is not released is blocked."""

        db_table = "media_quarantined_entry"
        indexes = (
            models.Index(fields=["case", "state", "entry"], name="media_quarantine_state"),
            models.Index(fields=["case", "sha256"], name="media_quarantine_content"),
            models.Index(
                fields=["case", "entry"], name="media_quarantine_blocked",
                condition=Q(is_blocked=True),
            ),
            models.Index(
                fields=["source"], name="media_quarantine_source",
                condition=Q(source__isnull=False),
            ),
        )  # fmt: skip
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[each.value for each in PrivilegeState]),
                name="media_quarantine_known",
            ),
            models.CheckConstraint(
                condition=Q(ground__in=[each.value for each in Ground]),
                name="media_quarantine_ground",
            ),
            models.CheckConstraint(
                condition=Q(is_blocked=True) | Q(state=PrivilegeState.RELEASED.value),
                name="media_quarantine_blocks",
            ),
        )

    def __str__(self) -> str:
        """Return the state."""
        return self.state

    @property
    def standing(self) -> PrivilegeState:
        """What counsel decided of it."""
        return PrivilegeState(self.state)

    @property
    def ground_label(self) -> str:
        """How it came here, in words."""
        return Ground(self.ground).label


class QuarantinedContent(models.Model):
    """A content of a case of which any occurrence was quarantined."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_index=False)
    sha256 = models.BinaryField()
    is_blocked = models.BooleanField(default=True)

    objects = GuardedQuerySet.as_manager()

    class Meta:
        """The table: a content stands once in a case."""

        db_table = "media_quarantined_content"
        constraints = (
            models.UniqueConstraint(fields=["case", "sha256"], name="media_quarantined_once"),
        )

    def __str__(self) -> str:
        """Return its number."""
        return str(self.pk)


class QuarantinedFolder(models.Model):
    """A folder whose own name tells of what is quarantined."""

    folder = models.OneToOneField(
        Folder, on_delete=models.PROTECT, primary_key=True, related_name="quarantine"
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    is_blocked = models.BooleanField(default=True)

    objects = GuardedQuerySet.as_manager()

    class Meta:
        """The table."""

        db_table = "media_quarantined_folder"

    def __str__(self) -> str:
        """Return its number."""
        return str(self.pk)
