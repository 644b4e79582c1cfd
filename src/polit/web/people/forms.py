"""What people fill in about people."""

from datetime import date
from typing import Any, ClassVar

from django import forms

from polit.base.errors import UsageError
from polit.base.text import visible
from polit.web.core.forms import DayField, GovukForm, ReasonField, SeenField
from polit.web.people.identifiers import current_identifiers
from polit.web.people.rules import (
    AGE_MAX_YEARS,
    GivenIdentifier,
    PersonDetails,
    PersonRole,
    PlaceInCase,
    Sex,
    check_details,
)
from polit.web.people.same_queries import RecordShown

_SEXES = [("", "Not recorded"), *((sex.value, sex.label) for sex in Sex)]
_LINES = 5_000
_PHONE_DIGITS = 6
"""From so many digits on, what somebody was searched by is taken for a telephone number."""


def _kinds() -> list[tuple[str, str]]:
    return [(each.code, each.label) for each in current_identifiers().entries]


class DetailsForm(GovukForm):
    """What is known of a person."""

    button: ClassVar[str] = "Save the changes"
    given_name = forms.CharField(label="Given names", max_length=150, required=False)
    family_name = forms.CharField(label="Family name", max_length=150, required=False)
    also_known_as = forms.CharField(
        label="Also known as",
        max_length=_LINES,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Other names, one a line.",
    )
    born_on = DayField(label="Date of birth", required=False)
    estimated_age_years = forms.IntegerField(
        label="Estimated age in years",
        required=False,
        min_value=0,
        max_value=AGE_MAX_YEARS,
        help_text="Only where the date of birth is not known.",
    )
    estimated_on = DayField(label="Day of the estimate", required=False)
    sex = forms.ChoiceField(label="Sex", choices=_SEXES, required=False)
    gender = forms.CharField(label="Gender, in their own words", max_length=50, required=False)
    addresses = forms.CharField(
        label="Addresses",
        max_length=_LINES,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One a line.",
    )
    reason = ReasonField()

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        """Take the day against which dates are checked."""
        super().__init__(*args, **options)
        self._today = today

    def clean(self) -> dict[str, Any]:
        """Check the facts against each other; an estimate without a day is one of today."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("estimated_age_years") is not None and not self.data.get("estimated_on_0"):
            cleaned["estimated_on"] = cleaned.get("estimated_on") or self._today
        if not self.errors:
            try:
                check_details(self.details(), self._today)
            except UsageError as error:
                message = str(error)
                self.add_error("estimated_age_years", message[:1].upper() + message[1:])
        return cleaned

    def details(self) -> PersonDetails:
        """Return what was filled in."""
        names = PersonDetails.__dataclass_fields__
        values: dict[str, Any] = {name: self.cleaned_data.get(name) for name in names}
        return PersonDetails(**values)


class ChangeForm(DetailsForm):
    """A change of what is known of a person."""

    seen = SeenField()


class PlaceForm(GovukForm):
    """What a person is in the case."""

    button: ClassVar[str] = "Add to the case"
    role = forms.ChoiceField(
        label="Role in the case",
        choices=[(role.value, role.label) for role in PersonRole],
        widget=forms.RadioSelect,
    )
    since = DayField(label="Since (optional)", required=False)
    note = forms.CharField(
        label="Note (optional)",
        max_length=_LINES,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For example whose mother, which school.",
    )
    reason = ReasonField()

    def place(self) -> PlaceInCase:
        """Return what was filled in."""
        return _place(self.cleaned_data)


class AddForm(DetailsForm):
    """A new person, with their role and one identifier to begin with."""

    button: ClassVar[str] = "Add to the case"
    field_order = (
        "role",
        *PersonDetails.__dataclass_fields__,
        "kind",
        "value",
        "service",
        "since",
        "note",
        "reason",
    )
    role = forms.ChoiceField(
        label="Role in the case",
        choices=[(role.value, role.label) for role in PersonRole],
        widget=forms.RadioSelect,
    )
    kind = forms.ChoiceField(label="Kind of identifier (optional)", required=False)
    value = forms.CharField(
        label="Identifier or account (optional)", max_length=300, required=False
    )
    service = forms.CharField(label="Service, for an account", max_length=100, required=False)
    since = DayField(label="In this role since (optional)", required=False)
    note = forms.CharField(
        label="Note (optional)",
        max_length=_LINES,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the kinds of identifiers in use."""
        super().__init__(*args, **options)
        _offer(self.fields["kind"])

    def place(self) -> PlaceInCase:
        """Return the role that was filled in."""
        return _place(self.cleaned_data)

    def identifier(self) -> GivenIdentifier | None:
        """Return the identifier that was filled in, ``None`` where there is none."""
        return _given(self.cleaned_data) if self.cleaned_data["value"] else None


class IdentifierForm(GovukForm):
    """An identifier or account."""

    button: ClassVar[str] = "Add"
    kind = forms.ChoiceField(label="Kind")
    value = forms.CharField(label="Identifier or account", max_length=300)
    service = forms.CharField(label="Service, for an account", max_length=100, required=False)
    reason = ReasonField()

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the kinds of identifiers in use."""
        super().__init__(*args, **options)
        _offer(self.fields["kind"])

    def given(self) -> GivenIdentifier:
        """Return what was filled in."""
        return _given(self.cleaned_data)


class EndForm(GovukForm):
    """Only why."""

    button: ClassVar[str] = "End it"
    reason = ReasonField()


class MergeForm(GovukForm):
    """Which of two records stands for the person, and what shows that it is one."""

    button: ClassVar[str] = "They are one person"
    stands = forms.ChoiceField(
        label="Which record stands for this person?",
        widget=forms.RadioSelect,
        help_text="Nothing of the other is lost: both keep their places, identifiers and facts.",
    )
    reason = ReasonField()

    def __init__(self, *args: Any, records: tuple[RecordShown, ...], **options: Any) -> None:
        """Offer the records, the first of them as the one that stands."""
        super().__init__(*args, **options)
        stands = self.fields["stands"]
        if isinstance(stands, forms.ChoiceField):
            stands.choices = [
                (str(each.person_id), f"{visible(each.name) or 'Name not known'} ({each.where})")
                for each in records
            ]
        self.initial.setdefault("stands", str(records[0].person_id))


class PartForm(GovukForm):
    """Only why."""

    button: ClassVar[str] = "Part the record"
    reason = ReasonField()


def known_from(text: str) -> dict[str, str]:
    """Return what a form can take over from the text that somebody was searched by."""
    digits = sum(char.isdecimal() for char in text)
    if "@" in text:
        return {"kind": "email", "value": text}
    if digits >= _PHONE_DIGITS:
        return {"kind": "phone", "value": text}
    given, _, family = text.strip().rpartition(" ")
    return {"given_name": given, "family_name": family}


def _offer(field: forms.Field) -> None:
    if isinstance(field, forms.ChoiceField):
        field.choices = _kinds()


def _place(cleaned: dict[str, Any]) -> PlaceInCase:
    return PlaceInCase(PersonRole(cleaned["role"]), cleaned["since"], cleaned["note"])


def _given(cleaned: dict[str, Any]) -> GivenIdentifier:
    return GivenIdentifier(cleaned["kind"], cleaned["value"], cleaned["service"])
