"""Cases, who has access to them and for what purpose, notes, break-glass and notices."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from polit.web.cases.rules import REFERENCE_LENGTH, CaseStatus, Duty, UnitKind
from polit.web.core.models import Appended, Record
from polit.web.core.rules import Purpose

_PURPOSES = [(purpose.value, purpose.label) for purpose in Purpose]


class Unit(Record):
    """An area or a team of the force, by which work is found and counted; ended ones stay."""

    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=100)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, blank=True)

    class Meta:
        """The table: of those that hold a name stands once."""

        db_table = "cases_unit"
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in UnitKind]), name="cases_unit_kind"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="cases_unit_name"),
            models.UniqueConstraint(
                fields=["kind", "name"], condition=Q(ended_at=None), name="cases_unit_once"
            ),
        )

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    @property
    def shown(self) -> str:
        """The name, and that it ended where it did."""
        return f"{self.name} (ended)" if self.ended_at else self.name

    @property
    def kind_label(self) -> str:
        """What it is, in words."""
        return UnitKind(self.kind).label


class Case(Record):
    """One investigation."""

    reference = models.CharField(max_length=REFERENCE_LENGTH, unique=True)
    title = models.CharField(max_length=200)
    operation = models.CharField(max_length=100, blank=True)
    status = models.CharField(max_length=20, default=CaseStatus.OPEN.value)
    area = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="area_cases")
    team = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="team_cases")

    class Meta:
        """The table, and what its rows must hold."""

        db_table = "cases_case"
        constraints = (
            models.CheckConstraint(condition=~Q(reference=""), name="cases_case_reference"),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in CaseStatus]),
                name="cases_case_status",
            ),
        )

    def __str__(self) -> str:
        """Return the reference."""
        return self.reference

    @property
    def status_label(self) -> str:
        """The status in words."""
        return CaseStatus(self.status).label


class CaseOffence(Record):
    """A kind of offence that a case is about, as its version of the law names it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="offences")
    scheme = models.CharField(max_length=50)
    version = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=50)

    class Meta:
        """The table, and that a case names a kind once."""

        db_table = "cases_offence"
        constraints = (
            models.UniqueConstraint(
                fields=["case", "scheme", "version", "code"], name="cases_offence_once"
            ),
        )

    def __str__(self) -> str:
        """Return the code."""
        return self.code


class CaseMember(Record):
    """A person's access to a case, for a purpose, until it was ended."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="case_memberships"
    )
    purpose = models.CharField(max_length=30, choices=_PURPOSES)
    duty = models.CharField(max_length=20, default=Duty.MEMBER.value)
    added_by = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, blank=True)
    end_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        """The table, that nobody is a member twice, and that an end says who and why."""

        db_table = "cases_member"
        indexes = (
            # Every list asks for somebody's cases: it has all columns that they ask for.
            models.Index(
                fields=["user", "case", "purpose"],
                condition=Q(ended_at=None),
                name="cases_member_open",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["case", "user"],
                condition=Q(ended_at=None),
                name="cases_member_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by="", end_reason="")
                | (Q(ended_at__isnull=False) & ~Q(ended_by="") & ~Q(end_reason="")),
                name="cases_member_end",
            ),
            models.CheckConstraint(
                condition=Q(duty__in=[duty.value for duty in Duty]), name="cases_member_duty"
            ),
        )

    def __str__(self) -> str:
        """Return the purpose."""
        return self.purpose

    @property
    def purpose_label(self) -> str:
        """The purpose in words."""
        return Purpose(self.purpose).label

    @property
    def duty_label(self) -> str:
        """The duty in words."""
        return Duty(self.duty).label


class CaseNote(Appended):
    """What somebody wrote down about a case; a correction is a further note."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    author = models.CharField(max_length=200)
    text = models.TextField()
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="corrected_by"
    )

    class Meta:
        """The table."""

        db_table = "cases_note"
        indexes = (models.Index(fields=["case", "recorded_at"], name="cases_note_order"),)
        constraints = (models.CheckConstraint(condition=~Q(text=""), name="cases_note_text"),)

    def __str__(self) -> str:
        """Return who wrote it."""
        return self.author

    @property
    def title(self) -> str:
        """What it is."""
        return "Correction" if self.corrects_id else "Note"

    @property
    def is_corrected(self) -> bool:
        """Whether a later note corrects it; ``note_list`` brings that along."""
        return hasattr(self, "corrected_by")


class BreakGlass(Record):
    """Access without membership: for a stated reason, some hours, and watched by a second person.

    ``recorded_at`` is its begin.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="break_glass")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="break_glass"
    )
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="break_glass_watched"
    )
    purpose = models.CharField(max_length=30, choices=_PURPOSES)
    reason = models.TextField()
    expires_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=200, blank=True)

    class Meta:
        """The table: a second person is another one, and it ends after it began."""

        db_table = "cases_break_glass"
        indexes = (
            models.Index(fields=["user", "case", "expires_at"], name="cases_break_glass_by"),
        )
        constraints = (
            models.CheckConstraint(condition=~Q(user=F("second")), name="cases_break_glass_second"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("recorded_at")), name="cases_break_glass_end"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by="")
                | (Q(revoked_at__isnull=False) & ~Q(revoked_by="")),
                name="cases_break_glass_revoked",
            ),
        )

    def __str__(self) -> str:
        """Return the purpose."""
        return self.purpose

    @property
    def purpose_label(self) -> str:
        """The purpose in words."""
        return Purpose(self.purpose).label


class Notice(Record):
    """Something that a person has to know; it stays until they say that they read it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notices"
    )
    text = models.CharField(max_length=500)
    link = models.CharField(max_length=200, blank=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        """The table, and that a notice leads nowhere but into this site."""

        db_table = "cases_notice"
        indexes = (models.Index(fields=["user", "read_at"], name="cases_notice_of"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(link="") | (Q(link__startswith="/") & ~Q(link__startswith="//")),
                name="cases_notice_link",
            ),
        )

    def __str__(self) -> str:
        """Return whose it is."""
        return str(self.user_id)
