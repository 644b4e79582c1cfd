"""What people fill in about risk; ``SuicideRiskFields`` puts the prompt into other forms."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms

from polit.web.core.forms import DayField, GovukForm, InstantField, ReasonField, WithdrawReasonField
from polit.web.risk.models import RiskAssessment, SuicideRiskPrompt
from polit.web.risk.rules import (
    Concern,
    GivenAssessment,
    GivenPrompt,
    Known,
    Occasion,
    RiskLevel,
    SuicideRiskAnswers,
)
from polit.web.risk.tools import current_tools, response_times
from polit.web.signposts.queries import help_hint
from polit.web.signposts.rules import Audience

TEXT_LENGTH = 4000
NOT_ASKED = "not_asked"
SUICIDE_FIELDS = (
    "suicide_concern", "suicide_asked", "suicide_action", "suicide_support_suspect",
    "suicide_support_family",
)  # fmt: skip
"""The names of the prompt's fields, for a form's ``field_order``."""


def _long(label: str, rows: int = 2, *, hint: str = "", required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=TEXT_LENGTH, required=required, help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


def _answer(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=[(each.value, each.label) for each in Known],
        widget=forms.RadioSelect,
        initial=Known.NOT_KNOWN.value,
    )


class SuicideRiskFields(forms.Form):
    """The prompt about a suspect's suicide, as part of a form; its fields follow one another.

    ``answers()`` is ``None`` where they were not asked: the case then says that it is missing.
    """

    groups: ClassVar[Mapping[str, tuple[str, ...]]] = {"Risk of suicide": SUICIDE_FIELDS}

    suicide_concern = forms.ChoiceField(
        label="Was the suspect asked about suicide and self-harm, and is there a concern?",
        choices=[
            *((each.value, each.label) for each in Concern),
            (NOT_ASKED, "They were not asked; the case will show that this is missing"),
        ],
        widget=forms.RadioSelect,
        help_text="The risk is greatest in the days after such a visit, an arrest or a charge.",
    )
    suicide_asked = _long("What was asked, and what was said", required=False)
    suicide_action = _long("What was done at once", hint="Needed where there is a concern.")
    suicide_support_suspect = _long("Support offered to the suspect")
    suicide_support_family = _long("Support offered to the family")

    def __init__(self, *args: Any, **options: Any) -> None:
        """Name where a suspect and their family find help."""
        super().__init__(*args, **options)
        self.fields["suicide_support_suspect"].help_text = help_hint(Audience.SUSPECT)
        self.fields["suicide_support_family"].help_text = help_hint(Audience.FAMILY)

    def clean(self) -> dict[str, Any] | None:
        """Ask for what the answer calls for."""
        cleaned = super().clean() or self.cleaned_data
        concern = cleaned.get("suicide_concern", NOT_ASKED)
        if concern == NOT_ASKED:
            return cleaned
        if not cleaned.get("suicide_asked", "").strip() and "suicide_asked" not in self.errors:
            self.add_error("suicide_asked", "Enter what was asked and what was said")
        is_bare = not cleaned.get("suicide_action", "").strip()
        if concern == Concern.YES and is_bare and "suicide_action" not in self.errors:
            self.add_error("suicide_action", "Enter what was done at once about the concern")
        return cleaned

    def answers(self) -> SuicideRiskAnswers | None:
        """Return what it came to, ``None`` where they were not asked."""
        cleaned = self.cleaned_data
        if cleaned["suicide_concern"] == NOT_ASKED:
            return None
        return SuicideRiskAnswers(
            Concern(cleaned["suicide_concern"]),
            cleaned["suicide_asked"],
            cleaned["suicide_action"],
            cleaned["suicide_support_suspect"],
            cleaned["suicide_support_family"],
        )


class AssessForm(GovukForm):
    """The result of an assessment: polit keeps it and computes none."""

    button: ClassVar[str] = "Record the assessment"

    tool = forms.ChoiceField(label="Tool")
    tool_name = forms.CharField(
        label="Name of the tool, where it is not in the list", max_length=100, required=False
    )
    tool_version = forms.CharField(label="Its version", max_length=50, required=False)
    level = forms.ChoiceField(label="Level that holds", widget=forms.RadioSelect)
    tool_level = forms.ChoiceField(
        label="Level that the tool said, where yours is another",
        choices=[("", "The same"), *((each.value, each.label) for each in RiskLevel)],
        required=False,
    )
    override_reason = _long("Why yours is another")
    assessed_at = InstantField(label="Assessed when")
    assessor = forms.CharField(label="Assessed by", max_length=200)
    person = forms.ChoiceField(label="About whom (optional)", required=False)
    access_to_children = _answer("Can the suspect reach children?")
    access_words = _long("Which children, and how", hint="Write no name of a child.")
    position_of_trust = _answer("Are they in a position of trust?")
    trust_words = _long("Where, and as what")
    previous = _answer("Are there previous convictions or intelligence?")
    previous_words = _long("Which")
    rationale = _long("Rationale", 4, required=True, hint="Write no name of a child.")
    review_on = DayField(label="To be reviewed by (optional)", required=False)
    reason = ReasonField(label="Why it is assessed now")

    def __init__(self, people: Sequence[tuple[str, str]], *args: Any, **options: Any) -> None:
        """Offer the tools in use, the levels with their times, the suspects of the case."""
        super().__init__(*args, **options)
        tools, times = current_tools(), response_times()
        offered = {
            "tool": [("", "Choose one"), *((each.code, each.label) for each in tools.entries)],
            "level": [
                (each.value, f"{each.label}: to be answered within {_days(times.days(each))}")
                for each in reversed(RiskLevel)
            ],
            "person": [("", "Nobody in particular"), *people],
        }
        for name, choices in offered.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices
        self.fields["tool"].help_text = tools.notice
        self.fields["level"].help_text = times.notice

    def given(self) -> GivenAssessment:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        names = ("tool", "tool_name", "tool_version", "assessed_at", "assessor", "rationale",
                 "review_on", "access_words", "trust_words", "previous_words",
                 "override_reason")  # fmt: skip
        return GivenAssessment(
            **{name: cleaned[name] for name in names},
            level=RiskLevel(cleaned["level"]),
            access_to_children=Known(cleaned["access_to_children"]),
            position_of_trust=Known(cleaned["position_of_trust"]),
            previous=Known(cleaned["previous"]),
            tool_level=RiskLevel(cleaned["tool_level"]) if cleaned["tool_level"] else None,
            place_id=UUID(cleaned["person"]) if cleaned["person"] else None,
        )

    @staticmethod
    def known_of(assessment: RiskAssessment) -> dict[str, object]:
        """Return what is recorded of an assessment, as the fields show it."""
        names = ("tool", "tool_name", "tool_version", "level", "assessed_at", "assessor",
                 "rationale", "review_on", "access_to_children", "access_words",
                 "position_of_trust", "trust_words", "previous", "previous_words",
                 "override_reason")  # fmt: skip
        return {
            **{name: getattr(assessment, name) for name in names},
            "tool_level": assessment.override_of,
            "person": str(assessment.person_id or ""),
        }


class WithdrawForm(GovukForm):
    """Why something is withdrawn."""

    button: ClassVar[str] = "Withdraw it"
    warns: ClassVar[bool] = True
    reason = WithdrawReasonField()


class CoverForm(GovukForm):
    """Why an earlier response covers a referral that came in later."""

    button: ClassVar[str] = "Say that it is covered"
    reason = ReasonField(
        label="Why the earlier response covers it", help_text="Write no name of a child."
    )


class UncoverForm(GovukForm):
    """Why an earlier response does not cover it after all."""

    button: ClassVar[str] = "Have it wait again"
    reason = ReasonField(label="Why the earlier response does not cover it")


class PromptForm(SuicideRiskFields, GovukForm):
    """That a suspect was asked about suicide, as a form of its own."""

    button: ClassVar[str] = "Record what was asked"
    place_id = forms.ChoiceField(label="Which suspect")
    occasion = forms.ChoiceField(
        label="Occasion",
        choices=[(each.value, each.label) for each in Occasion],
        widget=forms.RadioSelect,
    )
    occurred_at = InstantField(label="Asked when")
    reason = ReasonField(initial="Asked as the force's procedure says")
    field_order = ("place_id", "occasion", "occurred_at", *SUICIDE_FIELDS, "reason")

    def __init__(self, suspects: Sequence[tuple[str, str]], *args: Any, **options: Any) -> None:
        """Offer the suspects; that nobody was asked needs no record."""
        super().__init__(*args, **options)
        place, concern = self.fields["place_id"], self.fields["suicide_concern"]
        assert isinstance(place, forms.ChoiceField)
        assert isinstance(concern, forms.ChoiceField)
        place.choices = list(suspects)
        concern.choices = [(each.value, each.label) for each in Concern]

    def given(self) -> GivenPrompt:
        """Return what was filled in."""
        answers = self.answers()
        assert answers is not None
        cleaned = self.cleaned_data
        return GivenPrompt(Occasion(cleaned["occasion"]), cleaned["occurred_at"], answers)

    @staticmethod
    def known_of(prompt: SuicideRiskPrompt) -> dict[str, object]:
        """Return what is recorded of a prompt, as the fields show it."""
        return {
            "place_id": str(prompt.place_id),
            "occasion": prompt.occasion,
            "occurred_at": prompt.occurred_at,
            "suicide_concern": prompt.concern,
            "suicide_asked": prompt.asked,
            "suicide_action": prompt.action,
            "suicide_support_suspect": prompt.support_suspect,
            "suicide_support_family": prompt.support_family,
        }


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"
