"""Charges, pleas, hearings, results with their sentences, appeals."""

from django.db import models
from django.db.models import Q

from polit.web.arrests.anchored import Anchored
from polit.web.arrests.models import Arrest
from polit.web.cases.models import Case
from polit.web.cases.offences import offence_scheme
from polit.web.core.models import Appended, Superseded
from polit.web.court.law import court_terms
from polit.web.court.rules import AppealAgainst, AppealStage, Held
from polit.web.people.models import CasePerson


class Charge(Anchored):
    """One count that a suspect is charged with."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="charges")
    place = models.ForeignKey(CasePerson, on_delete=models.PROTECT, related_name="charges")
    arrest = models.ForeignKey(Arrest, on_delete=models.PROTECT, null=True, related_name="charges")
    charged_at = models.DateTimeField()
    count_number = models.PositiveSmallIntegerField()
    offence_law = models.CharField(max_length=60, blank=True)
    offence_version = models.PositiveSmallIntegerField(null=True)
    offence = models.CharField(max_length=50, blank=True)
    statute = models.CharField(max_length=300, blank=True)
    particulars = models.TextField()
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """The table, and what its rows must hold."""

        db_table = "court_charge"
        indexes = (
            models.Index(fields=["case", "charged_at"], name="court_charge_case"),
            models.Index(fields=["charged_at"], name="court_charge_order"),
            models.Index(fields=["place", "count_number"], name="court_charge_place"),
        )
        constraints = (
            models.CheckConstraint(
                condition=(Q(offence="", offence_law="", offence_version=None) & ~Q(statute=""))
                | (Q(statute="", offence_version__isnull=False) & ~Q(offence="")
                   & ~Q(offence_law="")),
                name="court_charge_offence",
            ),
            models.CheckConstraint(
                condition=Q(to_on=None) | Q(to_on__gte=models.F("from_on")),
                name="court_charge_days",
            ),
            models.CheckConstraint(
                condition=Q(count_number__gte=1) & ~Q(particulars="") & ~Q(reason=""),
                name="court_charge_says",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        """Return the count."""
        return f"Count {self.count_number}"

    @property
    def offence_label(self) -> str:
        """The offence in words."""
        if not self.offence:
            return self.statute
        assert self.offence_version is not None
        return offence_scheme(self.offence_law, self.offence_version).label_of(self.offence)


class OfCourt(Superseded):
    """Something that happened at court."""

    occurred_at = models.DateTimeField()
    terms = models.CharField(max_length=60)
    note = models.TextField(blank=True)
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """No table of its own."""

        abstract = True


class Plea(OfCourt):
    """A plea to a charge; the last that holds is the plea."""

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="pleas")
    plea = models.CharField(max_length=40)

    class Meta:
        """The table, and that it says why."""

        db_table = "court_plea"
        indexes = (models.Index(fields=["charge", "occurred_at"], name="court_plea_of"),)
        constraints = (models.CheckConstraint(condition=~Q(reason=""), name="court_plea_says"),)

    def __str__(self) -> str:
        """Return the plea."""
        return self.plea

    @property
    def label(self) -> str:
        """The plea in words."""
        return court_terms(self.terms).plea(self.plea).label


class Hearing(Anchored):
    """A hearing of a defendant, which may lie ahead."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="hearings")
    place = models.ForeignKey(CasePerson, on_delete=models.PROTECT, related_name="hearings")
    starts_at = models.DateTimeField()
    court = models.CharField(max_length=200)
    terms = models.CharField(max_length=60)
    kind = models.CharField(max_length=40)
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """The table, and that it says where and why."""

        db_table = "court_hearing"
        indexes = (
            models.Index(fields=["case", "starts_at"], name="court_hearing_case"),
            models.Index(fields=["starts_at"], name="court_hearing_order"),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(court="") & ~Q(reason=""), name="court_hearing_says"
            ),
        )

    def __str__(self) -> str:
        """Return the kind."""
        return self.kind

    @property
    def label(self) -> str:
        """The kind in words."""
        return court_terms(self.terms).hearing(self.kind).label


class HearingOutcome(Superseded):
    """What became of a hearing; the last that holds counts."""

    hearing = models.ForeignKey(Hearing, on_delete=models.PROTECT, related_name="outcomes")
    held = models.CharField(max_length=20)
    outcome = models.TextField()
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """The table, and what its rows must hold."""

        db_table = "court_hearing_outcome"
        constraints = (
            models.CheckConstraint(
                condition=Q(held__in=[each.value for each in Held]), name="court_heard_kind"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="") & ~Q(reason=""), name="court_heard_says"
            ),
        )

    def __str__(self) -> str:
        """Return what became of it."""
        return self.held

    @property
    def way(self) -> Held:
        """What became of it."""
        return Held(self.held)


class CourtResult(OfCourt, Anchored):
    """What a court decided on a charge; the last that holds is the result.

    Args:
        convicts: Whether the defendant is guilty by it, as the list said when it was recorded.
    """

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="results")
    court = models.CharField(max_length=200)
    verdict = models.CharField(max_length=40)
    convicts = models.BooleanField()

    class Meta:
        """The table, and that it says why."""

        db_table = "court_result"
        indexes = (
            models.Index(fields=["charge", "occurred_at"], name="court_result_of"),
            models.Index(fields=["convicts", "occurred_at"], name="court_result_convicts"),
        )
        constraints = (models.CheckConstraint(condition=~Q(reason=""), name="court_result_says"),)

    def __str__(self) -> str:
        """Return the verdict."""
        return self.verdict

    @property
    def label(self) -> str:
        """The verdict in words."""
        return court_terms(self.terms).verdict(self.verdict).label


class SentencePart(Appended):
    """One part of the sentence of a result, in the order in which they were given."""

    result = models.ForeignKey(CourtResult, on_delete=models.PROTECT, related_name="sentence")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=40)
    amount = models.PositiveIntegerField(null=True)
    text = models.CharField(max_length=500, blank=True)

    class Meta:
        """The table: parts are numbered once."""

        db_table = "court_sentence_part"
        constraints = (
            models.UniqueConstraint(fields=["result", "number"], name="court_sentence_once"),
        )

    def __str__(self) -> str:
        """Return the kind."""
        return self.kind

    @property
    def label(self) -> str:
        """The part in words, such as ``Fine: 200 pounds``."""
        kind = court_terms(self.result.terms).sentence(self.kind)
        return kind.label if self.amount is None else f"{kind.label}: {self.amount:,} {kind.unit}"


class Appeal(OfCourt):
    """One step of an appeal against a result."""

    result = models.ForeignKey(CourtResult, on_delete=models.PROTECT, related_name="appeals")
    against = models.CharField(max_length=20)
    stage = models.CharField(max_length=20)

    class Meta:
        """The table, and what its rows must hold."""

        db_table = "court_appeal"
        indexes = (models.Index(fields=["result", "occurred_at"], name="court_appeal_of"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(against__in=[each.value for each in AppealAgainst])
                & Q(stage__in=[each.value for each in AppealStage]),
                name="court_appeal_known",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="court_appeal_says"),
        )

    def __str__(self) -> str:
        """Return the stage."""
        return self.stage

    @property
    def label(self) -> str:
        """The step in words."""
        against = AppealAgainst(self.against).label.lower()
        return f"Appeal against {against}: {AppealStage(self.stage).label.lower()}"
