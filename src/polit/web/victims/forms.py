"""What people fill in about unknown children and series."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from polit.base.errors import UsageError
from polit.web.core.forms import (
    DayField,
    GovukForm,
    InstantField,
    ReasonField,
    SeenField,
    WithdrawReasonField,
)
from polit.web.dissemination.rules import check_sha256
from polit.web.people.rules import AGE_MAX_YEARS, PersonDetails, check_details
from polit.web.safeguarding.children_law import current_catalogue as child_catalogue
from polit.web.safeguarding.rules import GivenIdentified
from polit.web.victims.catalogue import Code, DatabaseAnswer, current_catalogue
from polit.web.victims.rules import (
    GivenAnswer,
    GivenClue,
    GivenEnquiry,
    GivenFound,
    GivenOpinion,
    GivenSeries,
)

NEW = "new"
"""The choice of what is not known yet: a child of the case, or a series."""
_NO_NAME = "Write no name of a child."
_LINES = 5_000
Choices = tuple[tuple[str, str], ...]


def _text(label: str, help_text: str = _NO_NAME, *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=_LINES, required=required, help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


def _choose(form: forms.Form, name: str, choices: Choices) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


def _codes(codes: tuple[Code, ...] | tuple[DatabaseAnswer, ...]) -> Choices:
    return tuple((each.code, each.label) for each in codes)


class ReasonForm(GovukForm):
    """Only why."""

    button: ClassVar[str] = "Record it"
    reason = ReasonField(help_text=_NO_NAME)


class WithdrawForm(GovukForm):
    """Why something was wrong."""

    button: ClassVar[str] = "Withdraw it"
    warns: ClassVar[bool] = True
    reason = WithdrawReasonField()


class SeriesForm(GovukForm):
    """What is known of a series."""

    button: ClassVar[str] = "Save the series"
    groups: ClassVar[dict[str, tuple[str, ...]]] = {
        "National or international database": ("database", "reference", "checked_on")
    }
    name = forms.CharField(
        label="Code word", max_length=60, help_text="Made up: never the name of a child."
    )
    about = _text(
        "What is known of it (optional)",
        "Readers of every case that the series stands in read this. Name no child and no case.",
        required=False,
    )
    database = forms.ChoiceField(label="What the database says", widget=forms.RadioSelect)
    reference = forms.CharField(label="Reference there (optional)", max_length=100, required=False)
    checked_on = DayField(label="Checked on (optional)", required=False)
    reason = ReasonField(help_text=_NO_NAME)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer what a database may say."""
        super().__init__(*args, **options)
        _choose(self, "database", _codes(current_catalogue().databases))

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
    reason = ReasonField(help_text=_NO_NAME)

    def __init__(self, *args: Any, series: Choices, **options: Any) -> None:
        """Offer the series of the reader's cases, and a new one."""
        super().__init__(*args, **options)
        _choose(self, "series", (*series, (NEW, "A new series")))

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


class UnknownForm(GovukForm):
    """A child whom nobody can name yet."""

    button: ClassVar[str] = "Record the child"
    groups: ClassVar[dict[str, tuple[str, ...]]] = {
        "How old the child seems to be (optional)": (
            "age_from", "age_to", "sex", "whose", "formed_on", "grounds"
        )
    }  # fmt: skip
    series = forms.ChoiceField(label="Series (optional)", required=False)
    note = _text("What else is known (optional)", required=False)
    age_from = forms.IntegerField(
        label="At least, in years", min_value=0, max_value=21, required=False
    )
    age_to = forms.IntegerField(
        label="At most, in years", min_value=0, max_value=21, required=False
    )
    sex = forms.ChoiceField(label="Apparent sex", required=False)
    whose = forms.CharField(label="Whose opinion is it?", max_length=200, required=False)
    formed_on = DayField(label="Formed on", required=False)
    grounds = _text("Grounds (optional)", required=False)
    reason = ReasonField(help_text=_NO_NAME)

    def __init__(self, *args: Any, series: Choices, **options: Any) -> None:
        """Offer the series of the reader's cases."""
        super().__init__(*args, **options)
        _choose(self, "series", (("", "None yet"), *series))
        _choose(self, "sex", _codes(current_catalogue().sexes))

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

    def series_id(self) -> UUID | None:
        """Return the series that was chosen."""
        return UUID(self.cleaned_data["series"]) if self.cleaned_data["series"] else None

    def opinion(self) -> GivenOpinion | None:
        """Return the opinion, ``None`` where no age was said."""
        return _opinion(self) if self.cleaned_data["age_from"] is not None else None


class OpinionForm(GovukForm):
    """What somebody holds of a child's age and sex."""

    button: ClassVar[str] = "Record the opinion"
    age_from = forms.IntegerField(label="At least, in years", min_value=0, max_value=21)
    age_to = forms.IntegerField(label="At most, in years", min_value=0, max_value=21)
    sex = forms.ChoiceField(label="Apparent sex", widget=forms.RadioSelect)
    whose = forms.CharField(label="Whose opinion is it?", max_length=200)
    formed_on = DayField(label="Formed on")
    grounds = _text("Grounds (optional)", required=False)
    reason = ReasonField(help_text=_NO_NAME)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer how a child may appear."""
        super().__init__(*args, **options)
        _choose(self, "sex", _codes(current_catalogue().sexes))

    def given(self) -> GivenOpinion:
        """Return what was filled in."""
        return _opinion(self)


class ChooseSeriesForm(GovukForm):
    """One of the series of the reader's cases."""

    button: ClassVar[str] = "Record it"
    series = forms.ChoiceField(label="Which series?", widget=forms.RadioSelect)
    reason = ReasonField(help_text=_NO_NAME)

    def __init__(self, *args: Any, series: Choices, **options: Any) -> None:
        """Offer them."""
        super().__init__(*args, **options)
        _choose(self, "series", series)

    def series_id(self) -> UUID:
        """Return the series that was chosen."""
        return UUID(self.cleaned_data["series"])


class ClueForm(GovukForm):
    """A clue in words."""

    button: ClassVar[str] = "Record the clue"
    kind = forms.ChoiceField(label="What is it?")
    text = _text("In words", "What can be seen or heard, and where. Name no child.")
    reliability = forms.ChoiceField(label="How reliable is it?", widget=forms.RadioSelect)
    item = forms.ChoiceField(label="Found in (optional)", required=False)
    frame_seconds = forms.DecimalField(
        label="Where in the video, in seconds (optional)", required=False, min_value=0,
        max_value=10_000_000, decimal_places=3,
    )  # fmt: skip
    found_by = forms.CharField(label="Who found it?", max_length=200)
    found_on = DayField(label="Found on")
    reason = ReasonField(help_text=_NO_NAME)

    def __init__(self, *args: Any, items: Choices, **options: Any) -> None:
        """Offer the kinds of clue, and the items of the series in this case."""
        super().__init__(*args, **options)
        lists = current_catalogue()
        _choose(self, "kind", _codes(lists.clue_kinds))
        _choose(self, "reliability", _codes(lists.reliabilities))
        _choose(self, "item", (("", "Elsewhere"), *items))

    def given(self) -> GivenClue:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        seconds = cleaned["frame_seconds"]
        return GivenClue(
            cleaned["kind"], cleaned["text"], cleaned["reliability"], cleaned["found_by"],
            cleaned["found_on"], UUID(cleaned["item"]) if cleaned["item"] else None,
            None if seconds is None else int(seconds * 1000),
        )  # fmt: skip


class EnquiryForm(GovukForm):
    """What was sent for a child."""

    button: ClassVar[str] = "Record the enquiry"
    exchange = forms.ChoiceField(
        label="Entry of the exchange log (optional)", required=False,
        help_text="By which it went, where it is recorded there.",
    )  # fmt: skip
    agency = forms.CharField(label="To which agency?", max_length=200)
    country = forms.CharField(label="Country", max_length=100)
    what = _text("What was sent?")
    sent_at = InstantField(label="When?")
    answer_due_at = InstantField(
        label="Answer due (optional)",
        required=False,
        may_be_future=True,
    )
    reason = ReasonField(help_text=_NO_NAME)

    def __init__(self, *args: Any, exchanges: Choices, **options: Any) -> None:
        """Offer what the case gave to others."""
        super().__init__(*args, **options)
        days = current_catalogue().answer_days
        self.fields["answer_due_at"].help_text = f"Left out, {days} days after it was sent."
        _choose(self, "exchange", (("", "None"), *exchanges))

    def given(self) -> GivenEnquiry:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        return GivenEnquiry(
            cleaned["agency"], cleaned["country"], cleaned["what"], cleaned["sent_at"],
            UUID(cleaned["exchange"]) if cleaned["exchange"] else None, cleaned["answer_due_at"],
        )  # fmt: skip


class AnswerForm(GovukForm):
    """What came back."""

    button: ClassVar[str] = "Record the answer"
    answered_at = InstantField(label="When?")
    result = forms.ChoiceField(label="What did it come to?", widget=forms.RadioSelect)
    text = _text("What does it say? (optional)", required=False)
    reason = ReasonField(help_text=_NO_NAME)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the results."""
        super().__init__(*args, **options)
        _choose(self, "result", _codes(current_catalogue().results))

    def given(self) -> GivenAnswer:
        """Return what was filled in."""
        names = ("answered_at", "result", "text")
        return GivenAnswer(**{name: self.cleaned_data[name] for name in names})


class FoundForm(GovukForm):
    """Who the child is: the one form in which a name may stand, and it goes into the people."""

    button: ClassVar[str] = "Record who the child is"
    groups: ClassVar[dict[str, tuple[str, ...]]] = {
        "A child whom the case does not know yet": (
            "given_name", "family_name", "born_on", "estimated_age_years", "relation"
        )
    }  # fmt: skip
    identified_at = InstantField(label="When was the child identified?")
    identified_how = _text("How?")
    by_whom = forms.CharField(label="By whom?", max_length=200)
    child = forms.ChoiceField(label="Who is the child?", widget=forms.RadioSelect)
    given_name = forms.CharField(label="Given names", max_length=150, required=False)
    family_name = forms.CharField(label="Family name", max_length=150, required=False)
    born_on = DayField(label="Date of birth (optional)", required=False)
    estimated_age_years = forms.IntegerField(
        label="Estimated age in years (optional)", required=False, min_value=0,
        max_value=AGE_MAX_YEARS, help_text="Only where the date of birth is not known.",
    )  # fmt: skip
    relation = forms.ChoiceField(label="What the suspect is to the child, or the child to them")
    reason = ReasonField(help_text=_NO_NAME)

    def __init__(self, *args: Any, places: Choices, today: date, **options: Any) -> None:
        """Offer the children of the case, and a new one."""
        super().__init__(*args, **options)
        self._today = today
        _choose(self, "child", (*places, (NEW, "A child whom the case does not know yet")))
        _choose(self, "relation", tuple((each.code, each.label)
                                        for each in child_catalogue().relations))  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Check what goes together."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        details = self._details()
        if cleaned["child"] != NEW:
            if details != PersonDetails():
                self.add_error("given_name", "Leave this out: the case knows the child you chose")
            return cleaned
        try:
            check_details(details, self._today)
        except UsageError as error:
            message = str(error)
            self.add_error("estimated_age_years", message[:1].upper() + message[1:])
        return cleaned

    def given(self, risk_known_at: Any) -> GivenFound:
        """Return what was filled in; of a child without a record, since when the risk is known."""
        cleaned = self.cleaned_data
        return GivenFound(
            GivenIdentified(cleaned["identified_at"], cleaned["identified_how"]),
            cleaned["by_whom"],
            risk_known_at,
            None if cleaned["child"] == NEW else UUID(cleaned["child"]),
            self._details(),
            cleaned["relation"],
        )

    def _details(self) -> PersonDetails:
        cleaned = self.cleaned_data
        age = cleaned["estimated_age_years"]
        return PersonDetails(
            given_name=cleaned["given_name"], family_name=cleaned["family_name"],
            born_on=cleaned["born_on"], estimated_age_years=age,
            estimated_on=None if age is None else self._today,
        )  # fmt: skip


def _opinion(form: forms.Form) -> GivenOpinion:
    names = ("age_from", "age_to", "sex", "whose", "formed_on", "grounds")
    return GivenOpinion(**{name: form.cleaned_data[name] for name in names})
