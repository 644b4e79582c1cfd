"""What people fill in about unknown children."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms

from polit.web.core.forms import (
    DayField,
    GovukForm,
    InstantField,
    ReasonField,
)
from polit.web.victims.catalogue import current_catalogue
from polit.web.victims.forms.parts import NO_NAME, Choices, choose, codes_of, text_field
from polit.web.victims.rules import GivenOpinion, GivenUnknown


class UnknownForm(GovukForm):
    """A child whom nobody can name yet."""

    button: ClassVar[str] = "Record the child"
    groups: ClassVar[dict[str, tuple[str, ...]]] = {
        "How old the child seems to be (optional)": (
            "age_from", "age_to", "sex", "whose", "formed_on", "grounds"
        )
    }  # fmt: skip
    series = forms.ChoiceField(label="Series (optional)", required=False)
    noted_at = InstantField(label="Since when is the child known of?")
    note = text_field("What else is known (optional)", required=False)
    age_from = forms.IntegerField(
        label="At least, in years", min_value=0, max_value=21, required=False
    )
    age_to = forms.IntegerField(
        label="At most, in years", min_value=0, max_value=21, required=False
    )
    sex = forms.ChoiceField(label="Apparent sex", required=False)
    whose = forms.CharField(label="Whose opinion is it?", max_length=200, required=False)
    formed_on = DayField(label="Formed on", required=False)
    grounds = text_field("Grounds (optional)", required=False)
    reason = ReasonField(help_text=NO_NAME)

    def __init__(self, *args: Any, series: Choices, **options: Any) -> None:
        """Offer the series of the reader's cases."""
        super().__init__(*args, **options)
        choose(self, "series", (("", "None yet"), *series))
        choose(self, "sex", codes_of(current_catalogue().sexes))

    def clean(self) -> dict[str, Any]:
        """Check that an opinion is whole."""
        cleaned = super().clean() or self.cleaned_data
        ages = [cleaned.get(name) for name in ("age_from", "age_to")]
        if any(each is not None for each in ages) and not self.errors:
            for name, words in (("age_from", "Enter the least age"),
                                ("age_to", "Enter the greatest age"),
                                ("whose", "Say whose opinion it is"),
                                ("formed_on", "Enter the day on which it was formed")):  # fmt: skip
                if cleaned.get(name) in {None, ""}:
                    self.add_error(name, words)
        return cleaned

    def given(self) -> GivenUnknown:
        """Return what was filled in; an opinion where an age was said."""
        cleaned = self.cleaned_data
        return GivenUnknown(
            cleaned["noted_at"],
            cleaned["note"],
            UUID(cleaned["series"]) if cleaned["series"] else None,
            _opinion(self) if cleaned["age_from"] is not None else None,
        )


class OpinionForm(GovukForm):
    """What somebody holds of a child's age and sex."""

    button: ClassVar[str] = "Record the opinion"
    age_from = forms.IntegerField(label="At least, in years", min_value=0, max_value=21)
    age_to = forms.IntegerField(label="At most, in years", min_value=0, max_value=21)
    sex = forms.ChoiceField(label="Apparent sex", widget=forms.RadioSelect)
    whose = forms.CharField(label="Whose opinion is it?", max_length=200)
    formed_on = DayField(label="Formed on")
    grounds = text_field("Grounds (optional)", required=False)
    reason = ReasonField(help_text=NO_NAME)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer how a child may appear."""
        super().__init__(*args, **options)
        choose(self, "sex", codes_of(current_catalogue().sexes))

    def given(self) -> GivenOpinion:
        """Return what was filled in."""
        return _opinion(self)


_NONE = "There is none to choose: open one first, on the page of its case."


class ChooseSeriesForm(GovukForm):
    """One of the series of the reader's cases."""

    button: ClassVar[str] = "Record it"
    series = forms.ChoiceField(label="Which series?", widget=forms.RadioSelect)
    reason = ReasonField(help_text=NO_NAME)

    def __init__(self, *args: Any, series: Choices, **options: Any) -> None:
        """Offer them."""
        super().__init__(*args, **options)
        choose(self, "series", series)
        if not series:
            self.fields["series"].help_text = _NONE

    def series_id(self) -> UUID:
        """Return the series that was chosen."""
        return UUID(self.cleaned_data["series"])


def _opinion(form: forms.Form) -> GivenOpinion:
    names = ("age_from", "age_to", "sex", "whose", "formed_on", "grounds")
    return GivenOpinion(**{name: form.cleaned_data[name] for name in names})
