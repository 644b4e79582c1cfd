"""What people fill in about charges, hearings and results."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms

from polit.web.arrests.forms import CHILDLESS, answers_of, lines_field, offer
from polit.web.cases.offences import current_offences
from polit.web.core.forms import DayField, GovukForm, InstantField, ReasonField
from polit.web.court.law import current_terms
from polit.web.court.rules import (
    AppealAgainst,
    AppealStage,
    GivenAppeal,
    GivenCharge,
    GivenHeard,
    GivenHearing,
    GivenPlea,
    GivenResult,
    GivenSentence,
    Held,
)
from polit.web.risk.forms import SUICIDE_FIELDS, SuicideRiskFields

Choices = Sequence[tuple[str, str]]
PARTS = 4
"""Parts of a sentence on one form; a further part goes into the text of the last."""


class ChargeFields(GovukForm):
    """What a charge is."""

    button: ClassVar[str] = "Record the charge"
    place = forms.ChoiceField(label="Suspect")
    arrest = forms.ChoiceField(label="Arrest that led to it (optional)", required=False)
    charged_at = InstantField(label="When they were charged")
    count_number = forms.IntegerField(label="Count number", min_value=1, max_value=30_000)
    offence = forms.ChoiceField(label="Offence", required=False)
    statute = forms.CharField(
        label="Another offence, with its statute (optional)", max_length=300, required=False
    )
    particulars = lines_field("Particulars", hint=CHILDLESS)
    from_on = DayField(label="First day of the offence")
    to_on = DayField(label="Last day (optional)", required=False)
    reason = ReasonField()

    def __init__(self, *args: Any, suspects: Choices, arrests: Choices, **options: Any) -> None:
        """Offer the case's suspects and arrests, and the offences in use."""
        super().__init__(*args, **options)
        offer(self.fields["place"], suspects)
        offer(self.fields["arrest"], [("", "None"), *arrests])
        kinds = [(each.code, f"{each.label} ({each.statute})")
                 for each in current_offences().entries]  # fmt: skip
        offer(self.fields["offence"], [("", "Choose, or name another below"), *kinds])

    def given(self) -> GivenCharge:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        return GivenCharge(
            place_id=UUID(cleaned["place"]),
            charged_at=cleaned["charged_at"],
            count_number=cleaned["count_number"],
            particulars=cleaned["particulars"],
            from_on=cleaned["from_on"],
            to_on=cleaned["to_on"],
            offence=cleaned["offence"],
            statute=cleaned["statute"],
            arrest_id=UUID(cleaned["arrest"]) if cleaned["arrest"] else None,
            answers=answers_of(self),
        )


class ChargeForm(SuicideRiskFields, ChargeFields):
    """A new charge, with the prompt about suicide where none was made since the arrest."""

    field_order = (
        *[each for each in ChargeFields.base_fields if each != "reason"], *SUICIDE_FIELDS,
        "reason",
    )  # fmt: skip


class PleaForm(GovukForm):
    """A plea."""

    button: ClassVar[str] = "Record the plea"
    plea = forms.ChoiceField(label="Plea", widget=forms.RadioSelect)
    occurred_at = InstantField(label="When")
    note = lines_field("Note (optional)", required=False, hint=CHILDLESS)
    reason = ReasonField()

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the pleas in use."""
        super().__init__(*args, **options)
        offer(self.fields["plea"], [(each.code, each.label) for each in current_terms().pleas])

    def given(self) -> GivenPlea:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        return GivenPlea(cleaned["plea"], cleaned["occurred_at"], cleaned["note"])


class HearingForm(GovukForm):
    """A hearing, which may lie ahead."""

    button: ClassVar[str] = "Record the hearing"
    place = forms.ChoiceField(label="Defendant")
    kind = forms.ChoiceField(label="Kind of hearing")
    court = forms.CharField(label="Court", max_length=200)
    starts_at = InstantField(label="When", may_be_future=True)
    reason = ReasonField()

    def __init__(self, *args: Any, suspects: Choices, **options: Any) -> None:
        """Offer the case's suspects and the kinds of hearing."""
        super().__init__(*args, **options)
        offer(self.fields["place"], suspects)
        offer(self.fields["kind"], _hearings())

    def given(self) -> GivenHearing:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        return GivenHearing(
            UUID(cleaned["place"]), cleaned["starts_at"], cleaned["court"], cleaned["kind"]
        )


class HeardForm(GovukForm):
    """What became of a hearing, and the next one."""

    button: ClassVar[str] = "Record it"
    held = forms.ChoiceField(
        label="What became of it",
        choices=[(each.value, each.label) for each in Held],
        widget=forms.RadioSelect,
    )
    outcome = lines_field("What it came to", hint=CHILDLESS)
    next_at = InstantField(label="Next hearing (optional)", required=False, may_be_future=True)
    next_kind = forms.ChoiceField(label="Kind of the next hearing", required=False)
    next_court = forms.CharField(label="Court of the next hearing", max_length=200, required=False)
    reason = ReasonField()

    def __init__(self, *args: Any, place_id: UUID, **options: Any) -> None:
        """Take whose hearing it is; offer the kinds of hearing."""
        super().__init__(*args, **options)
        self._place_id = place_id
        offer(self.fields["next_kind"], [("", "None"), *_hearings()])

    def clean(self) -> dict[str, Any]:
        """Ask of a next hearing what kind it is and where."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("next_at"):
            for name, words in (
                ("next_kind", "Choose the kind"),
                ("next_court", "Enter the court"),
            ):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, f"{words} of the next hearing")
        return cleaned

    def given(self) -> GivenHeard:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        following = None
        if cleaned["next_at"]:
            following = GivenHearing(
                self._place_id, cleaned["next_at"], cleaned["next_court"], cleaned["next_kind"]
            )
        return GivenHeard(Held(cleaned["held"]), cleaned["outcome"], following)


def _part(number: int) -> tuple[forms.ChoiceField, forms.IntegerField, forms.CharField]:
    """Return the fields of one part of a sentence."""
    return (
        forms.ChoiceField(label=f"Sentence, part {number} (optional)", required=False),
        forms.IntegerField(
            label=f"How much of part {number}", required=False, min_value=0, max_value=1_000_000_000
        ),
        forms.CharField(label=f"What else of part {number}", required=False, max_length=500),
    )


class ResultForm(GovukForm):
    """What a court decided on a charge."""

    button: ClassVar[str] = "Record the result"
    verdict = forms.ChoiceField(label="Verdict", widget=forms.RadioSelect)
    occurred_at = InstantField(label="When")
    court = forms.CharField(label="Court", max_length=200)
    note = lines_field("Note (optional)", required=False, hint=CHILDLESS)
    sentence_1, amount_1, text_1 = _part(1)
    sentence_2, amount_2, text_2 = _part(2)
    sentence_3, amount_3, text_3 = _part(3)
    sentence_4, amount_4, text_4 = _part(4)
    reason = ReasonField()

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the verdicts and the kinds of sentence."""
        super().__init__(*args, **options)
        terms = current_terms()
        kinds = [
            (each.code, f"{each.label} ({each.unit})" if each.unit else each.label)
            for each in terms.sentences
        ]
        for number in range(1, PARTS + 1):
            offer(self.fields[f"sentence_{number}"], [("", "None"), *kinds])
        offer(self.fields["verdict"], [(each.code, each.label) for each in terms.verdicts])

    def given(self) -> GivenResult:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        parts = tuple(
            GivenSentence(
                cleaned[f"sentence_{number}"], cleaned[f"amount_{number}"],
                cleaned[f"text_{number}"],
            )
            for number in range(1, PARTS + 1)
            if cleaned[f"sentence_{number}"]
        )  # fmt: skip
        return GivenResult(
            cleaned["verdict"], cleaned["occurred_at"], cleaned["court"], cleaned["note"], parts
        )


class AppealForm(GovukForm):
    """A step of an appeal."""

    button: ClassVar[str] = "Record the step"
    against = forms.ChoiceField(
        label="Against", choices=[(each.value, each.label) for each in AppealAgainst],
        widget=forms.RadioSelect,
    )  # fmt: skip
    stage = forms.ChoiceField(
        label="Step", choices=[(each.value, each.label) for each in AppealStage],
        widget=forms.RadioSelect,
    )  # fmt: skip
    occurred_at = InstantField(label="When")
    note = lines_field("Note (optional)", required=False, hint=CHILDLESS)
    reason = ReasonField()

    def given(self) -> GivenAppeal:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        return GivenAppeal(
            AppealAgainst(cleaned["against"]), AppealStage(cleaned["stage"]),
            cleaned["occurred_at"], cleaned["note"],
        )  # fmt: skip


def _hearings() -> list[tuple[str, str]]:
    return [(each.code, each.label) for each in current_terms().hearings]
