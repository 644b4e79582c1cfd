"""Forms of what was agreed, proposals, second reviews and samples; the table's decision form."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from polit.base.clock import now_utc
from polit.web.core.forms import DayField, GovukForm, ReasonField
from polit.web.grading.category_schemes import categories_of, scheme_titles
from polit.web.grading.rules import LONGEST_NOTE, MOST_PLACES
from polit.web.grading.services import Agreed
from polit.web.items.rules import Flag

_PICTURE, _VIDEO = "1", "2"
_LONGEST = 2_000
_LONGEST_PLACE = 10
_KEEP, _CLEAR = "", "clear"


class StrategyForm(GovukForm):
    """What is reviewed, and when it stops."""

    button: ClassVar[str] = "Record what was agreed"

    scheme = forms.ChoiceField(label="Category scheme")
    exhibits = forms.MultipleChoiceField(
        label="Exhibits (optional)", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Choose none for all of the case.",
    )  # fmt: skip
    kinds = forms.MultipleChoiceField(
        label="Kinds (optional)", required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(_PICTURE, "Pictures"), (_VIDEO, "Videos")], help_text="Choose none for both.",
    )  # fmt: skip
    stop = forms.CharField(
        label="Agreed stop point", max_length=_LONGEST, widget=forms.Textarea,
        help_text="In words, as it was agreed.",
    )  # fmt: skip
    stop_code = forms.ChoiceField(label="It counts this category (optional)", required=False)
    stop_count = forms.IntegerField(
        label="Until so many of it (optional)", required=False, min_value=0, max_value=1_000_000
    )
    stop_first_generation = forms.BooleanField(
        label="And every first-generation candidate is decided", required=False
    )
    is_everything = forms.BooleanField(label="Everything is reviewed", required=False)
    second_percent = forms.IntegerField(
        label="Random second review, in percent of what is graded", min_value=0, max_value=100,
        help_text="Disputed and unsure items get one in any case.",
    )  # fmt: skip
    agreed_by = forms.CharField(label="Who agreed it", max_length=200)
    agreed_on = DayField(label="When it was agreed")
    reason = ReasonField()

    def __init__(
        self, *args: Any, scheme: str, exhibits: Sequence[tuple[str, str]], **options: Any
    ) -> None:
        """Offer the schemes, the categories of the case's own, and its exhibits."""
        today = timezone.localdate(now_utc())
        options.setdefault("initial", {"scheme": scheme, "second_percent": 5, "agreed_on": today})
        super().__init__(*args, **options)
        codes = [(each.code, each.label) for each in categories_of(scheme)]
        offered = {"scheme": scheme_titles(), "exhibits": exhibits,
                   "stop_code": [("", "None"), *codes]}  # fmt: skip
        for name, choices in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = list(choices)

    def agreed(self) -> Agreed:
        """Return what was typed; of a valid form."""
        typed = self.cleaned_data
        return Agreed(
            scheme=typed["scheme"], stop=typed["stop"], agreed_by=typed["agreed_by"],
            agreed_on=typed["agreed_on"], exhibits=tuple(map(UUID, typed["exhibits"])),
            kinds=tuple(map(int, typed["kinds"])), stop_code=typed["stop_code"],
            stop_count=typed["stop_count"] or 0,
            stop_first_generation=typed["stop_first_generation"],
            is_everything=typed["is_everything"], second_percent=typed["second_percent"],
        )  # fmt: skip


class ProposalsForm(GovukForm):
    """What is done with the proposals that are chosen."""

    button: ClassVar[str] = "Record it for the chosen proposals"

    does = forms.ChoiceField(
        label="What do you do with them?", widget=forms.RadioSelect,
        choices=[("accept", "Accept: decide the same here, one decision for each"),
                 ("decline", "Decline: they are looked at here"),
                 ("accept_all", "Accept all that wait in this list, shown or not, chosen or not")],
    )  # fmt: skip
    reason = ReasonField()

    def __init__(self, data: QueryDict | None = None) -> None:
        """Take what was sent, the chosen proposals among it."""
        super().__init__(data)
        self.helper.form_tag = False
        self._untrusted_chosen: Sequence[str] = data.getlist("proposal") if data else ()

    def clean(self) -> None:
        """Read the chosen proposals."""
        try:
            chosen = [UUID(text) for text in self._untrusted_chosen[: MOST_PLACES + 1]]
        except ValueError:
            raise ValidationError("Choose proposals from the list") from None
        if not chosen and self.cleaned_data.get("does") != "accept_all":
            raise ValidationError("Choose at least one proposal")
        self.cleaned_data["proposals"] = chosen


class SettleForm(GovukForm):
    """Which category a disputed item has."""

    button: ClassVar[str] = "Settle it"

    item = forms.IntegerField(label="Item number", min_value=1, max_value=(1 << 32) - 1)
    code = forms.ChoiceField(label="Category")
    reason = ReasonField()

    def __init__(self, *args: Any, scheme: str, **options: Any) -> None:
        """Offer the categories of the case's scheme."""
        super().__init__(*args, **options)
        field = self.fields["code"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each.code, each.label) for each in categories_of(scheme)]


class SampleForm(GovukForm):
    """Why a sample is drawn."""

    button: ClassVar[str] = "Draw a blind sample"

    reason = ReasonField()


class ForceSetForm(GovukForm):
    """Why the force's decisions become a hash set now."""

    button: ClassVar[str] = "Make the force's decisions a hash set"

    reason = ReasonField()


class DecideForm(GovukForm):
    """What is decided on the items that are chosen in the table; works without script."""

    button: ClassVar[str] = "Decide on the chosen items"

    code = forms.ChoiceField(label="Category (optional)", required=False)
    flags = forms.MultipleChoiceField(
        label="Set flags (optional)", required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(each.name, str(each.name).replace("_", " ").capitalize()) for each in Flag],
    )  # fmt: skip
    note = forms.CharField(
        label="Note (optional)", required=False, max_length=LONGEST_NOTE,
        widget=forms.Textarea({"rows": 2}),
    )  # fmt: skip
    unsure = forms.BooleanField(label="Unsure: leave it to a second officer", required=False)
    whole_stacks = forms.BooleanField(label="All of each stack, not its lead alone", required=False)

    def __init__(self, data: QueryDict | None = None, *, scheme: str) -> None:
        """Take what was sent, the chosen places among it."""
        super().__init__(data)
        self.helper.form_tag = False
        field = self.fields["code"]
        assert isinstance(field, forms.ChoiceField)
        codes = [(each.code, each.label) for each in categories_of(scheme)]
        field.choices = [(_KEEP, "Leave as it is"), (_CLEAR, "None: clear it"), *codes]
        self._untrusted_places: Sequence[str] = data.getlist("place") if data else ()

    def clean(self) -> None:
        """Read the chosen places."""
        chosen = self._untrusted_places[: MOST_PLACES + 1]
        if not chosen or not all(map(_is_place, chosen)):
            raise ValidationError("Choose items from the table")
        self.cleaned_data["places"] = [int(each) for each in chosen]

    @property
    def chosen_code(self) -> str | None:
        """The code that was chosen, empty to clear, ``None`` to leave; of a valid form."""
        chosen = str(self.cleaned_data["code"])
        return {_KEEP: None, _CLEAR: ""}.get(chosen, chosen)


def _is_place(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_PLACE
