"""What people fill in about what happened under an order; a correction begins with what stood."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, ClassVar, TypeVar

from django import forms

from polit.web.core.forms import DayField, GovukForm, InstantField, ReasonField, WithdrawReasonField
from polit.web.orders.forms import Choices, long_text, offer, text, yes_no
from polit.web.orders.given import (
    GivenAssessment,
    GivenBreach,
    GivenCheck,
    GivenNotifiable,
    GivenNotification,
    GivenStep,
    GivenVisit,
)
from polit.web.orders.models import OrderEvent
from polit.web.orders.rules import BreachAction, CheckResult, Level

Given = TypeVar("Given")
Offers = Mapping[str, Choices]
_CHILDREN = "Name no child here: write Child 1, as the case does."


class EventForm(GovukForm):
    """One thing that happened; ``offers`` holds the choices by field."""

    def __init__(self, offers: Offers, *args: Any, **options: Any) -> None:
        """Offer the choices of its fields."""
        super().__init__(*args, **options)
        for name, choices in offers.items():
            if name in self.fields:
                first = () if self.fields[name].required else (("", "None"),)
                offer(self, name, (*first, *choices))

    def given(self, kind: type[Given]) -> Given:
        """Return what was filled in; an empty choice is nothing."""
        names = [each.name for each in fields(kind)]  # type: ignore[arg-type]  # a dataclass
        values = {name: self.cleaned_data[name] for name in names if name in self.fields}
        for name in names:
            if name.endswith("_id") and not values.get(name):
                values.pop(name, None)
        return kind(**values)

    def fact(self) -> Any:
        """Return what a service is given."""
        raise NotImplementedError

    @classmethod
    def known_of(cls, event: OrderEvent) -> dict[str, object]:
        """Return what stands of an event, as the fields show it."""
        names = [name for name in cls.base_fields if name != "reason"]
        return {name: getattr(event, name, None) for name in names}


class VisitForm(EventForm):
    """A visit."""

    button: ClassVar[str] = "Record the visit"

    occurred_at = InstantField(label="When")
    was_seen = yes_no("Was the person seen?")
    was_announced = yes_no("Was the visit announced?")
    visitors = text("Who visited", 300, required=False)
    found = long_text("What was found", hint=_CHILDREN)
    reason = ReasonField(initial="Visit under the order")

    def fact(self) -> GivenVisit:
        """Return the visit."""
        return self.given(GivenVisit)


class DeviceCheckForm(EventForm):
    """A check of a device."""

    button: ClassVar[str] = "Record the check"

    occurred_at = InstantField(label="When")
    device = text("Device", 300)
    tool = text("Tool", required=False)
    tool_version = text("Its version", 60, required=False)
    result = forms.ChoiceField(
        label="Result",
        choices=[(each.value, each.label) for each in CheckResult],
        widget=forms.RadioSelect,
    )
    exhibit_id = forms.ChoiceField(label="Exhibit, where it was seized (optional)", required=False)
    found = long_text("What was found", hint=_CHILDREN)
    reason = ReasonField(initial="Device check under the order")

    def fact(self) -> GivenCheck:
        """Return the check."""
        return self.given(GivenCheck)


class AssessForm(EventForm):
    """The result of an assessment tool."""

    button: ClassVar[str] = "Record the assessment"

    occurred_at = InstantField(label="Assessed when")
    tool = forms.ChoiceField(label="Tool")
    tool_version = text("Its version", 60, required=False)
    level = forms.ChoiceField(
        label="Level that the tool or the assessor gave",
        choices=[(each.value, each.label) for each in Level],
        widget=forms.RadioSelect,
    )
    rationale = long_text("Rationale", hint=_CHILDREN)
    review_on = DayField(label="Review on (optional)", required=False,
                         help_text="Left empty, the policy's interval gives the day.")  # fmt: skip
    reason = ReasonField(initial="Assessment of risk under the order")

    def fact(self) -> GivenAssessment:
        """Return the assessment."""
        return self.given(GivenAssessment)


class NotifiableForm(EventForm):
    """Something that the person has to notify."""

    button: ClassVar[str] = "Start its clock"

    rule = forms.ChoiceField(label="What has to be notified")
    occurred_at = InstantField(
        label="When it happened, or for travel the departure", may_be_future=True
    )
    text = long_text("What is known", hint=_CHILDREN)
    reason = ReasonField(initial="Learned of a change")

    def fact(self) -> GivenNotifiable:
        """Return what has to be notified."""
        return self.given(GivenNotifiable)


class NotificationForm(EventForm):
    """A notification that the person gave."""

    button: ClassVar[str] = "Record the notification"

    rule = forms.ChoiceField(label="What was notified")
    occurred_at = InstantField(label="Given when")
    event_id = forms.ChoiceField(label="Answers what is known already (optional)", required=False)
    event_at = InstantField(
        label="When what is notified happened, or will happen (optional)",
        required=False,
        may_be_future=True,
    )
    no_residence = forms.BooleanField(
        label="The home address notified is no sole or main residence", required=False
    )
    station = text("Where it was given", required=False)
    text = long_text("In words", hint=_CHILDREN)
    reason = ReasonField(initial="Notification given")

    def fact(self) -> GivenNotification:
        """Return the notification."""
        return self.given(GivenNotification)


class BreachForm(EventForm):
    """A breach."""

    button: ClassVar[str] = "Record the breach"

    occurred_at = InstantField(label="When it happened")
    known_at = InstantField(label="Known since")
    condition_id = forms.ChoiceField(label="Condition (optional)", required=False)
    requirement = forms.ChoiceField(label="Or notification (optional)", required=False)
    text = long_text("What happened", required=True, hint=_CHILDREN)
    reason = ReasonField(initial="Breach found")

    def fact(self) -> GivenBreach:
        """Return the breach."""
        return self.given(GivenBreach)


class StepForm(EventForm):
    """What was done about a breach."""

    button: ClassVar[str] = "Record what was done"

    action = forms.ChoiceField(
        label="What was done",
        choices=[(each.value, each.label) for each in BreachAction],
        widget=forms.RadioSelect,
    )
    occurred_at = InstantField(label="When")
    reference = text("Reference of the arrest or charge", required=False)
    reason = ReasonField()

    def fact(self) -> GivenStep:
        """Return the step."""
        return self.given(GivenStep)


class WithdrawForm(GovukForm):
    """Why something never happened."""

    button: ClassVar[str] = "Withdraw it"
    warns: ClassVar[bool] = True

    reason = WithdrawReasonField()
