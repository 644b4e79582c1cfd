"""What people fill in about schedules, unused material and viewings."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms

from polit.web.arrests.forms import CHILDLESS, lines_field, offer
from polit.web.core.forms import DayField, GovukForm, InstantField, ReasonField, SeenField
from polit.web.disclosure.law import Source, current_law
from polit.web.disclosure.models import UnusedItem, Viewing
from polit.web.disclosure.rules import (
    Accessible,
    GivenOpinion,
    GivenService,
    GivenSupport,
    GivenUnused,
    GivenViewing,
)

Choices = Sequence[tuple[str, str]]
_LINES = "Numbers of the draft and ranges of them, such as 1-40, 57."


def _lines() -> forms.CharField:
    return forms.CharField(label="Lines", max_length=4_000, help_text=_LINES)


class ServeForm(GovukForm):
    """To whom, when and how a schedule is served."""

    button: ClassVar[str] = "Serve it"
    warns: ClassVar[bool] = True
    served_to = forms.CharField(
        label="Served to", max_length=300, help_text="Who, and of which office or firm."
    )
    served_at = InstantField(label="When")
    means = forms.ChoiceField(label="How")
    reason = ReasonField()
    seen = SeenField()

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the means in use."""
        super().__init__(*args, **options)
        means = [(each.code, each.label) for each in current_law().means]
        offer(self.fields["means"], [("", "Choose"), *means])

    def given(self) -> GivenService:
        """Return what was filled in."""
        typed = self.cleaned_data
        return GivenService(typed["served_to"], typed["served_at"], typed["means"], typed["seen"])


class OpinionForm(GovukForm):
    """What an examiner thinks of whether something was accessible."""

    button: ClassVar[str] = "Give the opinion"
    lines = _lines()
    accessible = forms.ChoiceField(
        label="Could the user of the device get at it?",
        choices=[(each.value, each.label) for each in Accessible],
        widget=forms.RadioSelect,
        help_text="Not the same as live or deleted.",
    )
    why = lines_field("Grounds", hint="What it rests on. Describe no content.")
    opined_on = DayField(label="Day of the opinion")
    downloaded_on = DayField(label="Day of the download, where you found one (optional)",
                             required=False)  # fmt: skip
    reason = ReasonField()
    seen = SeenField()

    def given(self) -> GivenOpinion:
        """Return what was filled in."""
        typed = self.cleaned_data
        return GivenOpinion(
            typed["lines"], Accessible(typed["accessible"]), typed["why"], typed["opined_on"],
            typed["downloaded_on"], typed["seen"],
        )  # fmt: skip


class CountForm(GovukForm):
    """Which count lines support."""

    button: ClassVar[str] = "Set the count"
    lines = _lines()
    charge = forms.ChoiceField(label="Count of the indictment", required=False)
    reason = ReasonField()
    seen = SeenField()

    def __init__(self, *args: Any, charges: Choices, **options: Any) -> None:
        """Offer the defendant's counts."""
        super().__init__(*args, **options)
        offer(self.fields["charge"], [("", "None"), *charges])

    def given(self) -> GivenSupport:
        """Return what was filled in."""
        typed = self.cleaned_data
        chosen = UUID(typed["charge"]) if typed["charge"] else None
        return GivenSupport(typed["lines"], chosen, typed["seen"])


class UnusedForm(GovukForm):
    """An item of unused material."""

    button: ClassVar[str] = "Record the item"
    groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "Review": ("reviewed_by", "reviewed_on", "decision", "why")
    }
    schedule = forms.ChoiceField(label="Schedule", widget=forms.RadioSelect)
    description = lines_field("What it is", hint=CHILDLESS)
    held_where = forms.CharField(label="Where it is held", max_length=300)
    exhibit = forms.ChoiceField(label="Exhibit (optional)", required=False)
    reviewed_by = forms.CharField(label="Reviewed by (optional)", max_length=200, required=False)
    reviewed_on = DayField(label="Reviewed on (optional)", required=False)
    decision = forms.ChoiceField(label="Decision (optional)", required=False)
    why = lines_field("Reason of the decision (optional)", required=False, hint=CHILDLESS)
    reason = ReasonField()
    seen = SeenField()

    def __init__(self, *args: Any, exhibits: Choices, **options: Any) -> None:
        """Offer the schedules that list items, the decisions and the case's exhibits."""
        super().__init__(*args, **options)
        law = current_law()
        kinds = [(each.code, each.label) for each in law.schedules
                 if each.source is Source.ITEMS]  # fmt: skip
        offer(self.fields["schedule"], kinds)
        offer(self.fields["exhibit"], [("", "None"), *exhibits])
        decisions = [(each.code, each.label) for each in law.decisions]
        offer(self.fields["decision"], [("", "None yet"), *decisions])
        # What is new was not seen before.
        self.fields["seen"].required = "seen" in self.initial

    def given(self) -> GivenUnused:
        """Return what was filled in."""
        typed = self.cleaned_data
        return GivenUnused(
            typed["schedule"], typed["description"], typed["held_where"],
            UUID(typed["exhibit"]) if typed["exhibit"] else None, typed["reviewed_by"],
            typed["reviewed_on"], typed["decision"], typed["why"],
        )  # fmt: skip


class ManagementForm(GovukForm):
    """The next version of the disclosure management document."""

    button: ClassVar[str] = "Keep as the next version"
    text = forms.CharField(
        label="The document", max_length=200_000, help_text=CHILDLESS,
        widget=forms.Textarea(attrs={"rows": 20}),
    )  # fmt: skip
    reason = ReasonField()
    seen = SeenField()


class ViewingForm(GovukForm):
    """A supervised viewing by the defence."""

    button: ClassVar[str] = "Log the viewing"
    groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "Who": ("viewer", "role", "firm", "instructed_by", "supervised_by"),
        "Where and when": ("where", "from_at", "to_at"),
        "What": ("served", "exhibits"),
        "On which terms": ("conditions", "undertaken_on", "noted"),
    }
    viewer = forms.CharField(label="Who viewed", max_length=200)
    role = forms.CharField(label="As what", max_length=200, help_text="Such as defence expert.")
    firm = forms.CharField(label="Firm", max_length=200)
    instructed_by = forms.CharField(label="On whose instruction", max_length=200)
    supervised_by = forms.CharField(label="Supervising officer", max_length=200)
    where = forms.CharField(label="Where", max_length=300)
    from_at = InstantField(label="From")
    to_at = InstantField(label="To")
    served = forms.ChoiceField(label="Version of a schedule (optional)", required=False)
    exhibits = forms.MultipleChoiceField(
        label="Exhibits (optional)", required=False, widget=forms.CheckboxSelectMultiple
    )
    conditions = lines_field("Conditions", hint="Such as: no copies, no notes of content.")
    undertaken_on = DayField(label="Day on which the undertaking was signed")
    noted = lines_field("What was noted (optional)", required=False, hint=CHILDLESS)
    reason = ReasonField()
    seen = SeenField()

    def __init__(self, *args: Any, served: Choices, exhibits: Choices, **options: Any) -> None:
        """Offer what can be viewed."""
        super().__init__(*args, **options)
        offer(self.fields["served"], [("", "None"), *served])
        offer(self.fields["exhibits"], exhibits)
        self.fields["seen"].required = "seen" in self.initial
        if not exhibits:
            del self.fields["exhibits"]
            self.lay_out()

    def given(self) -> GivenViewing:
        """Return what was filled in."""
        typed = {name: value for name, value in self.cleaned_data.items()
                 if name not in {"reason", "seen"}}  # fmt: skip
        chosen = typed.pop("served")
        typed["served_id"] = UUID(chosen) if chosen else None
        typed["exhibits"] = tuple(UUID(each) for each in typed.pop("exhibits", ()))
        return GivenViewing(**typed)


def initial_of_item(item: UnusedItem) -> dict[str, object]:
    """Return what a form begins with that corrects an item."""
    names = ("schedule", "description", "held_where", "reviewed_by", "reviewed_on", "decision",
             "why")  # fmt: skip
    told = {name: getattr(item, name) for name in names}
    return told | {"exhibit": str(item.exhibit_id or ""), "seen": str(item.pk)}


def initial_of_viewing(viewing: Viewing) -> dict[str, object]:
    """Return what a form begins with that corrects a viewing."""
    names = ("viewer", "role", "firm", "instructed_by", "supervised_by", "where", "from_at",
             "to_at", "conditions", "undertaken_on", "noted")  # fmt: skip
    told = {name: getattr(viewing, name) for name in names}
    exhibits = [str(each) for each in viewing.exhibits.values_list("exhibit_id", flat=True)]
    return told | {"served": str(viewing.served_id or ""), "exhibits": exhibits,
                   "seen": str(viewing.pk)}  # fmt: skip
