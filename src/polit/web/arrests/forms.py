"""What people fill in about arrests and what follows them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils import timezone

from polit.base.clock import now_utc
from polit.web.arrests.law import BailLaw, current_necessity
from polit.web.arrests.rules import (
    EXTENSIONS,
    ArrestKind,
    CustodyKind,
    GivenArrest,
    GivenCustody,
    GivenInterview,
    GivenOutcome,
    GivenSupport,
    OutcomeKind,
)
from polit.web.core.forms import GovukForm, InstantField, ReasonField, WithdrawReasonField
from polit.web.risk.forms import SUICIDE_FIELDS, SuicideRiskFields
from polit.web.risk.rules import SuicideRiskAnswers
from polit.web.signposts.queries import help_hint
from polit.web.signposts.rules import Audience

_LINES = 4_000
Choices = Sequence[tuple[str, str]]
CHILDLESS = "Write no child's name: it belongs into the case's people."


def lines_field(label: str, *, required: bool = True, hint: str = "") -> forms.CharField:
    """Return a field of several lines."""
    return forms.CharField(
        label=label, max_length=_LINES, required=required, help_text=hint,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


def offer(field: forms.Field, choices: Choices) -> None:
    """Give a field its choices."""
    assert isinstance(field, (forms.ChoiceField, forms.MultipleChoiceField))
    field.choices = list(choices)


class ArrestFields(GovukForm):
    """What an arrest is."""

    button: ClassVar[str] = "Record the correction"
    place = forms.ChoiceField(label="Suspect")
    kind = forms.ChoiceField(
        label="How they were brought to answer",
        choices=[(each.value, each.label) for each in ArrestKind],
        widget=forms.RadioSelect,
    )
    occurred_at = InstantField(label="When")
    where = forms.CharField(label="Where", max_length=300)
    officer = forms.CharField(label="Officer", max_length=200)
    grounds = lines_field("Grounds", hint=CHILDLESS)
    necessity = forms.MultipleChoiceField(
        label="Why the arrest was necessary",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="PACE Code G 2.9. Only for an arrest; at least one.",
    )
    rights_given_at = InstantField(label="When the rights were given (optional)", required=False)
    execution = forms.ChoiceField(label="At the execution of a warrant (optional)", required=False)
    reason = ReasonField()

    def __init__(self, *args: Any, suspects: Choices, executions: Choices, **options: Any) -> None:
        """Offer the case's suspects and the executions of its warrants."""
        super().__init__(*args, **options)
        offer(self.fields["place"], suspects)
        offer(self.fields["execution"], [("", "None"), *executions])
        criteria = current_necessity().entries
        offer(self.fields["necessity"], [(each.code, each.label) for each in criteria])

    def given(self) -> GivenArrest:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        return GivenArrest(
            place_id=UUID(cleaned["place"]),
            kind=ArrestKind(cleaned["kind"]),
            occurred_at=cleaned["occurred_at"],
            where=cleaned["where"],
            grounds=cleaned["grounds"],
            officer=cleaned["officer"],
            necessity=tuple(cleaned["necessity"]),
            rights_given_at=cleaned["rights_given_at"],
            execution_id=UUID(cleaned["execution"]) if cleaned["execution"] else None,
            answers=answers_of(self),
        )


class ArrestForm(SuicideRiskFields, ArrestFields):
    """A new arrest, with the prompt about suicide."""

    button: ClassVar[str] = "Record it"
    field_order = (
        *[each for each in ArrestFields.base_fields if each != "reason"], *SUICIDE_FIELDS,
        "reason",
    )  # fmt: skip


class CustodyForm(GovukForm):
    """A step in custody."""

    button: ClassVar[str] = "Record the step"
    kind = forms.ChoiceField(
        label="Step",
        choices=[(each.value, each.label) for each in CustodyKind],
        widget=forms.RadioSelect,
    )
    occurred_at = InstantField(
        label="When",
        help_text="Of an arrival: the relevant time, from which the limits count. "
        "For example, 27 3 2026 at 14:05.",
    )
    officer = forms.CharField(label="Who decided it", max_length=200)
    until_at = InstantField(
        label="Detained until (of an extension)", required=False, may_be_future=True
    )
    note = lines_field("Note (optional)", required=False)
    reason = ReasonField()

    def clean(self) -> dict[str, Any]:
        """Ask an extension until when it is."""
        cleaned = super().clean() or self.cleaned_data
        is_extension = cleaned.get("kind") in {each.value for each in EXTENSIONS}
        if is_extension and not cleaned.get("until_at") and "until_at" not in self.errors:
            self.add_error("until_at", "Enter until when detention is extended")
        return cleaned

    def given(self) -> GivenCustody:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        return GivenCustody(
            CustodyKind(cleaned["kind"]), cleaned["occurred_at"], cleaned["officer"],
            cleaned["until_at"], cleaned["note"],
        )  # fmt: skip


class InterviewFields(GovukForm):
    """What an interview is."""

    button: ClassVar[str] = "Record the correction"
    occurred_at = InstantField(label="When it began")
    ended_at = InstantField(label="When it ended (optional)", required=False)
    where = forms.CharField(label="Where", max_length=300)
    officers = forms.CharField(label="Officers", max_length=300)
    legal_adviser = forms.CharField(
        label="Legal adviser", max_length=200, help_text="Or that the suspect wanted none."
    )
    summary = lines_field("What it came to (optional)", required=False, hint=CHILDLESS)
    reason = ReasonField()

    def given(self) -> GivenInterview:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        return GivenInterview(
            cleaned["occurred_at"], cleaned["where"], cleaned["officers"],
            cleaned["legal_adviser"], cleaned["ended_at"], cleaned["summary"], answers_of(self),
        )  # fmt: skip


class InterviewForm(SuicideRiskFields, InterviewFields):
    """A new interview, with the prompt about suicide."""

    button: ClassVar[str] = "Record the interview"
    field_order = (
        *[each for each in InterviewFields.base_fields if each != "reason"], *SUICIDE_FIELDS,
        "reason",
    )  # fmt: skip


class OutcomeFields(GovukForm):
    """What an outcome is."""

    button: ClassVar[str] = "Record the correction"
    kind = forms.ChoiceField(
        label="Outcome",
        choices=[(each.value, each.label) for each in OutcomeKind],
        widget=forms.RadioSelect,
    )
    occurred_at = InstantField(label="When")
    detail = lines_field("Why (needed for no further action)", required=False, hint=CHILDLESS)
    bail_level = forms.ChoiceField(label="Authority for the bail", required=False)
    due_at = InstantField(
        label="Bail ends, or the release is looked at again",
        required=False,
        may_be_future=True,
    )
    conditions = lines_field(
        "Conditions of bail (optional)", required=False, hint=f"One a line. {CHILDLESS}"
    )
    reason = ReasonField()

    def __init__(self, *args: Any, law: BailLaw | None, **options: Any) -> None:
        """Offer the authorities of the law that holds for the arrest, ``None`` for no bail."""
        super().__init__(*args, **options)
        levels = law.levels if law else ()
        offer(self.fields["bail_level"], [("", "No bail"), *((each.code, each.label)
                                                             for each in levels)])  # fmt: skip
        if law is not None:
            self.fields["bail_level"].help_text = law.notice

    def given(self) -> GivenOutcome:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        lines = [each.strip() for each in cleaned["conditions"].splitlines()]
        return GivenOutcome(
            OutcomeKind(cleaned["kind"]), cleaned["occurred_at"], cleaned["detail"],
            cleaned["bail_level"], cleaned["due_at"], tuple(each for each in lines if each),
            answers_of(self),
        )  # fmt: skip


class OutcomeForm(SuicideRiskFields, OutcomeFields):
    """A new outcome, with the prompt about suicide."""

    button: ClassVar[str] = "Record the outcome"
    field_order = (
        *[each for each in OutcomeFields.base_fields if each != "reason"], *SUICIDE_FIELDS,
        "reason",
    )  # fmt: skip


class SupportForm(GovukForm):
    """Support that was offered to the family."""

    button: ClassVar[str] = "Record the offer"
    occurred_at = InstantField(label="When")
    offered_to = forms.CharField(label="To whom", max_length=200, help_text=CHILDLESS)
    what = lines_field("What was offered")
    is_accepted = forms.ChoiceField(
        label="Was it taken up?",
        choices=[("yes", "Yes"), ("no", "No, or not yet")],
        widget=forms.RadioSelect,
    )
    reason = ReasonField()

    def __init__(self, *args: Any, **options: Any) -> None:
        """Name where a family finds help."""
        super().__init__(*args, **options)
        self.fields["what"].help_text = (
            help_hint(Audience.FAMILY) or "For example a helpline or a visit."
        )

    def given(self) -> GivenSupport:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        return GivenSupport(
            cleaned["occurred_at"], cleaned["offered_to"], cleaned["what"],
            cleaned["is_accepted"] == "yes",
        )  # fmt: skip


class WithdrawForm(GovukForm):
    """Why something is said never to have happened."""

    button: ClassVar[str] = "Withdraw it"
    warns: ClassVar[bool] = True
    reason = WithdrawReasonField()


def answers_of(form: forms.Form) -> SuicideRiskAnswers | None:
    """Return what a suspect was asked, where the form asks for it and they were."""
    return form.answers() if isinstance(form, SuicideRiskFields) else None


def due_initial(
    law: BailLaw | None, arrested_at: datetime, days: int, kind: str
) -> Mapping[str, Any]:
    """Return what is proposed as due: the first period's end, or the next look at a release."""
    arrested_on = timezone.localdate(arrested_at)
    if kind == OutcomeKind.BAIL.value and law is not None:
        last = law.levels[0].last_day(arrested_on)
        if last is None:
            return {"bail_level": law.levels[0].code}
        zone = timezone.get_default_timezone()
        end = datetime.combine(last, time(23, 59), zone)
        return {"bail_level": law.levels[0].code, "due_at": end}
    if kind == OutcomeKind.RELEASED_UNDER_INVESTIGATION.value:
        return {"due_at": now_utc() + timedelta(days=days)}
    return {}
