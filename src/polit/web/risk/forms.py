"""What people fill in about risk; ``SuicideRiskFields`` puts the prompt into other forms."""

from typing import Any

from django import forms

from polit.web.risk.rules import Concern, SuicideRiskAnswers

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


class SuicideRiskFields(forms.Form):
    """The prompt about a suspect's suicide, as part of a form; its fields follow one another.

    ``answers()`` is ``None`` where they were not asked: the case then says that it is missing.
    """

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
