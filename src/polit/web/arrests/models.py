"""Arrests, what happened in custody, interviews, outcomes with their bail, support offered."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils import timezone

from polit.web.arrests.anchored import Anchored
from polit.web.arrests.law import BailLevel, bail_law, necessity_scheme
from polit.web.arrests.rules import EXTENSIONS, RUNNING, ArrestKind, CustodyKind, OutcomeKind
from polit.web.cases.models import Case
from polit.web.core.models import Appended, Superseded
from polit.web.people.models import CasePerson
from polit.web.warrants.models import WarrantExecution

_RUNNING = sorted(kind.value for kind in RUNNING)


class Arrest(Anchored):
    """An arrest, a voluntary attendance or a postal requisition.

    Only those of kind ``arrest`` are counted as arrests.

    Args:
        necessity: Codes of criteria, joined by commas, of the version ``necessity_law``.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="arrests")
    place = models.ForeignKey(CasePerson, on_delete=models.PROTECT, related_name="arrests")
    kind = models.CharField(max_length=30)
    occurred_at = models.DateTimeField()
    where = models.CharField(max_length=300)
    grounds = models.TextField()
    officer = models.CharField(max_length=200)
    necessity_law = models.CharField(max_length=60, blank=True)
    necessity = models.CharField(max_length=300, blank=True)
    rights_given_at = models.DateTimeField(null=True)
    execution = models.ForeignKey(
        WarrantExecution, on_delete=models.PROTECT, null=True, related_name="arrests"
    )
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """The table, and what its rows must hold."""

        db_table = "arrests_arrest"
        indexes = (
            models.Index(fields=["case", "occurred_at"], name="arrests_of_case"),
            models.Index(fields=["occurred_at"], name="arrests_order"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in ArrestKind]), name="arrests_kind"
            ),
            models.CheckConstraint(
                condition=(Q(kind="arrest") & ~Q(necessity="") & ~Q(necessity_law=""))
                | (~Q(kind="arrest") & Q(necessity="", necessity_law="")),
                name="arrests_necessity",
            ),
            models.CheckConstraint(
                condition=~Q(where="") & ~Q(grounds="") & ~Q(reason=""), name="arrests_says"
            ),
        )

    def __str__(self) -> str:
        """Return the kind."""
        return self.kind

    @property
    def way(self) -> ArrestKind:
        """Its kind."""
        return ArrestKind(self.kind)

    @property
    def occurred_on(self) -> date:
        """The day, in the force's zone."""
        return timezone.localdate(self.occurred_at)

    @property
    def necessity_codes(self) -> tuple[str, ...]:
        """The criteria that made it necessary."""
        return tuple(self.necessity.split(",")) if self.necessity else ()

    @property
    def necessity_labels(self) -> tuple[str, ...]:
        """Those criteria in words, as they were when it was recorded."""
        codes = self.necessity_codes
        scheme = necessity_scheme(self.necessity_law) if codes else None
        return tuple(scheme.label_of(each) for each in codes) if scheme else ()


class OfArrest(Superseded):
    """Something that happened after an arrest; it points at the arrest's first row."""

    occurred_at = models.DateTimeField()
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """No table of its own."""

        abstract = True


class CustodyStep(OfArrest):
    """A step of somebody's detention: arrival, authority, review, extension, release."""

    arrest = models.ForeignKey(Arrest, on_delete=models.PROTECT, related_name="custody_steps")
    kind = models.CharField(max_length=20)
    officer = models.CharField(max_length=200)
    until_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        """The table: an extension says until when, and nothing else does."""

        db_table = "arrests_custody"
        indexes = (models.Index(fields=["arrest", "occurred_at"], name="arrests_custody_of"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in CustodyKind]),
                name="arrests_custody_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(EXTENSIONS), until_at__isnull=False)
                | (~Q(kind__in=sorted(EXTENSIONS)) & Q(until_at=None)),
                name="arrests_custody_until",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="arrests_custody_says"),
        )

    def __str__(self) -> str:
        """Return the kind."""
        return self.kind

    @property
    def step(self) -> CustodyKind:
        """Its kind."""
        return CustodyKind(self.kind)


class SuspectInterview(OfArrest):
    """An interview of a suspect, under caution."""

    arrest = models.ForeignKey(Arrest, on_delete=models.PROTECT, related_name="interviews")
    ended_at = models.DateTimeField(null=True)
    where = models.CharField(max_length=300)
    officers = models.CharField(max_length=300)
    legal_adviser = models.CharField(max_length=200)
    summary = models.TextField(blank=True)

    class Meta:
        """The table, and that it says why."""

        db_table = "arrests_interview"
        indexes = (models.Index(fields=["arrest", "occurred_at"], name="arrests_interview_of"),)
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="arrests_interview_says"),
        )

    def __str__(self) -> str:
        """Return what it is."""
        return "interview"


class ArrestOutcome(OfArrest):
    """What became of an arrest; the last that holds is where it stands.

    Args:
        bail_law: The version of the law that the bail's period follows.
        bail_level: Whose authority the period has, a code of that law.
        due_at: When bail ends, or a release under investigation is looked at again.
        first: The first row that said this, ``None`` on that row itself. A correction to another
            kind begins anew: whoever was told has to be told again.
    """

    arrest = models.ForeignKey(Arrest, on_delete=models.PROTECT, related_name="outcomes")
    first = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="rows")
    kind = models.CharField(max_length=40)
    detail = models.TextField(blank=True)
    bail_law = models.CharField(max_length=60, blank=True)
    bail_level = models.CharField(max_length=40, blank=True)
    due_at = models.DateTimeField(null=True)

    class Meta:
        """The table: bail names its law, and what goes on has a day."""

        db_table = "arrests_outcome"
        indexes = (
            models.Index(fields=["arrest", "occurred_at"], name="arrests_outcome_of"),
            models.Index(fields=["due_at"], name="arrests_outcome_due"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in OutcomeKind]),
                name="arrests_outcome_kind",
            ),
            models.CheckConstraint(
                condition=(Q(kind="bail") & ~Q(bail_law="") & ~Q(bail_level=""))
                | (~Q(kind="bail") & Q(bail_law="", bail_level="")),
                name="arrests_outcome_bail",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=_RUNNING, due_at__isnull=False)
                | (~Q(kind__in=_RUNNING) & Q(due_at=None)),
                name="arrests_outcome_running",
            ),
            models.CheckConstraint(
                condition=~Q(kind="no_further_action") | ~Q(detail=""), name="arrests_outcome_why"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="arrests_outcome_says"),
        )

    def __str__(self) -> str:
        """Return the kind."""
        return self.kind

    @property
    def way(self) -> OutcomeKind:
        """Its kind."""
        return OutcomeKind(self.kind)

    @property
    def level(self) -> BailLevel | None:
        """Whose authority the bail has; ``None`` for what is not bail."""
        return bail_law(self.bail_law).level(self.bail_level) if self.bail_law else None


class BailCondition(Appended):
    """A condition of one bail, in the order in which they were given."""

    outcome = models.ForeignKey(ArrestOutcome, on_delete=models.PROTECT, related_name="conditions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()

    class Meta:
        """The table, and that a condition says something."""

        db_table = "arrests_bail_condition"
        constraints = (
            models.UniqueConstraint(fields=["outcome", "number"], name="arrests_condition_once"),
            models.CheckConstraint(condition=~Q(text=""), name="arrests_condition_says"),
        )

    def __str__(self) -> str:
        """Return the number."""
        return str(self.number)


class FamilySupport(OfArrest):
    """Support that was offered to a suspect's family."""

    arrest = models.ForeignKey(Arrest, on_delete=models.PROTECT, related_name="support")
    offered_to = models.CharField(max_length=200)
    what = models.TextField()
    is_accepted = models.BooleanField()

    class Meta:
        """The table, and that it says why."""

        db_table = "arrests_support"
        indexes = (models.Index(fields=["arrest", "occurred_at"], name="arrests_support_of"),)
        constraints = (
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(what=""), name="arrests_support_says"
            ),
        )

    def __str__(self) -> str:
        """Return what it is."""
        return "support"
