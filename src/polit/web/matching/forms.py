"""What alerts are filtered by, and what is done with a selection."""

from collections.abc import Mapping, Sequence
from typing import ClassVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import QueryDict

from polit.base.errors import UsageError
from polit.web.core.forms import GovukForm, ReasonField
from polit.web.matching.rules import AlertState, AlertWanted, check_selection

_LONGEST = 200
_STATES = (*(state.value for state in AlertState), "all")


class SelectionForm(GovukForm):
    """Why the chosen alerts are acknowledged."""

    button: ClassVar[str] = "Acknowledge the chosen alerts"

    reason = ReasonField()

    def __init__(self, data: QueryDict | None = None) -> None:
        """Take what was sent, the chosen alerts among it."""
        super().__init__(data)
        self.helper.form_tag = False
        self._untrusted_chosen: Sequence[str] = data.getlist("alert") if data else ()

    def clean(self) -> None:
        """Read the chosen alerts."""
        chosen = []
        for text in self._untrusted_chosen:
            try:
                chosen.append(UUID(text))
            except ValueError:
                raise ValidationError("Choose alerts from the list") from None
        try:
            check_selection(len(chosen))
        except UsageError as error:
            raise ValidationError(str(error)) from error
        self.cleaned_data["alerts"] = chosen


class AlertActForm(GovukForm):
    """Why something is done with an alert."""

    button: ClassVar[str] = "Record it"

    reason = ReasonField()


class RematchForm(GovukForm):
    """Why packages are matched again."""

    button: ClassVar[str] = "Match again"

    reason = ReasonField()


def wanted_of(asked: Mapping[str, str], exhibits: Sequence[str]) -> AlertWanted:
    """Return which alerts an address asks for; what it cannot mean is passed over."""
    state = asked.get("state", "")
    kind = asked.get("kind", "")
    exhibit = asked.get("exhibit", "")[:_LONGEST]
    return AlertWanted(
        state if state in _STATES else "",
        exhibit if exhibit in exhibits else "",
        {"exact": True, "near": False}.get(kind),
    )
