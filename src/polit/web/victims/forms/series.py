"""What people fill in about series, the items that are of them, and clues."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from polit.base.errors import UsageError
from polit.web.core.forms import (
    DayField,
    GovukForm,
    ReasonField,
    SeenField,
)
from polit.web.dissemination.rules import check_sha256
from polit.web.victims.catalogue import current_catalogue
from polit.web.victims.forms.parts import NEW, NO_NAME, Choices, choose, codes_of, text_field
from polit.web.victims.rules import (
    GivenClue,
    GivenSeries,
)


class SeriesForm(GovukForm):
    """What is known of a series."""

    button: ClassVar[str] = "Save the series"
    groups: ClassVar[dict[str, tuple[str, ...]]] = {
        "National or international database": ("database", "reference", "checked_on")
    }
    name = forms.CharField(
        label="Code word", max_length=60, help_text="Made up: never the name of a child."
    )
    about = text_field(
        "What is known of it (optional)",
        "Readers of every case that the series stands in read this. Name no child and no case.",
        required=False,
    )
    database = forms.ChoiceField(label="What the database says", widget=forms.RadioSelect)
    reference = forms.CharField(label="Reference there (optional)", max_length=100, required=False)
    checked_on = DayField(label="Checked on (optional)", required=False)
    reason = ReasonField(help_text=NO_NAME)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer what a database may say."""
        super().__init__(*args, **options)
        choose(self, "database", codes_of(current_catalogue().databases))

    def given(self) -> GivenSeries:
        """Return what was filled in."""
        names = ("name", "about", "database", "reference", "checked_on")
        return GivenSeries(**{name: self.cleaned_data[name] for name in names})


class SeriesChangeForm(SeriesForm):
    """A change of what is known of a series."""

    button: ClassVar[str] = "Save the changes"
    seen = SeenField()


class LinkForm(GovukForm):
    """A series to which items of a case are linked: one that there is, or a new one."""

    button: ClassVar[str] = "Link to the series"
    series = forms.ChoiceField(label="Which series?", widget=forms.RadioSelect)
    name = forms.CharField(
        label="Code word of a new series (optional)", max_length=60, required=False,
        help_text="Made up: never the name of a child.",
    )  # fmt: skip
    reason = ReasonField(help_text=NO_NAME)

    def __init__(self, *args: Any, series: Choices, **options: Any) -> None:
        """Offer the series of the reader's cases, and a new one."""
        super().__init__(*args, **options)
        choose(self, "series", (*series, (NEW, "A new series")))

    def clean(self) -> dict[str, Any]:
        """Check that a new series has its code word, and no other has one."""
        cleaned = super().clean() or self.cleaned_data
        if "series" not in self.errors and "name" not in self.errors:
            is_new, name = cleaned["series"] == NEW, cleaned["name"]
            if is_new and not name:
                self.add_error("name", "Enter a code word for the new series")
            if name and not is_new:
                self.add_error("name", "Leave this out, or choose a new series")
        return cleaned

    def chosen(self) -> UUID | GivenSeries:
        """Return the series, or what is known of the new one."""
        cleaned = self.cleaned_data
        if cleaned["series"] == NEW:
            return GivenSeries(cleaned["name"])
        return UUID(cleaned["series"])


class LinkItemsForm(LinkForm):
    """Items of a case, by their digests, and the series that they are of."""

    field_order = ("series", "name", "digests", "reason")
    digests = forms.CharField(
        label="Items, by their SHA-256", max_length=70_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One a line, as the gallery's facts show it. Up to 1,000.",
    )  # fmt: skip

    def clean_digests(self) -> list[str]:
        """Return the digests, each once."""
        try:
            found = [check_sha256(each) for each in self.cleaned_data["digests"].split()]
        except UsageError as error:
            raise ValidationError(f"Check them: {error}") from error
        return list(dict.fromkeys(found))


class ClueForm(GovukForm):
    """A clue in words."""

    button: ClassVar[str] = "Record the clue"
    kind = forms.ChoiceField(label="What is it?")
    text = text_field("In words", "What can be seen or heard, and where. Name no child.")
    reliability = forms.ChoiceField(label="How reliable is it?", widget=forms.RadioSelect)
    item = forms.ChoiceField(label="Found in (optional)", required=False)
    frame_seconds = forms.DecimalField(
        label="Where in the video, in seconds (optional)", required=False, min_value=0,
        max_value=10_000_000, decimal_places=3,
    )  # fmt: skip
    found_by = forms.CharField(label="Who found it?", max_length=200)
    found_on = DayField(label="Found on")
    reason = ReasonField(help_text=NO_NAME)

    def __init__(self, *args: Any, items: Choices, **options: Any) -> None:
        """Offer the kinds of clue, and the items of the series in this case."""
        super().__init__(*args, **options)
        lists = current_catalogue()
        choose(self, "kind", (("", "Choose"), *codes_of(lists.clue_kinds)))
        choose(self, "reliability", codes_of(lists.reliabilities))
        choose(self, "item", (("", "Elsewhere"), *items))

    def given(self) -> GivenClue:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        seconds = cleaned["frame_seconds"]
        return GivenClue(
            cleaned["kind"], cleaned["text"], cleaned["reliability"], cleaned["found_by"],
            cleaned["found_on"], UUID(cleaned["item"]) if cleaned["item"] else None,
            None if seconds is None else int(seconds * 1000),
        )  # fmt: skip
