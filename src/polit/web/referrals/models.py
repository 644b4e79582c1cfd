"""Referrals, what they name, the report as it came, and what hangs together."""

from django.db import models
from django.db.models import F, Q

from polit.web.cases.models import Case, Unit
from polit.web.core.models import Appended, Record
from polit.web.people.identifiers import identifier_scheme
from polit.web.people.models import SERVICE_KEY_LENGTH, VALUE_KEY_LENGTH
from polit.web.referrals.rules import (
    NAME_LENGTH,
    SOURCE_REFERENCE_LENGTH,
    WAITING,
    WHAT_LENGTH,
    ReferralState,
    Viewed,
)
from polit.web.referrals.sources import source_scheme


class Referral(Record):
    """What reached the team about somebody, until it is in a case or comes to nothing.

    Args:
        reference: Ours, given by polit: ``R2026-00017``.
        source_key: The source's reference in the form in which two are compared.
        state_since: Since when it stands where it stands.
        passed_to: The force that it was passed to; empty otherwise.
    """

    reference = models.CharField(max_length=20, unique=True)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    source_scheme = models.CharField(max_length=50)
    source_version = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=50)
    source_reference = models.CharField(max_length=SOURCE_REFERENCE_LENGTH, blank=True)
    source_key = models.CharField(max_length=4 * SOURCE_REFERENCE_LENGTH, blank=True)
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=200)
    event_from = models.DateTimeField(null=True)
    event_to = models.DateTimeField(null=True)
    summary = models.TextField(blank=True)
    state = models.CharField(max_length=20, default=ReferralState.RECEIVED.value)
    state_since = models.DateTimeField()
    area = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="referrals")
    duplicate_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="duplicates"
    )
    passed_to = models.CharField(max_length=200, blank=True)

    class Meta:
        """The table: found by state, time and the source's reference; its states have their facts.

        A duplicate goes where the one goes that it repeats.
        """

        db_table = "referrals_referral"
        indexes = (
            models.Index(fields=["received_at", "id"], name="referrals_by_receipt"),
            models.Index(fields=["state", "received_at", "id"], name="referrals_waiting"),
            models.Index(fields=["source", "received_at", "id"], name="referrals_by_source"),
            models.Index(fields=["source_key"], name="referrals_source_key"),
        )
        constraints = (
            models.UniqueConstraint(fields=["year", "number"], name="referrals_number"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ReferralState]),
                name="referrals_state",
            ),
            models.CheckConstraint(
                condition=Q(state="in_case", case__isnull=False)
                | Q(state="duplicate")
                | (~Q(state__in=["in_case", "duplicate"]) & Q(case=None)),
                name="referrals_case",
            ),
            models.CheckConstraint(
                condition=Q(state="duplicate", duplicate_of__isnull=False)
                | (~Q(state="duplicate") & Q(duplicate_of=None)),
                name="referrals_duplicate",
            ),
            models.CheckConstraint(
                condition=(Q(state="passed_on") & ~Q(passed_to=""))
                | (~Q(state="passed_on") & Q(passed_to="")),
                name="referrals_passed",
            ),
            models.CheckConstraint(
                condition=Q(event_from=None) | Q(event_to=None) | Q(event_to__gte=F("event_from")),
                name="referrals_event",
            ),
        )

    def __str__(self) -> str:
        """Return the reference."""
        return self.reference

    @property
    def standing(self) -> ReferralState:
        """Where it stands."""
        return ReferralState(self.state)

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has decided yet what becomes of it."""
        return self.standing in WAITING

    @property
    def source_label(self) -> str:
        """The source in words."""
        return source_scheme(self.source_scheme, self.source_version).label_of(self.source)


class Part(Record):
    """Something that a referral names, until it turned out that it does not belong to it."""

    added_by = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, blank=True)

    class Meta:
        """No table of its own."""

        abstract = True


def _ended(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(ended_at=None, ended_by="") | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
        name=name,
    )


class ReferralAccount(Part):
    """An account or identifier that a referral names."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="accounts")
    scheme = models.CharField(max_length=50)
    version = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=50)
    service = models.CharField(max_length=100, blank=True)
    value = models.CharField(max_length=300)
    service_key = models.CharField(max_length=SERVICE_KEY_LENGTH, blank=True)
    value_key = models.CharField(max_length=VALUE_KEY_LENGTH)

    class Meta:
        """The table, found by value; a referral names an account once."""

        db_table = "referrals_account"
        indexes = (models.Index(fields=["value_key", "kind"], name="referrals_account_value"),)
        constraints = (
            models.UniqueConstraint(
                fields=["referral", "kind", "service_key", "value_key"],
                condition=Q(ended_at=None),
                name="referrals_account_once",
            ),
            models.CheckConstraint(condition=~Q(value_key=""), name="referrals_account_says"),
            _ended("referrals_account_end"),
        )

    def __str__(self) -> str:
        """Return the kind."""
        return self.kind

    @property
    def kind_label(self) -> str:
        """The kind in words."""
        return identifier_scheme(self.scheme, self.version).label_of(self.kind)


class ReferralIp(Part):
    """A connection that a referral names: address and port at an instant."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="ips")
    address = models.CharField(max_length=45)
    port = models.PositiveIntegerField(null=True)
    occurred_at = models.DateTimeField(null=True)
    zone = models.CharField(max_length=20, blank=True)
    what = models.CharField(max_length=WHAT_LENGTH, blank=True)

    class Meta:
        """The table, found by address and instant."""

        db_table = "referrals_ip"
        indexes = (models.Index(fields=["address", "occurred_at"], name="referrals_ip_address"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(port=None) | Q(port__range=(1, 65_535)), name="referrals_ip_port"
            ),
            _ended("referrals_ip_end"),
        )

    def __str__(self) -> str:
        """Return the address."""
        return self.address


class ReferralFile(Part):
    """A file that was reported. polit has no bytes of it."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=NAME_LENGTH, blank=True)
    md5 = models.CharField(max_length=32, blank=True)
    sha1 = models.CharField(max_length=40, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    viewed = models.CharField(max_length=10, default=Viewed.NOT_STATED.value)
    category = models.CharField(max_length=WHAT_LENGTH, blank=True)

    class Meta:
        """The table, found by each digest."""

        db_table = "referrals_file"
        indexes = (
            models.Index(fields=["md5"], name="referrals_file_md5"),
            models.Index(fields=["sha1"], name="referrals_file_sha1"),
            models.Index(fields=["sha256"], name="referrals_file_sha256"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(viewed__in=[each.value for each in Viewed]),
                name="referrals_file_viewed",
            ),
            models.CheckConstraint(
                condition=~Q(name="", md5="", sha1="", sha256=""), name="referrals_file_says"
            ),
            _ended("referrals_file_end"),
        )

    def __str__(self) -> str:
        """Return the identifier: the name is another's text."""
        return str(self.id)

    @property
    def viewed_label(self) -> str:
        """Whether the reporter looked at it, in words."""
        return Viewed(self.viewed).label


class ReferralOriginal(Appended):
    """The report as it came: its bytes lie sealed beside the database, under their SHA-256."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="originals")
    name = models.CharField(max_length=NAME_LENGTH)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    added_by = models.CharField(max_length=200)

    class Meta:
        """The table: a referral has the same bytes once."""

        db_table = "referrals_original"
        indexes = (models.Index(fields=["sha256"], name="referrals_original_same"),)
        constraints = (
            models.UniqueConstraint(fields=["referral", "sha256"], name="referrals_original_once"),
        )

    def __str__(self) -> str:
        """Return the identifier: the name is another's text."""
        return str(self.id)


class ReferralLink(Record):
    """That two referrals hang together; ``first`` is the one whose identifier is the lesser."""

    first = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="links_out")
    second = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="links_in")
    note = models.CharField(max_length=500)
    added_by = models.CharField(max_length=200)

    class Meta:
        """The table: two referrals are linked once, and none with itself."""

        db_table = "referrals_link"
        constraints = (
            models.UniqueConstraint(fields=["first", "second"], name="referrals_link_once"),
            models.CheckConstraint(condition=~Q(first=F("second")), name="referrals_link_two"),
        )

    def __str__(self) -> str:
        """Return the identifier."""
        return str(self.id)
