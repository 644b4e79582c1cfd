"""What people fill in about a child of a case."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django import forms

from polit.base.errors import UsageError
from polit.web.core.forms import DayField, GovukForm, InstantField, ReasonField, SeenField
from polit.web.people.rules import AGE_MAX_YEARS, PersonDetails, check_details
from polit.web.safeguarding.children_law import current_catalogue
from polit.web.safeguarding.rules import ChildAccess, GivenChild, GivenIdentified

NEW = "new"
"""The choice of a child whom the case does not know yet."""
_LINES = 5_000
_NO_NAME = "Write no name of a child."

Choices = tuple[tuple[str, str], ...]


class ReasonForm(GovukForm):
    """Only why."""

    button: ClassVar[str] = "Record it"

    reason = ReasonField(help_text=_NO_NAME)


class IdentifyForm(GovukForm):
    """When and how a child was identified."""

    button: ClassVar[str] = "Record the identification"

    identified_at = InstantField(label="When was the child identified?")
    identified_how = forms.CharField(
        label="How", max_length=_LINES, widget=forms.Textarea(attrs={"rows": 3})
    )
    reason = ReasonField(help_text=_NO_NAME)

    def given(self) -> GivenIdentified:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        return GivenIdentified(cleaned["identified_at"], cleaned["identified_how"])


class ChildFactsForm(GovukForm):
    """What is known of a child in a case."""

    risk_known_at = InstantField(
        label="When was the risk known?",
        help_text="When the force knew of a risk to this child, not when it is written down: "
        "clocks run from here. For example, 27 3 2026 at 14:05.",
    )
    suspect = forms.ChoiceField(label="Suspect (optional)", required=False)
    relation = forms.ChoiceField(label="What the suspect is to the child, or the child to them")
    access = forms.ChoiceField(
        label="Access now",
        choices=[(each.value, each.label) for each in ChildAccess],
        widget=forms.RadioSelect,
    )
    school = forms.CharField(label="School or setting (optional)", max_length=300, required=False)
    reason = ReasonField(help_text=_NO_NAME)

    def __init__(self, *args: Any, suspects: Choices, **options: Any) -> None:
        """Offer the suspects of the case, as this reader may see them."""
        super().__init__(*args, **options)
        _choose(self, "suspect", (("", "Not known"), *suspects))
        relations = current_catalogue().relations
        _choose(self, "relation", tuple((each.code, each.label) for each in relations))

    def facts(self, identified: GivenIdentified | None) -> GivenChild:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        return GivenChild(
            risk_known_at=cleaned["risk_known_at"],
            relation=cleaned["relation"],
            access=ChildAccess(cleaned["access"]),
            suspect_id=UUID(cleaned["suspect"]) if cleaned["suspect"] else None,
            school=cleaned["school"],
            identified=identified,
        )


class ChildChangeForm(ChildFactsForm):
    """A change of what is known of a child."""

    button: ClassVar[str] = "Save the changes"

    seen = SeenField()


class ChildAddForm(ChildFactsForm):
    """A child of the case, or one whom the case does not know yet."""

    button: ClassVar[str] = "Record the child"
    field_order = (
        "child", "given_name", "family_name", "born_on", "estimated_age_years", "risk_known_at",
        "suspect", "relation", "access", "school", "identified_at", "identified_how", "reason",
    )  # fmt: skip

    child = forms.ChoiceField(label="Who is the child?", widget=forms.RadioSelect)
    given_name = forms.CharField(label="Given names", max_length=150, required=False)
    family_name = forms.CharField(label="Family name", max_length=150, required=False)
    born_on = DayField(label="Date of birth (optional)", required=False)
    estimated_age_years = forms.IntegerField(
        label="Estimated age in years (optional)",
        required=False,
        min_value=0,
        max_value=AGE_MAX_YEARS,
        help_text="Only where the date of birth is not known.",
    )
    identified_at = InstantField(
        label="Identified as a victim at (optional)",
        required=False,
        help_text="Only for a child who was identified as a victim.",
    )
    identified_how = forms.CharField(
        label="How the child was identified (optional)",
        max_length=_LINES,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, places: Choices, today: date, **options: Any) -> None:
        """Offer the children of the case that have no record yet, and a new one."""
        super().__init__(*args, **options)
        self._today = today
        _choose(self, "child", (*places, (NEW, "A child whom the case does not know yet")))

    def clean(self) -> dict[str, Any]:
        """Check what goes together."""
        cleaned = super().clean() or self.cleaned_data
        if bool(cleaned.get("identified_at")) != bool(cleaned.get("identified_how")):
            self.add_error("identified_how", "When and how a child was identified go together")
        if not self.errors:
            try:
                check_details(self.details(), self._today)
            except UsageError as error:
                message = str(error)
                self.add_error("estimated_age_years", message[:1].upper() + message[1:])
        if not self.errors and self.place_id() is not None and self.details() != PersonDetails():
            self.add_error("given_name", "Leave this out: the case knows the child that you chose")
        return cleaned

    def place_id(self) -> UUID | None:
        """Return the place of the child that was chosen, ``None`` for a new one."""
        chosen = self.cleaned_data["child"]
        return None if chosen == NEW else UUID(chosen)

    def details(self) -> PersonDetails:
        """Return what was filled in of a new child."""
        cleaned = self.cleaned_data
        age = cleaned["estimated_age_years"]
        return PersonDetails(
            given_name=cleaned["given_name"],
            family_name=cleaned["family_name"],
            born_on=cleaned["born_on"],
            estimated_age_years=age,
            estimated_on=None if age is None else self._today,
        )

    def given(self) -> GivenChild:
        """Return what was filled in of the risk."""
        at, how = self.cleaned_data["identified_at"], self.cleaned_data["identified_how"]
        return self.facts(GivenIdentified(at, how) if at else None)


def _choose(form: forms.Form, name: str, choices: Choices) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)
