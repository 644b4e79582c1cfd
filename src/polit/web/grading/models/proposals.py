"""Grades that another case gave to an exact copy, and schedules that were served."""

from django.db import models
from django.db.models import Q

from polit.web.cases.models import Case
from polit.web.core.models import Appended, Record
from polit.web.grading.rules import ProposalState


class Proposal(Record):
    """That an exact copy was graded in another case; nobody here is told in which.

    Args:
        origin_id: The other case; for polit alone.
        code: The category, as ``CategoryRef.text`` has it.
    """

    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="proposals", db_index=False
    )
    origin_id = models.UUIDField()
    sha256 = models.BinaryField()
    code = models.CharField(max_length=100)
    state = models.CharField(max_length=10, default=ProposalState.OPEN.value)

    class Meta:
        """The table: another case proposes one thing at a time."""

        db_table = "grading_proposal"
        constraints = (
            models.UniqueConstraint(
                fields=["sha256", "case", "origin_id"], name="grading_proposal_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ProposalState]),
                name="grading_proposal_state",
            ),
        )
        indexes = (models.Index(fields=["case", "state"], name="grading_proposal_waiting"),)

    def __str__(self) -> str:
        """Return where it stands."""
        return self.state


class FrozenSchedule(Appended):
    """What was decided of a case when it was taken to court: its served schedule.

    Args:
        version: From 1 in each case.
        digest: SHA-256 over the canonical rows (SHA-256, category, flags), lower-case hex.
        rows: The rows themselves, a canonical JSON line each, by SHA-256.
        changes: What differs from the version before it, as canonical JSON.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="frozen_schedules")
    version = models.IntegerField()
    digest = models.CharField(max_length=64)
    count = models.BigIntegerField()
    rows = models.TextField()
    changes = models.TextField(default="{}")

    class Meta:
        """The table."""

        db_table = "grading_frozen"
        constraints = (
            models.UniqueConstraint(fields=["case", "version"], name="grading_frozen_once"),
        )

    def __str__(self) -> str:
        """Return its version."""
        return str(self.version)
