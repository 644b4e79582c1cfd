"""What people fill in about orders."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms

from polit.web.core.forms import DayField, GovukForm, ReasonField
from polit.web.orders.given import GivenCondition, GivenOrder, GivenVariation
from polit.web.orders.law import current_kinds, current_policy, current_rules
from polit.web.orders.rules import ConditionKind, EndKind

Choices = Sequence[tuple[str, str]]
LONG = 4000
NOBODY = ("", "Nobody yet")


def text(label: str, longest: int = 200, *, required: bool = True, hint: str = "") -> forms.Field:
    """Return a field of one line."""
    shown = label if required else f"{label} (optional)"
    return forms.CharField(label=shown, max_length=longest, required=required, help_text=hint)


def long_text(label: str, *, required: bool = False, hint: str = "") -> forms.Field:
    """Return a field of several lines."""
    shown = label if required else f"{label} (optional)"
    area = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(
        label=shown, max_length=LONG, required=required, help_text=hint, widget=area
    )


def yes_no(label: str) -> forms.Field:
    """Return a question; it is answered with yes or no, and a page loads with neither."""
    return forms.TypedChoiceField(
        label=label, choices=[("True", "Yes"), ("False", "No")], widget=forms.RadioSelect,
        coerce=lambda value: value == "True",
    )  # fmt: skip


def offer(form: forms.Form, name: str, choices: Choices) -> None:
    """Give a field its choices."""
    field = form.fields[name]
    if isinstance(field, (forms.ChoiceField, forms.MultipleChoiceField)):
        field.choices = list(choices)


class ConditionFields(GovukForm):
    """A condition, where there is one."""

    condition_kind = forms.ChoiceField(
        label="A condition (optional)",
        choices=[("", "None"), *((each.value, each.label) for each in ConditionKind)],
        required=False,
    )
    condition_code = forms.ChoiceField(label="What it is about (optional)", required=False)
    condition_text = long_text("The condition in the court's words")

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer what conditions are about."""
        super().__init__(*args, **options)
        codes = [(each.code, each.label) for each in current_policy().condition_codes]
        offer(self, "condition_code", [("", "None"), *codes])

    def clean(self) -> dict[str, Any]:
        """Refuse half a condition."""
        cleaned = super().clean() or {}
        names = ("condition_kind", "condition_code", "condition_text")
        filled = [bool(cleaned.get(name)) for name in names]
        if any(filled) and not all(filled):
            self.add_error("condition_text", "Give a kind, a subject and words, or none of them")
        return cleaned

    def conditions(self) -> tuple[GivenCondition, ...]:
        """Return the condition that was filled in."""
        cleaned = self.cleaned_data
        if not cleaned["condition_kind"]:
            return ()
        return (GivenCondition(cleaned["condition_kind"], cleaned["condition_code"],
                               cleaned["condition_text"]),)  # fmt: skip


class OrderForm(ConditionFields):
    """An order; the last day follows from the sentence for notification requirements."""

    button: ClassVar[str] = "Record the order"

    place_id = forms.ChoiceField(label="Person")
    court_result_id = forms.ChoiceField(label="Conviction (optional)", required=False)
    kind = forms.ChoiceField(label="Kind")
    reference = text("Reference", 100, hint="The court's number, or your own.")
    court = text("Court", required=False)
    made_on = DayField(label="Made on")
    begins_on = DayField(
        label="First day", help_text="For notification requirements the relevant date."
    )
    ends_on = DayField(
        label="Last day (optional)",
        required=False,
        help_text="Empty: until further order, or computed from the sentence.",
    )
    sentence = forms.ChoiceField(
        label="Sentence, for notification requirements (optional)", required=False
    )
    is_under_18 = forms.BooleanField(label="Under 18 on the relevant date", required=False)
    national_reference = text("Reference in the national register", 100, required=False)
    manager_id = forms.ChoiceField(label="Offender manager (optional)", required=False)
    reason = ReasonField(initial="Order received from the court")

    field_order = ("place_id", "court_result_id", "kind", "reference", "court", "made_on",
                   "begins_on", "ends_on", "sentence", "is_under_18", "national_reference",
                   "manager_id")  # fmt: skip

    def __init__(
        self, people: Choices, managers: Choices, results: Choices, *args: Any, **options: Any
    ) -> None:
        """Offer the suspects, the kinds, the lengths of the law, managers and convictions."""
        super().__init__(*args, **options)
        kinds, rules = current_kinds(), current_rules()
        offer(self, "place_id", [("", "Choose one"), *people])
        offer(self, "kind", [("", "Choose one"), *((e.code, e.label) for e in kinds.entries)])
        offer(self, "sentence", [("", "None"), *((e.code, e.label) for e in rules.lengths)])
        offer(self, "manager_id", [NOBODY, *managers])
        offer(self, "court_result_id", [("", "None"), *results])
        self.fields["kind"].help_text = kinds.notice

    def order(self) -> GivenOrder:
        """Return what was filled in."""
        names = ("place_id", "kind", "reference", "court", "made_on", "begins_on", "ends_on",
                 "sentence", "is_under_18", "national_reference")  # fmt: skip
        cleaned = self.cleaned_data
        return GivenOrder(
            **{name: cleaned[name] for name in names},
            manager_id=cleaned["manager_id"] or None,
            court_result_id=UUID(result) if (result := cleaned["court_result_id"]) else None,
            conditions=self.conditions(),
        )


class VaryForm(ConditionFields):
    """What the court changed."""

    button: ClassVar[str] = "Record the variation"

    varied_on = DayField(label="Varied on")
    court = text("Court", required=False)
    text = long_text("What the court changed", required=True)
    changes_end = forms.BooleanField(label="The last day is another one now", required=False)
    ends_on = DayField(label="Its last day now (optional)", required=False,
                       help_text="Empty with the box ticked: until further order.")  # fmt: skip
    drop = forms.MultipleChoiceField(
        label="Conditions that end (optional)",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = ReasonField(initial="Variation received from the court")

    field_order = ("varied_on", "court", "text", "changes_end", "ends_on", "drop")

    def __init__(self, conditions: Choices, *args: Any, **options: Any) -> None:
        """Offer the conditions that hold."""
        super().__init__(*args, **options)
        offer(self, "drop", conditions)

    def variation(self) -> GivenVariation:
        """Return what was filled in."""
        names = ("varied_on", "court", "text", "changes_end", "ends_on")
        return GivenVariation(
            **{name: self.cleaned_data[name] for name in names},
            add=self.conditions(),
            drop=tuple(self.cleaned_data["drop"]),
        )


class EndForm(GovukForm):
    """How and when an order ended."""

    button: ClassVar[str] = "End the order"
    warns: ClassVar[bool] = True

    how = forms.ChoiceField(
        label="How it ended",
        choices=[(each.value, each.label) for each in EndKind],
        widget=forms.RadioSelect,
    )
    ended_on = DayField(label="From which day it is in force no more")
    reason = ReasonField()


class ResumeForm(GovukForm):
    """Why the end of an order was none."""

    button: ClassVar[str] = "Take the end back"
    warns: ClassVar[bool] = True
    reason = ReasonField(help_text="What is due under the order is due again.")


class AssignForm(GovukForm):
    """Who manages the offender, and the national register's reference."""

    button: ClassVar[str] = "Save"

    manager_id = forms.ChoiceField(label="Offender manager (optional)", required=False)
    national_reference = text("Reference in the national register", 100, required=False)
    reason = ReasonField()

    def __init__(self, managers: Choices, *args: Any, **options: Any) -> None:
        """Offer the managers."""
        super().__init__(*args, **options)
        offer(self, "manager_id", [NOBODY, *managers])
