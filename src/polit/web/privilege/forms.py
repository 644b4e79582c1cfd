"""What people fill in about legal privilege."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from polit.base.errors import UsageError
from polit.web.core.forms import GovukForm, ReasonField
from polit.web.exhibits.models import Exhibit
from polit.web.media.rules import PrivilegeState
from polit.web.privilege.rules import MOST_TERM_LENGTH, MOST_TERMS, OUTCOMES, terms_of

_MOST_PATH = 4_096


class TermsForm(GovukForm):
    """The list of terms; it is counted before it is applied."""

    button: ClassVar[str] = "Go on"
    terms = forms.CharField(
        label="Terms",
        max_length=MOST_TERMS * (MOST_TERM_LENGTH + 2),
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="One a line: names of lawyers and firms, their domains, phrases. Each is looked"
        " for as it stands, in any case of its letters, in names, paths and what files say of"
        " themselves.",
    )
    reason = ReasonField()
    counted = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def clean_terms(self) -> tuple[str, ...]:
        """Return the terms."""
        try:
            return terms_of(self.cleaned_data["terms"])
        except UsageError as error:
            raise ValidationError(str(error)) from error


class HoldForm(GovukForm):
    """A folder of an exhibit, or all of it."""

    button: ClassVar[str] = "Quarantine"
    warns: ClassVar[bool] = True
    exhibit = forms.ChoiceField(label="Exhibit")
    folder = forms.CharField(
        label="Folder (optional)",
        max_length=_MOST_PATH,
        required=False,
        help_text="Its path as entries have it. Empty for the whole exhibit.",
    )
    reason = ReasonField()

    def __init__(self, *args: Any, exhibits: Sequence[Exhibit], **options: Any) -> None:
        """Offer the exhibits of the case."""
        super().__init__(*args, **options)
        field = self.fields["exhibit"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(str(each.pk), each.reference) for each in exhibits]


class EntryHoldForm(GovukForm):
    """Why an entry is quarantined."""

    button: ClassVar[str] = "Quarantine"
    warns: ClassVar[bool] = True
    reason = ReasonField()


class DecideForm(GovukForm):
    """What counsel decides of the entries that are chosen, or of all that wait."""

    button: ClassVar[str] = "Decide"
    which = forms.ChoiceField(
        label="Of which entries?",
        choices=[("chosen", "The chosen ones"), ("waiting", "All that wait for counsel")],
        initial="chosen",
        widget=forms.RadioSelect,
    )
    outcome = forms.ChoiceField(
        label="What do you decide?",
        choices=[(each.value, each.label) for each in OUTCOMES],
        widget=forms.RadioSelect,
        help_text="Copies, and what lies inside, go with each. Partly privileged stays hidden"
        " whole.",
    )
    reason = ReasonField()

    def __init__(self, data: QueryDict | None = None) -> None:
        """Take what was sent, the chosen entries among it."""
        super().__init__(data)
        self.helper.form_tag = False
        self._untrusted_chosen: Sequence[str] = data.getlist("entry") if data else ()

    def clean(self) -> None:
        """Read the chosen entries."""
        chosen = [text for text in self._untrusted_chosen if text.isascii() and text.isdigit()]
        if len(chosen) < len(self._untrusted_chosen) or any(len(text) > 19 for text in chosen):
            raise ValidationError("Choose entries from the list")
        self.cleaned_data["entries"] = [int(text) for text in chosen]
        if self.cleaned_data.get("which") == "chosen" and not chosen:
            raise ValidationError("Choose at least one entry")

    def outcome_given(self) -> PrivilegeState:
        """Return what was decided."""
        return PrivilegeState(self.cleaned_data["outcome"])


class OneDecisionForm(GovukForm):
    """What counsel decides of one entry."""

    button: ClassVar[str] = "Decide"
    outcome = forms.ChoiceField(
        label="What do you decide?",
        choices=[(each.value, each.label) for each in OUTCOMES],
        widget=forms.RadioSelect,
    )
    reason = ReasonField()


class WithdrawForm(GovukForm):
    """Why a decision is withdrawn."""

    button: ClassVar[str] = "Withdraw the decision"
    warns: ClassVar[bool] = True
    reason = ReasonField()
