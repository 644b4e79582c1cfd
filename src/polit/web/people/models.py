"""People, what identifies them, and what they are in a case."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q

from polit.web.cases.models import Case
from polit.web.core.models import Record
from polit.web.people.rules import AGE_MAX_YEARS, PersonRole, Sex, search_key

SERVICE_KEY_LENGTH, VALUE_KEY_LENGTH = 200, 600


class Person(Record):
    """One person, whatever they are in however many cases.

    Two records of one person are merged: nothing of either is lost.

    Args:
        merged_into: The record that stands for all that are this person, never one that is merged
            itself; ``None`` for the one that stands. Figures count by it.
        joined_to: The record that it was merged into when that was done, so that it can be undone
            with what had been merged into it before.
    """

    given_name = models.CharField(max_length=150, blank=True)
    family_name = models.CharField(max_length=150, blank=True)
    also_known_as = models.TextField(blank=True)
    born_on = models.DateField(null=True)
    estimated_age_years = models.PositiveSmallIntegerField(null=True)
    estimated_on = models.DateField(null=True)
    sex = models.CharField(max_length=20, blank=True)
    gender = models.CharField(max_length=50, blank=True)
    addresses = models.TextField(blank=True)
    search_text = models.TextField(blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="merged", db_index=False
    )
    joined_to = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="joined"
    )

    class Meta:
        """The table; a birth and an estimate exclude each other, an estimate has its day."""

        db_table = "people_person"
        indexes = (
            models.Index(fields=["born_on"], name="people_person_birth"),
            # Few are merged: where statistics of SQLite count all that are not as one value, it
            # takes an index of them for useless and reads everybody.
            models.Index(
                fields=["merged_into"],
                condition=Q(merged_into__isnull=False),
                name="people_person_into",
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(estimated_age_years=None, estimated_on=None)
                | Q(estimated_age_years__isnull=False, estimated_on__isnull=False, born_on=None),
                name="people_person_age",
            ),
            models.CheckConstraint(
                condition=Q(estimated_age_years=None) | Q(estimated_age_years__lte=AGE_MAX_YEARS),
                name="people_person_age_range",
            ),
            models.CheckConstraint(
                condition=Q(sex__in=["", *[sex.value for sex in Sex]]), name="people_person_sex"
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None, joined_to=None)
                | (
                    Q(merged_into__isnull=False, joined_to__isnull=False)
                    & ~Q(merged_into=F("id"))
                    & ~Q(joined_to=F("id"))
                ),
                name="people_person_merged",
            ),
        )

    def __str__(self) -> str:
        """Return the identifier: a name stands nowhere by chance."""
        return str(self.id)

    @property
    def root_id(self) -> UUID:
        """The record that stands for this person; its own where it is merged into none."""
        return self.merged_into_id or self.pk

    @property
    def full_name(self) -> str:
        """Given and family name; empty where neither is known. For readers of children alone."""
        return " ".join(part for part in (self.given_name, self.family_name) if part)

    def refresh_search_text(self) -> None:
        """Derive what names are searched by."""
        self.search_text = search_key(self.given_name, self.family_name, self.also_known_as)


class PersonIdentifier(Record):
    """An identifier or account of a person, until it turned out not to be theirs."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="identifiers")
    scheme = models.CharField(max_length=50)
    version = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=50)
    service = models.CharField(max_length=100, blank=True)
    value = models.CharField(max_length=300)
    service_key = models.CharField(max_length=SERVICE_KEY_LENGTH, blank=True)
    value_key = models.CharField(max_length=VALUE_KEY_LENGTH)
    added_by = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, blank=True)

    class Meta:
        """The table, found by value; a person has an identifier once."""

        db_table = "people_identifier"
        indexes = (models.Index(fields=["value_key", "kind"], name="people_identifier_value"),)
        constraints = (
            models.UniqueConstraint(
                fields=["person", "kind", "service_key", "value_key"],
                condition=Q(ended_at=None),
                name="people_identifier_once",
            ),
            models.CheckConstraint(condition=~Q(value_key=""), name="people_identifier_says"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by="")
                | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
                name="people_identifier_end",
            ),
        )

    def __str__(self) -> str:
        """Return the kind."""
        return self.kind


class CasePerson(Record):
    """What a person is in a case, until that ended.

    ``number`` counts people of a role in a case, so that a child can be spoken of without a name.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="people")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="places")
    role = models.CharField(max_length=20)
    number = models.PositiveIntegerField()
    since = models.DateField(null=True)
    note = models.TextField(blank=True)
    added_by = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, blank=True)
    end_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        """The table: a role is held once and numbered once, an end says who and why."""

        db_table = "people_in_case"
        indexes = (models.Index(fields=["person", "role"], name="people_in_case_role"),)
        constraints = (
            models.UniqueConstraint(
                fields=["case", "person", "role"],
                condition=Q(ended_at=None),
                name="people_in_case_once",
            ),
            models.UniqueConstraint(
                fields=["case", "role", "number"], name="people_in_case_number"
            ),
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in PersonRole]),
                name="people_in_case_role_known",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by="", end_reason="")
                | (Q(ended_at__isnull=False) & ~Q(ended_by="") & ~Q(end_reason="")),
                name="people_in_case_end",
            ),
        )

    def __str__(self) -> str:
        """Return the role and number, which tell nobody who it is."""
        return self.label

    @property
    def label(self) -> str:
        """Such as ``Child 1``: what everybody on the case may call this person."""
        return f"{PersonRole(self.role).label} {self.number}"
