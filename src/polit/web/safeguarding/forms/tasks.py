"""Why something is done with a safeguarding task, and how it ended."""

from typing import Any, ClassVar

from django import forms

from polit.web.core.forms import GovukForm, ReasonField
from polit.web.safeguarding.clocks import Clock


class TaskActForm(GovukForm):
    """Why something is done with a task."""

    button: ClassVar[str] = "Record it"

    reason = ReasonField()


class TaskCompleteForm(GovukForm):
    """How a task ended."""

    button: ClassVar[str] = "Complete the task"

    outcome = forms.ChoiceField(label="Outcome", widget=forms.RadioSelect)
    reason = ReasonField()

    def __init__(self, data: Any = None, *, clock: Clock) -> None:
        """Offer the outcomes of the task's own clock."""
        super().__init__(data)
        field = self.fields["outcome"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each.code, each.label) for each in clock.outcomes]
