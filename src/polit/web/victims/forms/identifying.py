"""What people fill in to say who an unknown child is."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django import forms

from polit.base.errors import UsageError
from polit.web.core.forms import (
    DayField,
    GovukForm,
    InstantField,
    ReasonField,
)
from polit.web.people.rules import AGE_MAX_YEARS, PersonDetails, check_details
from polit.web.safeguarding.children_law import current_catalogue as child_catalogue
from polit.web.safeguarding.rules import GivenIdentified
from polit.web.victims.forms.parts import NEW, NO_NAME, Choices, choose, text_field
from polit.web.victims.rules import (
    GivenFound,
)


class FoundForm(GovukForm):
    """Who the child is: the one form in which a name may stand, and it goes into the people."""

    button: ClassVar[str] = "Record who the child is"
    groups: ClassVar[dict[str, tuple[str, ...]]] = {
        "A child whom the case does not know yet": (
            "given_name", "family_name", "born_on", "estimated_age_years", "relation"
        )
    }  # fmt: skip
    identified_at = InstantField(label="When was the child identified?")
    identified_how = text_field("How?")
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
    reason = ReasonField(help_text=NO_NAME)

    def __init__(self, *args: Any, places: Choices, today: date, **options: Any) -> None:
        """Offer the children of the case, and a new one."""
        super().__init__(*args, **options)
        self._today = today
        choose(self, "child", (*places, (NEW, "A child whom the case does not know yet")))
        choose(self, "relation", tuple((each.code, each.label)
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
