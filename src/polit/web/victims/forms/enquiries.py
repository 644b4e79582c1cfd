"""What people fill in about what was sent for a child, and what came back."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms

from polit.web.core.forms import (
    GovukForm,
    InstantField,
    ReasonField,
)
from polit.web.dissemination.models import Exchange
from polit.web.victims.catalogue import current_catalogue
from polit.web.victims.forms.parts import NO_NAME, choose, codes_of, text_field
from polit.web.victims.rules import (
    GivenAnswer,
    GivenEnquiry,
)

_FROM_ENTRY = {
    "agency": ("agency", "Enter the agency, or choose an entry of the exchange log"),
    "country": ("country", "Enter the country"),
    "what": ("description", "Say what was sent"),
    "sent_at": ("occurred_at", "Enter when it was sent"),
}
"""What an entry of the exchange log tells, and what is asked for where there is none."""


class EnquiryForm(GovukForm):
    """What was sent for a child."""

    button: ClassVar[str] = "Record the enquiry"
    exchange = forms.ChoiceField(
        label="Entry of the exchange log (optional)", required=False,
        help_text="Chosen, it tells to whom, what and when: leave those out.",
    )  # fmt: skip
    agency = forms.CharField(label="To which agency?", max_length=200, required=False)
    country = forms.CharField(label="Country", max_length=100, required=False)
    what = text_field("What was sent?", required=False)
    sent_at = InstantField(label="When?", required=False)
    answer_due_at = InstantField(label="Answer due (optional)", required=False, may_be_future=True)
    reason = ReasonField(help_text=NO_NAME)

    def __init__(self, *args: Any, exchanges: Sequence[Exchange], **options: Any) -> None:
        """Offer what the case gave to others."""
        super().__init__(*args, **options)
        self._sent = {str(each.first_id_shown): each for each in exchanges}
        days = current_catalogue().answer_days
        self.fields["answer_due_at"].help_text = f"Left out, {days} days after it was sent."
        offered = tuple((key, _words(each)) for key, each in self._sent.items())
        choose(self, "exchange", (("", "None"), *offered))

    def clean(self) -> dict[str, Any]:
        """Take what is left out from the entry of the exchange log."""
        cleaned = super().clean() or self.cleaned_data
        entry = self._sent.get(cleaned.get("exchange", ""))
        for name, (column, error) in _FROM_ENTRY.items():
            if name in self.errors or cleaned.get(name):
                continue
            if entry is None:
                self.add_error(name, error)
            else:
                cleaned[name] = getattr(entry, column)
        return cleaned

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


def _words(each: Exchange) -> str:
    return f"{each.agency}, {each.country}, {each.occurred_at:%Y-%m-%d}"
