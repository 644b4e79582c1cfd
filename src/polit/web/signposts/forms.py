"""What people fill in about signposts."""

from typing import ClassVar

from django import forms

from polit.web.core.forms import GovukForm, ReasonField, SeenField
from polit.web.signposts.rules import Audience, GivenSignpost


class SignpostForm(GovukForm):
    """A signpost."""

    button: ClassVar[str] = "Save the signpost"

    name = forms.CharField(label="Who helps", max_length=150)
    purpose = forms.CharField(
        label="What for", max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    telephone = forms.CharField(label="Telephone (optional)", max_length=50, required=False)
    website = forms.CharField(
        label="Web address (optional)",
        max_length=200,
        required=False,
        help_text="It is shown and printed as text, and leads nowhere from here.",
    )
    hours = forms.CharField(label="Hours (optional)", max_length=200, required=False)
    audiences = forms.MultipleChoiceField(
        label="Whom is it for?",
        choices=[(each.value, each.label) for each in Audience],
        widget=forms.CheckboxSelectMultiple,
    )
    reason = ReasonField()

    def given(self) -> GivenSignpost:
        """Return what was filled in."""
        each = self.cleaned_data
        return GivenSignpost(
            each["name"], each["purpose"], tuple(each["audiences"]), each["telephone"],
            each["website"], each["hours"],
        )  # fmt: skip


class SignpostChangeForm(SignpostForm):
    """A change of a signpost."""

    seen = SeenField()


class SignpostEndForm(GovukForm):
    """Why a signpost is ended."""

    button: ClassVar[str] = "End the signpost"

    reason = ReasonField()


class ExamplesForm(GovukForm):
    """Why the examples are taken."""

    button: ClassVar[str] = "Take the examples"

    reason = ReasonField()
