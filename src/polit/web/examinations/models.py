"""Examinations, how far they are, and the notes written while they were made."""

from django.db import models

from polit.base.clock import now_utc
from polit.web.cases.models import Case
from polit.web.core.models import Appended, Record, fresh_id
from polit.web.examinations.rules import (
    EXAMINATION_STATES,
    ExaminationKind,
    ExaminationState,
)
from polit.web.exhibits.models import Exhibit


class Examination(Record):
    """One examination of one exhibit: asked of the engine, or a package that was attached."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="examinations")
    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="examinations")
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=12, default=EXAMINATION_STATES.initial)
    order_id = models.UUIDField(unique=True, default=fresh_id)
    place = models.TextField()
    authority = models.TextField()
    asked_by = models.CharField(max_length=200)

    acquisition = models.TextField(blank=True)
    clock_offset_s = models.BigIntegerField(default=0)
    time_zone = models.CharField(max_length=100, blank=True)
    keep_originals = models.BooleanField(default=True)
    accept_atime = models.BooleanField(default=False)
    accept_reduced_isolation = models.BooleanField(default=False)
    carve = models.BooleanField(default=True)
    shadow_copies = models.BooleanField(default=False)

    not_before = models.DateTimeField(null=True)
    priority = models.PositiveSmallIntegerField(default=5)
    resumes = models.PositiveIntegerField(default=0)
    package = models.TextField(blank=True)
    mismatch_reason = models.TextField(blank=True)
    message = models.TextField(blank=True)

    class Meta:
        """The table, and what its rows must hold."""

        db_table = "examinations_examination"
        indexes = (
            models.Index(fields=["case", "-recorded_at"], name="examinations_of_case"),
            models.Index(fields=["state", "priority"], name="examinations_waiting"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in ExaminationKind]),
                name="examinations_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in ExaminationState]),
                name="examinations_state",
            ),
            models.CheckConstraint(
                condition=~models.Q(authority=""), name="examinations_authorised"
            ),
            models.CheckConstraint(
                condition=models.Q(priority__gte=1, priority__lte=9), name="examinations_priority"
            ),
        )

    def __str__(self) -> str:
        """Return the state."""
        return self.state

    @property
    def standing(self) -> ExaminationState:
        """The state as a value."""
        return ExaminationState(self.state)

    @property
    def has_package(self) -> bool:
        """Whether its package was taken in: what is done then is done to the package."""
        return self.standing in {ExaminationState.IMPORTED, ExaminationState.WITHDRAWN}

    @property
    def way(self) -> ExaminationKind:
        """The kind as a value."""
        return ExaminationKind(self.kind)


class Progress(models.Model):
    """How far an examination is, as the broker last told it. Counts only, not a record.

    ``turn`` counts how often the worker was told of it: a task of an earlier turn ends, so that
    never two of them ask the broker by turns.
    """

    examination = models.OneToOneField(
        Examination, on_delete=models.CASCADE, primary_key=True, related_name="progress"
    )
    turn = models.PositiveIntegerField(default=0)
    phase = models.CharField(max_length=60, blank=True)
    entries = models.BigIntegerField(default=0)
    done = models.BigIntegerField(default=0)
    skipped = models.BigIntegerField(default=0)
    failed = models.BigIntegerField(default=0)
    told_at = models.DateTimeField(default=now_utc)

    class Meta:
        """The table."""

        db_table = "examinations_progress"

    def __str__(self) -> str:
        """Return the phase."""
        return self.phase


class Note(Appended):
    """A note written at the time; a correction is a further note that names this one."""

    examination = models.ForeignKey(Examination, on_delete=models.PROTECT, related_name="notes")
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="correction"
    )
    author_id = models.CharField(max_length=100)
    author_name = models.CharField(max_length=200)
    occurred_at = models.DateTimeField()
    text = models.TextField()

    class Meta:
        """The table, and that a note says something."""

        db_table = "examinations_note"
        indexes = (
            models.Index(fields=["examination", "recorded_at"], name="examinations_notes_of"),
        )
        constraints = (
            models.CheckConstraint(condition=~models.Q(text=""), name="examinations_note_says"),
        )

    def __str__(self) -> str:
        """Return who wrote it."""
        return self.author_name
