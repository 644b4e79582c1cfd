"""What people fill in to count figures, or to take the rows behind them."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from polit.base.errors import UsageError
from polit.web.cases.models import Unit
from polit.web.core.forms import DayField, GovukForm, ReasonField
from polit.web.statistics.rules import Selection, check_period
from polit.web.statistics.zones import force_zone


class UnitChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # none at run time
    """An area or a team, also one that ended: its past is still counted."""

    def __init__(self, kind: str, **options: Any) -> None:
        """Offer all of a kind."""
        rows = Unit.objects.filter(kind=kind).order_by("name", "recorded_at")
        words = {"invalid_choice": "Choose one from the list"}
        super().__init__(rows, required=False, empty_label="All", error_messages=words, **options)

    def label_from_instance(self, obj: Any) -> str:
        """Return the name, and that it ended where it did."""
        return str(obj.shown)


class SelectionForm(GovukForm):
    """A period, an area and a team."""

    button: ClassVar[str] = "Count"
    from_on = DayField(label="First day")
    to_on = DayField(label="Last day", help_text="It is counted too, until midnight.")
    area = UnitChoice("area", label="Area")
    team = UnitChoice("team", label="Team")

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("from_on"), cleaned.get("to_on")
        if first and last:
            try:
                check_period(first, last, force_zone())
            except UsageError as error:
                message = str(error)
                self.add_error("to_on", ValidationError(message[:1].upper() + message[1:]))
        return cleaned

    def selection(self) -> Selection:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        area, team = cleaned["area"], cleaned["team"]
        return Selection(
            check_period(cleaned["from_on"], cleaned["to_on"], force_zone()),
            area.pk if area else None,
            team.pk if team else None,
        )


class RowsForm(SelectionForm):
    """The rows behind the figures."""

    button: ClassVar[str] = "Download the rows"
    reason = ReasonField(help_text="It goes into the audit.")
