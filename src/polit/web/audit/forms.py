"""The filter of the list of events."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from polit.web.audit.rules import EventFilter, Nature
from polit.web.core.forms import DayField, GovukForm

_NATURES = [("", "All"), *((nature.value, nature.value.capitalize()) for nature in Nature)]


class EventFilterForm(GovukForm):
    """Which events are listed."""

    button = "Show these events"

    who = forms.CharField(required=False, label="Who", help_text="The user name, in full.")
    action = forms.CharField(
        required=False, label="What", help_text="The action in full, as in exhibits.seize."
    )
    case_reference = forms.CharField(required=False, label="Case", help_text="Its reference.")
    nature = forms.ChoiceField(required=False, label="Nature", choices=_NATURES)
    from_on = DayField(required=False, label="From")
    to_on = DayField(required=False, label="To, this day included")

    def __init__(self, *args: Any, **options: Any) -> None:
        """Be sent as an address: a filter changes nothing."""
        super().__init__(*args, **options)
        self.helper.form_method = "get"
        self.helper.disable_csrf = True

    def filter(self) -> EventFilter:
        """Return what was asked for; all events where the form is not valid."""
        if not self.is_valid():
            return EventFilter()
        asked = self.cleaned_data
        zone = timezone.get_default_timezone()
        first, last = asked["from_on"], asked["to_on"]
        return EventFilter(
            who=asked["who"],
            action=asked["action"],
            case_reference=asked["case_reference"],
            nature=asked["nature"],
            from_at=datetime.combine(first, time.min, zone) if first else None,
            until_at=datetime.combine(last + timedelta(1), time.min, zone) if last else None,
        )
