"""What people fill in about enquiries."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms

from polit.web.core.fields import InstantField, ReasonField, WithdrawReasonField
from polit.web.core.forms import GovukForm
from polit.web.enquiries.kinds import current_enquiry_kinds
from polit.web.enquiries.models import EnquiryStep
from polit.web.enquiries.rules import (
    TEXT_LENGTH,
    GivenAnswer,
    GivenEnquiry,
    GivenReminder,
    Result,
)
from polit.web.people.identifiers import current_identifiers
from polit.web.people.models import CasePerson


def _text(label: str, rows: int, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=TEXT_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=hint,
    )


def _offer(form: forms.Form, name: str, choices: Sequence[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


class SendForm(GovukForm):
    """An enquiry that was sent."""

    button: ClassVar[str] = "Record the enquiry"
    kind = forms.ChoiceField(label="Kind")
    asked_of = forms.CharField(label="Asked of", max_length=200)
    question = _text("What was asked (optional)", 3)
    authority = forms.CharField(
        label="Authority and its reference (optional)",
        max_length=200,
        required=False,
        help_text="Under which authorisation it was sent.",
    )
    their_reference = forms.CharField(
        label="Their reference (optional)", max_length=200, required=False
    )
    sent_at = InstantField(label="Sent")
    answer_due_at = InstantField(
        label="Answer expected by (optional)",
        required=False,
        may_be_future=True,
        help_text="Empty for the usual time of the kind, which the force sets.",
    )
    reason = ReasonField(label="What for")

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the kinds in use, with their usual times."""
        super().__init__(*args, **options)
        entries = current_enquiry_kinds().entries
        words = [(each.code, f"{each.label} (usually {each.answer_days} days)") for each in entries]
        _offer(self, "kind", words)

    def given(self) -> GivenEnquiry:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        names = ("kind", "asked_of", "sent_at", "question", "authority", "their_reference")
        return GivenEnquiry(
            **{name: cleaned[name] for name in names}, answer_due_at=cleaned["answer_due_at"]
        )


class AnswerForm(GovukForm):
    """An answer, with the facts that it brought."""

    button: ClassVar[str] = "Record the answer"
    answered_at = InstantField(label="Answered")
    result = forms.ChoiceField(
        label="Result",
        choices=[(each.value, each.label) for each in Result],
        widget=forms.RadioSelect,
    )
    text = _text("What it says (optional)", 3)
    given_name = forms.CharField(
        label="Given names of the subscriber (optional)", max_length=150, required=False
    )
    family_name = forms.CharField(
        label="Family name of the subscriber (optional)", max_length=150, required=False
    )
    address = forms.CharField(
        label="Address of the subscriber (optional)",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    account_kind = forms.ChoiceField(
        label="Kind of account that it names (optional)", required=False
    )
    account_value = forms.CharField(
        label="Identifier or account (optional)", max_length=300, required=False
    )
    account_service = forms.CharField(
        label="Service, for an account", max_length=100, required=False
    )
    reason = ReasonField(required=False, label="Note for the record (optional)")

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the kinds of identifiers in use."""
        super().__init__(*args, **options)
        entries = current_identifiers().entries
        kinds = [("", "None"), *((each.code, each.label) for each in entries)]
        _offer(self, "account_kind", kinds)

    def given(self) -> GivenAnswer:
        """Return what was filled in."""
        names = [name for name in GivenAnswer.__dataclass_fields__ if name != "result"]
        values = {name: self.cleaned_data[name] for name in names}
        return GivenAnswer(**values, result=Result(self.cleaned_data["result"]))

    def why(self) -> str:
        """Return why it is recorded."""
        return self.cleaned_data["reason"] or "the answer came"


class CorrectAnswerForm(AnswerForm):
    """An answer as it should have been recorded."""

    button: ClassVar[str] = "Record the correction"
    reason = ReasonField(label="Why it is corrected")


class RemindForm(GovukForm):
    """A reminder that was sent."""

    button: ClassVar[str] = "Record the reminder"
    occurred_at = InstantField(label="Reminder sent")
    text = _text("To whom and how (optional)", 2)

    def given(self) -> GivenReminder:
        """Return what was filled in."""
        return GivenReminder(self.cleaned_data["occurred_at"], self.cleaned_data["text"])


class CorrectReminderForm(RemindForm):
    """A reminder as it should have been recorded."""

    button: ClassVar[str] = "Record the correction"
    reason = ReasonField(label="Why it is corrected")


class ReasonForm(GovukForm):
    """Only why."""

    button: ClassVar[str] = "Record it"
    reason = ReasonField()


class WithdrawForm(GovukForm):
    """Why something is said never to have happened."""

    button: ClassVar[str] = "Withdraw it"
    warns: ClassVar[bool] = True
    reason = WithdrawReasonField()


class PersonForm(GovukForm):
    """To whom of the case an account belongs."""

    button: ClassVar[str] = "Add the account"
    person = forms.ChoiceField(label="Whose is it?", widget=forms.RadioSelect)

    def __init__(self, *args: Any, places: Sequence[CasePerson], **options: Any) -> None:
        """Offer the suspects of the case."""
        super().__init__(*args, **options)
        words = [
            (str(each.person_id), f"{each.label}: {each.person.full_name or 'no name known'}")
            for each in places
        ]
        _offer(self, "person", words)


def known_of_answer(step: EnquiryStep) -> dict[str, Any]:
    """Return what a form to correct an answer begins with."""
    names = [name for name in GivenAnswer.__dataclass_fields__ if name != "answered_at"]
    return {**{name: getattr(step, name) for name in names}, "answered_at": step.occurred_at}


def known_of_reminder(step: EnquiryStep) -> dict[str, Any]:
    """Return what a form to correct a reminder begins with."""
    return {"occurred_at": step.occurred_at, "text": step.text}
