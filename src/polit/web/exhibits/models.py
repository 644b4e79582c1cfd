"""Exhibits, their continuity, what was given and pictured with them."""

from django.db import models
from django.db.models.functions import Lower

from polit.web.cases.models import Case
from polit.web.core.models import Appended, Record
from polit.web.exhibits.continuity import DOCUMENTS, UNSEALED_KINDS, SealFound, Standing, is_late
from polit.web.exhibits.corrections import HOLDER_KINDS, SEAL_KINDS, Field
from polit.web.exhibits.rules import (
    CUSTODY,
    FIRST_KINDS,
    DeviceKind,
    EventKind,
    Power,
    State,
    safe_name,
)
from polit.web.people.models import CasePerson
from polit.web.warrants.models import WarrantExecution


class Exhibit(Record):
    """One seized thing, or a part of one that was split off it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="exhibits")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="sub_exhibits"
    )
    reference = models.CharField(max_length=100)
    sort_key = models.CharField(max_length=900)
    depth = models.PositiveSmallIntegerField(default=0)
    description = models.TextField()
    producer_name = models.CharField(max_length=150)
    producer_number = models.CharField(max_length=50, blank=True)

    device_kind = models.CharField(max_length=20, choices=[(k.value, k.label) for k in DeviceKind])
    finer_kind = models.CharField(max_length=40, blank=True)
    make = models.CharField(max_length=100, blank=True)
    model = models.CharField(max_length=100, blank=True)
    marks = models.CharField(max_length=300, blank=True)
    capacity = models.CharField(max_length=50, blank=True)
    serial = models.CharField(max_length=100, blank=True)
    imei = models.CharField(max_length=15, blank=True)
    is_imei_unreadable = models.BooleanField(default=False)
    identifiers = models.TextField(blank=True)
    condition = models.TextField(blank=True)
    powered = models.CharField(max_length=10, choices=[(p.value, p.label) for p in Power])
    quantity = models.PositiveIntegerField(default=1)
    containers = models.CharField(max_length=300, blank=True)
    owner = models.ForeignKey(
        CasePerson, on_delete=models.PROTECT, null=True, related_name="exhibits"
    )
    owner_text = models.CharField(max_length=200, blank=True)

    seized_at = models.DateTimeField()
    seized_place = models.CharField(max_length=300)
    power_law = models.CharField(max_length=60)
    power_code = models.CharField(max_length=60)
    power_reference = models.CharField(max_length=200, blank=True)
    execution = models.ForeignKey(
        WarrantExecution, on_delete=models.PROTECT, null=True, related_name="exhibits"
    )
    agreement = models.TextField(blank=True)
    scope = models.TextField(blank=True)

    class Meta:
        """The table, and what its rows must hold."""

        db_table = "exhibits_exhibit"
        indexes = (
            models.Index(fields=["serial"], name="exhibits_serial"),
            models.Index(fields=["imei"], name="exhibits_imei"),
            models.Index(fields=["reference"], name="exhibits_reference"),
        )
        constraints = (
            models.UniqueConstraint("case", Lower("reference"), name="exhibits_reference_once"),
            models.UniqueConstraint(fields=["case", "sort_key"], name="exhibits_order"),
            models.CheckConstraint(condition=~models.Q(reference=""), name="exhibits_referenced"),
            models.CheckConstraint(
                condition=models.Q(device_kind__in=[kind.value for kind in DeviceKind]),
                name="exhibits_device_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(imei="") | models.Q(is_imei_unreadable=False),
                name="exhibits_imei_read_or_not",
            ),
            models.CheckConstraint(
                condition=models.Q(quantity__gte=1), name="exhibits_at_least_one"
            ),
        )

    def __str__(self) -> str:
        """Return the reference."""
        return self.reference

    @property
    def safe_name(self) -> str:
        """The reference as a file name, the one that its package bears."""
        return safe_name(self.reference)

    @property
    def short_description(self) -> str:
        """The beginning of the description, for lists."""
        line = " ".join(self.description[:200].split())
        return f"{line[:80]}…" if len(line) > 80 else line

    @property
    def owner_shown(self) -> str:
        """Whose it is, as people of any role may read it: a place in the case, what was stated."""
        place = self.owner.label if self.owner else ""
        return ": ".join(part for part in (place, self.owner_text) if part)

    @property
    def producer(self) -> str:
        """Who seized it, on one line."""
        if self.producer_number:
            return f"{self.producer_name} ({self.producer_number})"
        return self.producer_name


_WAYS = [
    (each.action, before, each.to) for each in CUSTODY.transitions for before in each.from_states
]
_SEAL_CHANGERS = sorted({kind.value for kind in SEAL_KINDS} | {"open_seal", "correct"})
_HOLDER_CHANGERS = sorted({kind.value for kind in HOLDER_KINDS} | {"correct"})
_FIRST = sorted(kind.value for kind in FIRST_KINDS)
_DOCUMENTED = sorted(kind.value for kind in DOCUMENTS)


def _is_a_way() -> models.Q:
    """Return the table of states as a condition of a row, so that the database holds it too."""
    condition = models.Q(kind__in=_FIRST, state_before="")
    condition |= models.Q(kind="correct", state_before=models.F("state_after"))
    for action, before, after in _WAYS:
        condition |= models.Q(kind=action, state_before=before, state_after=after)
    return condition


def _seals_fit() -> models.Q:
    """Return how seals come and go as a condition: one is put on, changed, or opened."""
    bare, unsealed = models.Q(seal_before=""), models.Q(seal_after="")
    condition = models.Q(kind="seal") & bare & ~unsealed
    condition |= models.Q(kind="change_seal") & ~bare & ~unsealed & ~models.Q(seal_found="")
    condition |= models.Q(kind="open_seal") & ~bare & unsealed & ~models.Q(seal_found="")
    condition |= models.Q(kind__in=sorted(kind.value for kind in UNSEALED_KINDS)) & bare
    told = ["seal", "change_seal", "open_seal", *(kind.value for kind in UNSEALED_KINDS)]
    return condition | ~models.Q(kind__in=sorted(told))


def _correction_fits() -> models.Q:
    """Return what a correction may change as a condition: what it says that it corrects."""
    same_holder = models.Q(holder_before=models.F("holder_after"))
    same_seal = models.Q(seal_before=models.F("seal_after"))
    holder = models.Q(corrected_field="holder", holder_after=models.F("corrected_text"))
    seal = models.Q(corrected_field="seal", seal_after=models.F("corrected_text"))
    seal &= ~models.Q(seal_before="")
    timed = models.Q(corrected_field="occurred_at", corrected_at__isnull=False)
    timed &= models.Q(corrected_at__lte=models.F("recorded_at"))
    untimed = ~models.Q(corrected_field="occurred_at") & models.Q(corrected_at__isnull=True)
    said = models.Q(corrected_field__in=sorted(field.value for field in Field))
    said &= ~models.Q(corrected_text="") & (timed | untimed)
    return ~models.Q(kind="correct") | (said & (same_holder | holder) & (same_seal | seal))


class CustodyEvent(Appended):
    """One link of an exhibit's chain: what happened, and where it left the exhibit.

    Each row holds where the one before left it. Triggers compare the two, so a chain with a gap
    or a holder who never had the exhibit cannot be kept, whoever writes it.
    """

    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="events")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=[(k.value, k.label) for k in EventKind])
    occurred_at = models.DateTimeField()
    place = models.CharField(max_length=300)
    state_before = models.CharField(max_length=30, blank=True)
    state_after = models.CharField(max_length=30, choices=[(s.value, s.label) for s in State])
    holder_before = models.CharField(max_length=220, blank=True)
    holder_after = models.CharField(max_length=220)
    seal_before = models.CharField(max_length=100, blank=True)
    seal_after = models.CharField(max_length=100, blank=True)
    seal_found = models.CharField(
        max_length=10, blank=True, choices=[(s.value, s.label) for s in SealFound]
    )
    given_signature = models.CharField(max_length=200, blank=True)
    taken_signature = models.CharField(max_length=200, blank=True)
    reason = models.TextField()
    note = models.TextField(blank=True)
    condition = models.TextField(blank=True)
    document = models.CharField(max_length=200, blank=True)
    copy_what = models.CharField(max_length=200, blank=True)
    copy_digest = models.CharField(max_length=140, blank=True)
    copy_place = models.CharField(max_length=300, blank=True)
    split_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="split_into"
    )
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="corrections"
    )
    corrected_field = models.CharField(max_length=20, blank=True)
    corrected_text = models.TextField(blank=True)
    corrected_at = models.DateTimeField(null=True)
    recorded_by = models.CharField(max_length=200)

    class Meta:
        """The table, and what its rows must hold by themselves; triggers hold the chain."""

        db_table = "exhibits_custody_event"
        constraints = (
            models.UniqueConstraint(fields=["exhibit", "number"], name="custody_number_once"),
            models.CheckConstraint(
                condition=models.Q(number=1, kind__in=_FIRST)
                | (models.Q(number__gt=1) & ~models.Q(kind__in=_FIRST)),
                name="custody_begins_once",
            ),
            models.CheckConstraint(condition=_is_a_way(), name="custody_way"),
            models.CheckConstraint(
                condition=models.Q(occurred_at__lte=models.F("recorded_at")),
                name="custody_not_in_the_future",
            ),
            models.CheckConstraint(
                condition=models.Q(holder_before=models.F("holder_after"))
                | models.Q(kind__in=_HOLDER_CHANGERS),
                name="custody_holder_changes",
            ),
            models.CheckConstraint(
                condition=models.Q(seal_before=models.F("seal_after"))
                | models.Q(kind__in=_SEAL_CHANGERS),
                name="custody_seal_changes",
            ),
            models.CheckConstraint(
                condition=~models.Q(holder_after="") & ~models.Q(reason=""),
                name="custody_says_who_and_why",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="correct", corrects__isnull=False)
                | (~models.Q(kind="correct") & models.Q(corrects__isnull=True)),
                name="custody_corrects_something",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="split", split_from__isnull=False)
                | (~models.Q(kind="split") & models.Q(split_from__isnull=True)),
                name="custody_splits_from_something",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=["hand_over", "send_to_laboratory"])
                | ~(models.Q(given_signature="") | models.Q(taken_signature="")),
                name="custody_handover_signed",
            ),
            models.CheckConstraint(condition=_seals_fit(), name="custody_seals_fit"),
            models.CheckConstraint(condition=_correction_fits(), name="custody_correction_fits"),
            models.CheckConstraint(
                condition=~models.Q(kind__in=_DOCUMENTED) | ~models.Q(document=""),
                name="custody_documented",
            ),
            models.UniqueConstraint(fields=["split_from"], name="custody_splits_once"),
        )

    def __str__(self) -> str:
        """Return the number and the kind."""
        return f"{self.number} {self.kind}"

    @property
    def standing(self) -> Standing:
        """Where it left the exhibit."""
        return Standing(
            self.number,
            self.occurred_at,
            State(self.state_after),
            self.holder_after,
            self.seal_after,
        )

    @property
    def before(self) -> tuple[str, str, str]:
        """The state, the holder and the seal that it began with."""
        return self.state_before, self.holder_before, self.seal_before

    @property
    def label(self) -> str:
        """What happened, in words."""
        return EventKind(self.kind).label

    @property
    def title(self) -> str:
        """The number and what happened, in words."""
        return f"{self.number}. {self.label}"

    @property
    def is_late(self) -> bool:
        """Whether it was entered more than a day after it happened; no correction is."""
        return not self.is_correction and is_late(self.occurred_at, self.recorded_at)

    @property
    def is_correction(self) -> bool:
        """Whether it says what another event should have said."""
        return self.kind == EventKind.CORRECT.value


class Passcode(Appended):
    """A PIN, password or pattern that somebody gave; sealed, and shown only by an audited act."""

    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="passcodes")
    opens = models.CharField(max_length=200)
    sealed = models.BinaryField()
    given_by = models.CharField(max_length=200)
    given_at = models.DateTimeField()
    power = models.CharField(max_length=200)

    class Meta:
        """The table, and when a code can have been given."""

        db_table = "exhibits_passcode"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(given_at__lte=models.F("recorded_at")),
                name="passcode_not_in_the_future",
            ),
        )

    def __str__(self) -> str:
        """Return what it opens, and never the code."""
        return self.opens


class Photograph(Record):
    """A photograph of the device: re-encoded pixels to show, the original kept and never served."""

    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="photographs")
    position = models.PositiveIntegerField()
    caption = models.CharField(max_length=300, blank=True)
    original_sha256 = models.CharField(max_length=64)
    shown_sha256 = models.CharField(max_length=64)
    thumbnail_sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=40)
    width_px = models.PositiveIntegerField()
    height_px = models.PositiveIntegerField()
    uploaded_by = models.CharField(max_length=200)

    class Meta:
        """The table: an exhibit's photographs have an order, and none stands twice."""

        db_table = "exhibits_photograph"
        constraints = (
            models.UniqueConstraint(
                fields=["exhibit", "original_sha256"], name="photograph_once_an_exhibit"
            ),
        )

    def __str__(self) -> str:
        """Return the caption."""
        return self.caption

    @property
    def withdrawn(self) -> "PhotographWithdrawal | None":
        """That it was withdrawn, ``None`` while it stands."""
        found: PhotographWithdrawal | None = getattr(self, "withdrawal", None)
        return found


class PhotographWithdrawal(Appended):
    """That a photograph was withdrawn, and why; its bytes and its row stay."""

    photograph = models.OneToOneField(
        Photograph, on_delete=models.PROTECT, related_name="withdrawal"
    )
    reason = models.TextField()
    withdrawn_by = models.CharField(max_length=200)

    class Meta:
        """The table."""

        db_table = "exhibits_photograph_withdrawal"

    def __str__(self) -> str:
        """Return the reason."""
        return self.reason
