"""What people fill in about what was sent for a child, and what came back."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms

from polit.web.core.forms import (
    GovukForm,
    InstantField,
    ReasonField,
)
from polit.web.victims.catalogue import current_catalogue
from polit.web.victims.forms.parts import NO_NAME, Choices, choose, codes_of, text_field
from polit.web.victims.rules import (
    GivenAnswer,
    GivenEnquiry,
)


class EnquiryForm(GovukForm):
    """What was sent for a child."""

    button: ClassVar[str] = "Record the enquiry"
    exchange = forms.ChoiceField(
        label="Entry of the exchange log (optional)", required=False,
        help_text="By which it went, where it is recorded there.",
    )  # fmt: skip
    agency = forms.CharField(label="To which agency?", max_length=200)
    country = forms.CharField(label="Country", max_length=100)
    what = text_field("What was sent?")
    sent_at = InstantField(label="When?")
    answer_due_at = InstantField(
        label="Answer due (optional)",
        required=False,
        may_be_future=True,
    )
    reason = ReasonField(help_text=NO_NAME)

    def __init__(self, *args: Any, exchanges: Choices, **options: Any) -> None:
        """Offer what the case gave to others."""
        super().__init__(*args, **options)
        days = current_catalogue().answer_days
        self.fields["answer_due_at"].help_text = f"Left out, {days} days after it was sent."
        choose(self, "exchange", (("", "None"), *exchanges))

    def given(self) -> GivenEnquiry:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        return GivenEnquiry(
            cleaned["agency"], cleaned["country"], cleaned["what"], cleaned["sent_at"],
            UUID(cleaned["exchange"]) if cleaned["exchange"] else None, cleaned["answer_due_at"],
        )  # fmt: skip


class AnswerForm(GovukForm):
    """What came back."""

    button: ClassVar[str] = "Record the answer"
    answered_at = InstantField(label="When?")
    result = forms.ChoiceField(label="What did it come to?", widget=forms.RadioSelect)
    text = text_field("What does it say? (optional)", required=False)
    reason = ReasonField(help_text=NO_NAME)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the results."""
        super().__init__(*args, **options)
        choose(self, "result", codes_of(current_catalogue().results))

    def given(self) -> GivenAnswer:
        """Return what was filled in."""
        names = ("answered_at", "result", "text")
        return GivenAnswer(**{name: self.cleaned_data[name] for name in names})
