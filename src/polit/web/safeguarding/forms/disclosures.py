"""What people fill in about telling an employer or a designated officer."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms

from polit.web.core.forms import GovukForm, InstantField, ReasonField
from polit.web.safeguarding.children_law import current_catalogue
from polit.web.safeguarding.rules import GivenDisclosure

_LINES = 5_000


class DisclosureForm(GovukForm):
    """A decision, and what was told by it."""

    button: ClassVar[str] = "Record the decision"

    suspect = forms.ChoiceField(label="Suspect")
    position = forms.CharField(
        label="Position of trust", max_length=_LINES, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What work, paid or not, with which children. Write no name of a child.",
    )  # fmt: skip
    decision = forms.ChoiceField(
        label="Decision",
        choices=[("disclose", "Disclose"), ("withhold", "Do not disclose")],
        widget=forms.RadioSelect,
    )
    occurred_at = InstantField(label="When was it decided?")
    authorised_by = forms.CharField(label="Authorised by", max_length=200)
    needs = forms.MultipleChoiceField(
        label="Pressing social need", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Common law powers of the police: choose what holds, and say why below.",
    )  # fmt: skip
    reasons = forms.CharField(
        label="Reasons of the decision", max_length=_LINES, widget=forms.Textarea(attrs={"rows": 4})
    )
    recipient_kind = forms.ChoiceField(label="Kind of recipient", required=False)
    recipient = forms.CharField(label="To whom", max_length=300, required=False)
    told_at = InstantField(label="When was it told? (optional)", required=False)
    told = forms.CharField(
        label="What was told (optional)", max_length=_LINES, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    reason = ReasonField(help_text="Write no name of a child.")

    def __init__(self, *args: Any, suspects: tuple[tuple[str, str], ...], **options: Any) -> None:
        """Offer the suspects of the case, and the lists in use."""
        super().__init__(*args, **options)
        lists = current_catalogue()
        recipients = [(each.code, each.label) for each in lists.recipients]
        offered = {
            "suspect": list(suspects),
            "needs": [(each.code, each.label) for each in lists.needs],
            "recipient_kind": [("", "Nobody"), *recipients],
        }
        for name, choices in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def given(self) -> GivenDisclosure:
        """Return what was filled in."""
        each = self.cleaned_data
        return GivenDisclosure(
            suspect_id=UUID(each["suspect"]),
            position=each["position"],
            is_disclosed=each["decision"] == "disclose",
            occurred_at=each["occurred_at"],
            authorised_by=each["authorised_by"],
            needs=tuple(each["needs"]),
            reasons=each["reasons"],
            recipient_kind=each["recipient_kind"],
            recipient=each["recipient"],
            told_at=each["told_at"],
            told=each["told"],
        )
