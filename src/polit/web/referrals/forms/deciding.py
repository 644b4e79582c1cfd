"""What becomes of a referral: reasons, links, and the case that it opens."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms

from polit.base.text import visible
from polit.web.cases.models import Case
from polit.web.cases.offences import current_offences
from polit.web.cases.rules import REFERENCE_LENGTH
from polit.web.core.fields import DayField, ReasonField
from polit.web.core.forms import GovukForm
from polit.web.people.rules import PersonDetails
from polit.web.referrals.forms.choices import account_words, is_there, set_choices
from polit.web.referrals.knowing import KnownPerson
from polit.web.referrals.models import ReferralAccount
from polit.web.referrals.services import GivenSuspect


class ReasonForm(GovukForm):
    """Only why."""

    button: ClassVar[str] = "Record it"
    reason = ReasonField()


class PassOnForm(ReasonForm):
    """Where a referral goes."""

    field_order = ("passed_to", "reason")
    passed_to = forms.CharField(label="Which force or agency?", max_length=200)


class OtherReferralForm(GovukForm):
    """Another referral, by its reference."""

    button: ClassVar[str] = "Record it"
    reference = forms.CharField(
        label="Reference of the other referral", max_length=20, help_text="Such as R2026-00017."
    )
    reason = ReasonField()


class CaseOfUserForm(GovukForm):
    """A case of whoever asks."""

    button: ClassVar[str] = "Put it into the case"
    case = forms.ChoiceField(label="Case")
    reason = ReasonField()

    def __init__(self, *args: Any, cases: Iterable[Case], **options: Any) -> None:
        """Offer the cases."""
        super().__init__(*args, **options)
        set_choices(
            self, "case", [(str(each.pk), f"{each.reference}: {each.title}") for each in cases]
        )

    def case_id(self) -> UUID:
        """Return the case that was chosen."""
        return UUID(self.cleaned_data["case"])


class OpenCaseForm(GovukForm):
    """The case that a referral opens; what is known stands there already."""

    button: ClassVar[str] = "Open the case"
    reference = forms.CharField(
        label="Reference of the case",
        max_length=REFERENCE_LENGTH,
        help_text="As your force writes it. It cannot be changed later.",
    )
    title = forms.CharField(label="Title", max_length=200, help_text="A few words; no names.")
    operation = forms.CharField(label="Operation name (optional)", max_length=100, required=False)
    offences = forms.MultipleChoiceField(
        label="Kinds of offence", required=False, widget=forms.CheckboxSelectMultiple
    )
    suspect = forms.ChoiceField(
        label="Suspect",
        widget=forms.RadioSelect,
        help_text="Whom one of your cases knows by an account of the referral stands here too.",
    )
    given_name = forms.CharField(
        label="Given names of a new suspect (optional)", max_length=150, required=False
    )
    family_name = forms.CharField(
        label="Family name of a new suspect (optional)", max_length=150, required=False
    )
    born_on = DayField(label="Date of birth of a new suspect (optional)", required=False)
    addresses = forms.CharField(
        label="Addresses of a new suspect (optional)",
        max_length=5_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One a line.",
    )
    accounts = forms.MultipleChoiceField(
        label="Accounts that are the suspect's",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Take off those of somebody else.",
    )
    reason = ReasonField()

    def __init__(
        self,
        *args: Any,
        accounts: Sequence[ReferralAccount],
        people: Sequence[KnownPerson],
        **options: Any,
    ) -> None:
        """Offer the accounts of the referral, and whom they belong to."""
        every = [str(each.pk) for each in accounts]
        initial = {"suspect": "new", "accounts": every, **options.pop("initial", {})}
        super().__init__(*args, initial=initial, **options)
        entries = current_offences().entries
        set_choices(self, "offences", [(e.code, f"{e.label} ({e.statute})") for e in entries])
        known = [(str(each.person_id), _person_words(each)) for each in people]
        set_choices(
            self, "suspect", [("new", "A new person"), *known, ("none", "Nobody is known yet")]
        )
        words = [
            (str(each.pk), account_words(each.kind_label, each.value, each.service))
            for each in accounts
        ]
        set_choices(self, "accounts", words)
        if not accounts:
            del self.fields["accounts"]
            self.helper.layout.fields = [
                each for each in self.helper.layout.fields if is_there(each, self.fields)
            ]

    def suspects(self) -> tuple[GivenSuspect, ...]:
        """Return whom the referral points to."""
        cleaned = self.cleaned_data
        if cleaned["suspect"] == "none":
            return ()
        accounts = tuple(UUID(each) for each in cleaned.get("accounts", ()))
        if cleaned["suspect"] != "new":
            return (GivenSuspect(person_id=UUID(cleaned["suspect"]), account_ids=accounts),)
        names = ("given_name", "family_name", "born_on", "addresses")
        details = PersonDetails(**{name: cleaned[name] for name in names})
        return (GivenSuspect(details, account_ids=accounts),)


def _person_words(each: KnownPerson) -> str:
    name = each.place.person.full_name or "no name known"
    return visible(f"{name}, {each.place.label} in {each.place.case.reference}")
