"""What people fill in about cases."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from polit.base.errors import UsageError
from polit.web.accounts.models import User
from polit.web.cases.models import Unit
from polit.web.cases.offences import current_offences
from polit.web.cases.queries import candidates, supervisors_but, units_of
from polit.web.cases.rules import (
    HOURS_DEFAULT,
    HOURS_MAX,
    REASON_LENGTH_MIN,
    REFERENCE_LENGTH,
    UNIT_NAME_LENGTH,
    BreakGlassRequest,
    CaseDetails,
    Duty,
    UnitKind,
    check_reference,
)
from polit.web.core.access import CaseLike
from polit.web.core.forms import GovukForm, ReasonField, SeenField
from polit.web.core.rules import Purpose, Role

_PURPOSES = [(purpose.value, purpose.label) for purpose in Purpose]
_OFFICERS_PURPOSES = [each for each in _PURPOSES if each[0] != Purpose.LEGAL_PRIVILEGE.value]
_LIKELY_PURPOSES = {
    Role.SAFEGUARDING: Purpose.SAFEGUARDING,
    Role.EXAMINER: Purpose.EXAMINATION,
    Role.GRADER: Purpose.GRADING,
    Role.OFFENDER_MANAGER: Purpose.OFFENDER_MANAGEMENT,
    Role.SUPERVISOR: Purpose.SUPERVISION,
}


def likely_purpose(roles: frozenset[Role]) -> Purpose:
    """Return the purpose that somebody with these roles most likely has."""
    found = (purpose for role, purpose in _LIKELY_PURPOSES.items() if role in roles)
    return next(found, Purpose.INVESTIGATION)


class PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # none at run time
    """One person of the team."""

    def __init__(self, **options: Any) -> None:
        """Take the options of a field; nobody may be chosen until a form offers people."""
        words = {"required": "Choose a person", "invalid_choice": "Choose a person from the list"}
        super().__init__(queryset=User.objects.none(), error_messages=words, **options)

    def label_from_instance(self, obj: Any) -> str:
        """Return the name, and the name for signing in where two share theirs."""
        return f"{obj.full_name} ({obj.username})"


class UnitChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # none at run time
    """An area or a team of the force, or none."""

    def __init__(self, **options: Any) -> None:
        """Take the options of a field; nothing may be chosen until a form offers units."""
        words = {"invalid_choice": "Choose one from the list"}
        super().__init__(
            queryset=Unit.objects.none(),
            required=False,
            empty_label="Not stated",
            error_messages=words,
            **options,
        )

    def label_from_instance(self, obj: Any) -> str:
        """Return the name, and that it ended where it did."""
        return str(obj.shown)


class CaseDetailsForm(GovukForm):
    """What of a case may be changed."""

    title = forms.CharField(label="Title", max_length=200, help_text="A few words; no names.")
    operation = forms.CharField(label="Operation name (optional)", max_length=100, required=False)
    offences = forms.MultipleChoiceField(
        label="Kinds of offence",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Choose all that apply.",
    )
    area = UnitChoice(label="Area (optional)")
    team = UnitChoice(label="Team (optional)")
    reason = ReasonField()

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the kinds of offence that are in use, and the areas and teams that hold."""
        known = options.get("initial") or {}
        super().__init__(*args, **options)
        for kind in UnitKind:
            unit = self.fields[kind.value]
            if isinstance(unit, UnitChoice):
                unit.queryset = units_of(kind, besides=known.get(kind.value))
        field = self.fields["offences"]
        if isinstance(field, forms.MultipleChoiceField):
            entries = current_offences().entries
            field.choices = [(each.code, f"{each.label} ({each.statute})") for each in entries]

    def details(self) -> CaseDetails:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        area, team = cleaned["area"], cleaned["team"]
        return CaseDetails(
            cleaned["title"],
            cleaned["operation"],
            tuple(cleaned["offences"]),
            area_id=area.pk if area else None,
            team_id=team.pk if team else None,
        )


class CaseChangeForm(CaseDetailsForm):
    """A change of a case."""

    seen = SeenField()


class CaseOpenForm(CaseDetailsForm):
    """A new case."""

    button: ClassVar[str] = "Open the case"
    field_order = ("reference", "title", "operation", "offences", "area", "team", "reason")
    reference = forms.CharField(
        label="Reference",
        max_length=REFERENCE_LENGTH,
        help_text="As your force writes it. It cannot be changed later.",
    )

    def clean_reference(self) -> str:
        """Return the reference in the form that is kept."""
        return _cleaned_reference(self.cleaned_data["reference"])


class UnitForm(GovukForm):
    """A further area or team."""

    button: ClassVar[str] = "Add"
    kind = forms.ChoiceField(
        label="What is it?",
        choices=[(kind.value, kind.label) for kind in UnitKind],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label="Name", max_length=UNIT_NAME_LENGTH)
    reason = ReasonField()


class ReasonForm(GovukForm):
    """Only why."""

    reason = ReasonField()


class NoteForm(GovukForm):
    """A note on a case."""

    button: ClassVar[str] = "Add the note"
    text = forms.CharField(
        label="Note",
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="It cannot be changed afterwards, only corrected by a further note.",
    )


class MemberForm(GovukForm):
    """A further member of a case."""

    button: ClassVar[str] = "Add to the case"
    user = PersonChoice(
        label="Person",
        help_text="Whoever holds a role that works on cases, or is independent counsel, and is not"
        " in this one.",
    )
    purpose = forms.ChoiceField(label="Purpose of access", choices=_PURPOSES)
    duty = forms.ChoiceField(
        label="Role in the case",
        choices=[(duty.value, duty.label) for duty in Duty],
        initial=Duty.MEMBER.value,
        help_text="The lead makes up the team.",
    )
    reason = ReasonField()

    def __init__(self, *args: Any, case: CaseLike, **options: Any) -> None:
        """Offer those who may become members of a case."""
        super().__init__(*args, **options)
        field = self.fields["user"]
        if isinstance(field, PersonChoice):
            field.queryset = candidates(case.id)


class BreakGlassForm(GovukForm):
    """Access at once, to a case that one is not in."""

    button: ClassVar[str] = "Break the glass"
    warns: ClassVar[bool] = True
    reference = forms.CharField(
        label="Reference of the case",
        max_length=REFERENCE_LENGTH,
        help_text="Exactly, letter by letter.",
    )
    purpose = forms.ChoiceField(label="Purpose of access", choices=_OFFICERS_PURPOSES)
    hours = forms.IntegerField(
        label="Hours",
        min_value=1,
        max_value=HOURS_MAX,
        initial=HOURS_DEFAULT,
        help_text=f"1 to {HOURS_MAX}.",
    )
    second = PersonChoice(
        label="Second person",
        help_text="A supervisor. They are told at once, and may end it.",
    )
    reason = ReasonField(
        min_length=REASON_LENGTH_MIN,
        help_text=f"A full sentence, at least {REASON_LENGTH_MIN} characters.",
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        """Offer the supervisors other than the person."""
        initial = {"purpose": likely_purpose(user.roles).value, **options.pop("initial", {})}
        super().__init__(*args, initial=initial, **options)
        field = self.fields["second"]
        if isinstance(field, PersonChoice):
            field.queryset = supervisors_but(user)

    def clean_reference(self) -> str:
        """Return the reference in the form that is kept."""
        return _cleaned_reference(self.cleaned_data["reference"])

    def asked(self) -> BreakGlassRequest:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        return BreakGlassRequest(
            cleaned["reference"],
            Purpose(cleaned["purpose"]),
            cleaned["hours"],
            cleaned["second"].pk,
        )


class BreakGlassAnswerForm(GovukForm):
    """What the second person answers, or who opened it decides."""

    button: ClassVar[str] = "Answer"
    answer = forms.ChoiceField(label="What do you decide?", widget=forms.RadioSelect)
    reason = ReasonField()

    def __init__(self, *args: Any, answers: list[tuple[str, str]], **options: Any) -> None:
        """Offer the answers that are open."""
        super().__init__(*args, **options)
        field = self.fields["answer"]
        if isinstance(field, forms.ChoiceField):
            field.choices = answers


def _cleaned_reference(typed: str) -> str:
    try:
        return check_reference(typed)
    except UsageError as error:
        message = str(error)
        raise ValidationError(message[:1].upper() + message[1:], "reference") from error
