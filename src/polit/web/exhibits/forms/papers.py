"""What people fill in to take labels, reports and tables out of the system."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms

from polit.web.core.forms import GovukForm, ReasonField
from polit.web.exhibits.models import Exhibit
from polit.web.exhibits.services import Paper, Sheet


class PaperForm(GovukForm):
    """Which paper, of which exhibits, and what for."""

    button: ClassVar[str] = "Make it"
    paper = forms.ChoiceField(
        label="What do you need?",
        choices=[(each.value, each.label) for each in Paper],
        widget=forms.RadioSelect,
        initial=Paper.LABELS.value,
    )
    sheet = forms.ChoiceField(
        label="Labels on which sheet",
        choices=[(each.value, each.label) for each in Sheet],
        widget=forms.RadioSelect,
        initial=Sheet.A4_24.value,
    )
    skip = forms.IntegerField(
        label="Labels already used on the sheet",
        min_value=0,
        max_value=23,
        initial=0,
        help_text="Of a sheet of 24, counted along the rows.",
    )
    exhibits = forms.MultipleChoiceField(
        label="Exhibits (optional)",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen means all of them.",
    )
    reason = ReasonField(label="What for", help_text="It is recorded as a disclosure.")

    def __init__(self, exhibits: Sequence[Exhibit], *args: Any, **options: Any) -> None:
        """Offer the exhibits of a case."""
        super().__init__(*args, **options)
        field = self.fields["exhibits"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(str(each.id), each.reference) for each in exhibits]

    def chosen(self) -> list[UUID] | None:
        """Return the exhibits that were chosen, ``None`` for all."""
        chosen = self.cleaned_data["exhibits"]
        return [UUID(each) for each in chosen] or None
