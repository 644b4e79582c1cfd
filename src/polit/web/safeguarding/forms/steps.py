"""What people fill in about what happened for a child."""

from collections.abc import Iterable
from typing import Any, ClassVar, Protocol
from uuid import UUID

from django import forms

from polit.web.core.forms import GovukForm, InstantField, ReasonField
from polit.web.safeguarding.children_law import current_catalogue
from polit.web.safeguarding.rules import (
    GivenAction,
    GivenConference,
    GivenContact,
    GivenEnquiryStep,
    GivenReply,
    GivenShared,
    GivenStep,
    GivenStrategy,
    StepKind,
)

_LINES = 5_000
_NO_NAME = "Write no name of a child."


class _Coded(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def label(self) -> str: ...


def _choices(entries: Iterable[_Coded]) -> list[tuple[str, str]]:
    return [(each.code, each.label) for each in entries]


def _offer(form: forms.Form, name: str, entries: Iterable[_Coded], *first: tuple[str, str]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [*first, *_choices(entries)]


def _note() -> forms.CharField:
    return forms.CharField(
        label="Note (optional)", max_length=_LINES, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class StepForm(GovukForm):
    """What all kinds of steps share."""

    button: ClassVar[str] = "Record it"

    def given(self) -> GivenStep:
        """Return what was filled in."""
        raise NotImplementedError


class ActionForm(StepForm):
    """A protective action."""

    kind = forms.ChoiceField(label="What was done?", widget=forms.RadioSelect)
    occurred_at = InstantField(label="When?")
    done_by = forms.CharField(label="Done by", max_length=200)
    agreed_by = forms.CharField(label="Agreed by (optional)", max_length=200, required=False)
    note = _note()
    reason = ReasonField(help_text=_NO_NAME)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the kinds in use."""
        super().__init__(*args, **options)
        _offer(self, "kind", current_catalogue().actions)

    def given(self) -> GivenAction:
        """Return what was filled in."""
        each = self.cleaned_data
        return GivenAction(
            each["kind"], each["occurred_at"], each["done_by"], each["agreed_by"], each["note"]
        )


class SharedForm(StepForm):
    """A referral to children's social care."""

    occurred_at = InstantField(label="When was it made?")
    authority = forms.CharField(label="Local authority", max_length=200)
    reference = forms.CharField(label="Their reference (optional)", max_length=100, required=False)
    made_by = forms.CharField(label="Made by", max_length=200)
    note = _note()
    reason = ReasonField(help_text=_NO_NAME)

    def given(self) -> GivenShared:
        """Return what was filled in."""
        each = self.cleaned_data
        return GivenShared(
            each["occurred_at"], each["authority"], each["made_by"], each["reference"],
            each["note"],
        )  # fmt: skip


class StrategyForm(StepForm):
    """A strategy discussion."""

    occurred_at = InstantField(label="When was it held?")
    agencies = forms.MultipleChoiceField(
        label="Who took part?", widget=forms.CheckboxSelectMultiple
    )
    outcome = forms.ChoiceField(label="Outcome", widget=forms.RadioSelect)
    note = _note()
    reason = ReasonField(help_text=_NO_NAME)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the outcomes and agencies in use."""
        super().__init__(*args, **options)
        _offer(self, "agencies", current_catalogue().agencies)
        _offer(self, "outcome", current_catalogue().strategy_outcomes)

    def given(self) -> GivenStrategy:
        """Return what was filled in."""
        each = self.cleaned_data
        return GivenStrategy(
            each["occurred_at"], each["outcome"], tuple(each["agencies"]), each["note"]
        )


class EnquiryForm(StepForm):
    """A section 47 enquiry that began or ended."""

    occurred_at = InstantField(label="When?")
    outcome = forms.ChoiceField(label="What happened?", widget=forms.RadioSelect, required=False)
    note = _note()
    reason = ReasonField(help_text=_NO_NAME)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the beginning, and the outcomes in use."""
        super().__init__(*args, **options)
        _offer(self, "outcome", current_catalogue().enquiry_outcomes, ("", "It began"))

    def given(self) -> GivenEnquiryStep:
        """Return what was filled in."""
        each = self.cleaned_data
        return GivenEnquiryStep(each["occurred_at"], each["outcome"], each["note"])


class ConferenceForm(StepForm):
    """A child protection conference."""

    occurred_at = InstantField(label="When was it held?")
    outcome = forms.ChoiceField(label="Outcome", widget=forms.RadioSelect)
    note = _note()
    reason = ReasonField(help_text=_NO_NAME)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the outcomes in use."""
        super().__init__(*args, **options)
        _offer(self, "outcome", current_catalogue().conference_outcomes)

    def given(self) -> GivenConference:
        """Return what was filled in."""
        each = self.cleaned_data
        return GivenConference(each["occurred_at"], each["outcome"], each["note"])


STEP_FORMS: dict[StepKind, type[StepForm]] = {
    StepKind.ACTION: ActionForm,
    StepKind.SHARED: SharedForm,
    StepKind.STRATEGY: StrategyForm,
    StepKind.ENQUIRY: EnquiryForm,
    StepKind.CONFERENCE: ConferenceForm,
}
"""The form of each kind of step."""


class ContactForm(GovukForm):
    """A contact that is owed."""

    button: ClassVar[str] = "Add the contact"

    kind = forms.ChoiceField(label="What is owed?", widget=forms.RadioSelect)
    arises_at = InstantField(label="When did what it follows happen?")
    reason = ReasonField(help_text=_NO_NAME)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the kinds in use."""
        super().__init__(*args, **options)
        _offer(self, "kind", current_catalogue().contacts)

    def given(self, follows: UUID | None = None) -> GivenContact:
        """Return what was filled in.

        Args:
            follows: What the page was opened for, if for anything.
        """
        kind = self.cleaned_data["kind"]
        is_same = kind == self.initial.get("kind")
        return GivenContact(kind, self.cleaned_data["arises_at"], follows if is_same else None)


class ReplyForm(GovukForm):
    """When and how a contact was given or declined."""

    button: ClassVar[str] = "Record it"

    given_at = InstantField(label="When?")
    how = forms.CharField(
        label="How, and to whom", max_length=_LINES, help_text=_NO_NAME,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    reason = ReasonField(help_text=_NO_NAME)

    def given(self) -> GivenReply:
        """Return what was filled in."""
        return GivenReply(self.cleaned_data["given_at"], self.cleaned_data["how"])
