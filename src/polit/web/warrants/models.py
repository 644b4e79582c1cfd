"""Warrants, the premises they name, and each time that they were executed."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from polit.base.clock import now_utc
from polit.web.cases.models import Case
from polit.web.core.models import Appended, Record, Superseded
from polit.web.core.tones import Tone
from polit.web.people.models import CasePerson
from polit.web.warrants.powers import PowerScheme, WarrantPower, power_scheme
from polit.web.warrants.rules import (
    EXPIRED_LABEL,
    Entries,
    WarrantKind,
    WarrantState,
    is_expired,
)

_HELD = ("granted", "executed")


class Warrant(Record):
    """A warrant of a case, from its application on.

    Args:
        expires_on: The last day on which it may be executed.
        executed_at: When its first standing execution that counts was: by this it is counted,
            once. The services derive it from the executions.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="warrants")
    reference = models.CharField(max_length=100)
    power_scheme = models.CharField(max_length=50)
    power_version = models.PositiveSmallIntegerField()
    power_code = models.CharField(max_length=50)
    court = models.CharField(max_length=200)
    applicant = models.CharField(max_length=200)
    applied_at = models.DateTimeField()
    granted_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    expires_on = models.DateField(null=True)
    expiry_reason = models.TextField(blank=True)
    kind = models.CharField(max_length=20, default=WarrantKind.SPECIFIC.value)
    entries = models.CharField(max_length=10, default=Entries.SINGLE.value)
    state = models.CharField(max_length=10, default=WarrantState.APPLIED.value)
    executed_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=200)

    class Meta:
        """The table: a reference stands once in a case, the times fit the state."""

        db_table = "warrants_warrant"
        indexes = (
            models.Index(fields=["case", "applied_at"], name="warrants_of_case"),
            models.Index(fields=["applied_at"], name="warrants_applied"),
            models.Index(fields=["state", "expires_on"], name="warrants_expiry"),
            models.Index(fields=["executed_at"], name="warrants_executed"),
        )
        constraints = (
            models.UniqueConstraint(fields=["case", "reference"], name="warrants_reference_once"),
            models.CheckConstraint(
                condition=Q(state__in=[each.value for each in WarrantState]),
                name="warrants_state",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[each.value for each in WarrantKind])
                & Q(entries__in=[each.value for each in Entries])
                & ~Q(reference=""),
                name="warrants_kind",
            ),
            models.CheckConstraint(
                condition=(Q(granted_at=None, expires_on=None) & ~Q(state__in=_HELD))
                | Q(granted_at__gte=F("applied_at"), expires_on__isnull=False,
                    state__in=[*_HELD, "withdrawn"]),
                name="warrants_granted",
            ),
            models.CheckConstraint(
                condition=Q(state="refused", refused_at__isnull=False)
                | (~Q(state="refused") & Q(refused_at=None)),
                name="warrants_refused",
            ),
            models.CheckConstraint(
                condition=Q(state="executed", executed_at__isnull=False)
                | (~Q(state="executed") & Q(executed_at=None)),
                name="warrants_executed_when",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        """Return the reference."""
        return self.reference

    @property
    def standing(self) -> WarrantState:
        """Where it stands."""
        return WarrantState(self.state)

    @property
    def scheme(self) -> PowerScheme:
        """The powers that it was kept under."""
        return power_scheme(self.power_scheme, self.power_version)

    @property
    def power(self) -> WarrantPower:
        """Its power, as it was when the warrant was kept."""
        return self.scheme.power(self.power_code)

    @property
    def power_label(self) -> str:
        """Its power in words."""
        return self.scheme.label_of(self.power_code)

    @property
    def is_expired(self) -> bool:
        """Whether it ran out unexecuted."""
        return is_expired(self.expires_on, self.standing, _today())

    @property
    def state_label(self) -> str:
        """Where it stands, in words."""
        return EXPIRED_LABEL if self.is_expired else self.standing.label

    @property
    def state_tone(self) -> Tone:
        """How that is tinted."""
        return Tone.RED if self.is_expired else self.standing.tone

    @property
    def kind_label(self) -> str:
        """Which premises and how many entries, in words."""
        return f"{WarrantKind(self.kind).label}, {Entries(self.entries).label.lower()}"


class WarrantPremises(Record):
    """An address that a warrant names; one that was named wrongly is ended and stays."""

    warrant = models.ForeignKey(Warrant, on_delete=models.PROTECT, related_name="premises")
    number = models.PositiveSmallIntegerField()
    address = models.TextField()
    place = models.ForeignKey(
        CasePerson, on_delete=models.PROTECT, null=True, related_name="warrant_premises"
    )
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, blank=True)

    class Meta:
        """The table: they are numbered, and an end says by whom."""

        db_table = "warrants_premises"
        constraints = (
            models.UniqueConstraint(fields=["warrant", "number"], name="warrants_premises_order"),
            models.CheckConstraint(condition=~Q(address=""), name="warrants_premises_address"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by="")
                | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
                name="warrants_premises_end",
            ),
        )

    def __str__(self) -> str:
        """Return the number: an address stands nowhere by chance."""
        return str(self.number)

    @property
    def line(self) -> str:
        """The address on one line."""
        return ", ".join(part.strip() for part in self.address.splitlines() if part.strip())


class WarrantExecution(Superseded):
    """One time that officers came with a warrant.

    Args:
        counts: Whether the outcome counts as an execution, as the data said when it was kept.
        place: Where; the address of the premises, or what was given instead.
    """

    warrant = models.ForeignKey(Warrant, on_delete=models.PROTECT, related_name="executions")
    premises = models.ForeignKey(
        WarrantPremises, on_delete=models.PROTECT, null=True, related_name="executions"
    )
    occurred_at = models.DateTimeField()
    outcome = models.CharField(max_length=40)
    counts = models.BooleanField()
    place = models.CharField(max_length=500)
    officer = models.CharField(max_length=200)
    others_present = models.TextField(blank=True)
    authority = models.TextField(blank=True)
    notes = models.TextField(blank=True)
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """The table: it says where, who was in charge, and of no time to come."""

        db_table = "warrants_execution"
        indexes = (models.Index(fields=["warrant", "occurred_at"], name="warrants_executions"),)
        constraints = (
            models.CheckConstraint(
                condition=~Q(place="") & ~Q(officer="") & ~Q(reason=""),
                name="warrants_execution_says",
            ),
            models.CheckConstraint(
                condition=Q(occurred_at__lte=F("recorded_at")), name="warrants_execution_past"
            ),
        )

    def __str__(self) -> str:
        """Return the outcome."""
        return self.outcome

    @property
    def outcome_label(self) -> str:
        """How it came out, in words."""
        return self.warrant.scheme.outcome_label(self.outcome)

    @property
    def is_late(self) -> bool:
        """Whether the warrant had expired by then."""
        last_day = self.warrant.expires_on
        return last_day is not None and timezone.localdate(self.occurred_at) > last_day


class ExecutionPresence(Appended):
    """That somebody of the case was there when a warrant was executed."""

    execution = models.ForeignKey(
        WarrantExecution, on_delete=models.PROTECT, related_name="presences"
    )
    place = models.ForeignKey(
        CasePerson, on_delete=models.PROTECT, related_name="warrant_presences"
    )

    class Meta:
        """The table, and that somebody is there once."""

        db_table = "warrants_presence"
        constraints = (
            models.UniqueConstraint(fields=["execution", "place"], name="warrants_presence_once"),
        )

    def __str__(self) -> str:
        """Return nothing that tells who it is."""
        return str(self.pk)


def _today() -> date:
    return timezone.localdate(now_utc())
