"""What people fill in about warrants."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms

from polit.web.core.forms import (
    DayField,
    GovukForm,
    InstantField,
    ReasonField,
    SeenField,
    WithdrawReasonField,
)
from polit.web.risk.forms import NOT_ASKED, SUICIDE_FIELDS, SuicideRiskFields
from polit.web.warrants.models import Warrant, WarrantExecution, WarrantPremises
from polit.web.warrants.powers import current_powers
from polit.web.warrants.queries import KnownAddress
from polit.web.warrants.rules import (
    Entries,
    GivenExecution,
    GivenGrant,
    GivenPremises,
    GivenWarrant,
    Prompted,
    WarrantKind,
)

TEXT_LENGTH = 4000
Choices = Sequence[tuple[str, str]]


def _text(label: str, longest: int, *, required: bool = True, hint: str = "") -> forms.CharField:
    shown = label if required else f"{label} (optional)"
    return forms.CharField(label=shown, max_length=longest, required=required, help_text=hint)


def _long(label: str, *, rows: int = 2, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=f"{label} (optional)", max_length=TEXT_LENGTH, required=False, help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


def _offer(form: forms.Form, name: str, choices: Choices) -> None:
    field = form.fields[name]
    if isinstance(field, (forms.ChoiceField, forms.MultipleChoiceField)):
        field.choices = list(choices)


class WarrantForm(GovukForm):
    """What a warrant is."""

    power_code = forms.ChoiceField(label="Power")
    reference = _text("Reference", 100, hint="The court's number, or that of the application.")
    court = _text("Court", 200)
    applicant = _text("Applicant", 200, hint="The officer who applies, as on the application.")
    applied_at = InstantField(label="Applied for when")
    kind = forms.ChoiceField(
        label="Which premises",
        choices=[(each.value, each.label) for each in WarrantKind],
        widget=forms.RadioSelect,
        initial=WarrantKind.SPECIFIC.value,
    )
    entries = forms.ChoiceField(
        label="How many entries",
        choices=[(each.value, each.label) for each in Entries],
        widget=forms.RadioSelect,
        initial=Entries.SINGLE.value,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the powers in use."""
        super().__init__(*args, **options)
        powers = current_powers()
        _offer(
            self, "power_code", [("", "Choose one"), *((e.code, e.label) for e in powers.entries)]
        )
        self.fields["power_code"].help_text = powers.notice

    def warrant(self) -> GivenWarrant:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        names = ("reference", "power_code", "court", "applicant", "applied_at")
        return GivenWarrant(
            **{name: cleaned[name] for name in names},
            kind=WarrantKind(cleaned["kind"]),
            entries=Entries(cleaned["entries"]),
            premises=self.premises(),
            grant=self.grant(),
        )

    def premises(self) -> tuple[GivenPremises, ...]:
        """Return the addresses that were filled in."""
        return ()

    def grant(self) -> GivenGrant | None:
        """Return the grant that was filled in."""
        return None


class ApplyForm(WarrantForm):
    """A warrant that was applied for; addresses that the case knows are offered."""

    button: ClassVar[str] = "Record the application"
    known = forms.MultipleChoiceField(
        label="Addresses that the case knows", required=False, widget=forms.CheckboxSelectMultiple
    )
    others = _long("Other addresses", rows=3, hint="One a line.")
    reason = ReasonField(label="Purpose of the search")

    def __init__(self, addresses: Sequence[KnownAddress], *args: Any, **options: Any) -> None:
        """Offer the addresses; where there is one alone, choose it."""
        self._addresses = {each.code: each for each in addresses}
        super().__init__(*args, **options)
        _offer(self, "known", [(each.code, f"{each.label}: {each.address}") for each in addresses])
        if len(addresses) == 1:
            self.fields["known"].initial = [addresses[0].code]
        if not addresses:
            self.fields["known"].help_text = "None yet: they come from the suspects of the case."

    def premises(self) -> tuple[GivenPremises, ...]:
        """Return the addresses that were chosen, then those that were typed."""
        chosen = [self._addresses[code] for code in self.cleaned_data["known"]]
        known = [GivenPremises(each.address, each.place_id) for each in chosen]
        lines = self.cleaned_data["others"].splitlines()
        return (*known, *(GivenPremises(line.strip()) for line in lines if line.strip()))


class GrantForm(GovukForm):
    """That a court granted a warrant."""

    button: ClassVar[str] = "Record the grant"
    granted_at = InstantField(label="Granted when")
    reference = _text("Reference", 100, hint="The court's number, where it gave one now.")
    expires_on = DayField(label="Last day on which it may be executed (optional)", required=False)
    expiry_reason = _long("Why the last day is not the one that the law in the data says")
    reason = ReasonField(label="What the court said", initial="Granted as applied for")

    def __init__(self, warrant: Warrant, *args: Any, **options: Any) -> None:
        """Say how long such a warrant holds."""
        super().__init__(*args, **options)
        self.fields[
            "expires_on"
        ].help_text = f"{warrant.power.validity} Left empty, it is computed."

    def grant(self) -> GivenGrant:
        """Return what was filled in."""
        names = ("granted_at", "reference", "expires_on", "expiry_reason")
        return GivenGrant(**{name: self.cleaned_data[name] for name in names})


class RefuseForm(GovukForm):
    """That a court refused a warrant."""

    button: ClassVar[str] = "Record the refusal"
    refused_at = InstantField(label="Refused when")
    reason = ReasonField(label="What the court said")


class WithdrawForm(GovukForm):
    """Why something is withdrawn."""

    button: ClassVar[str] = "Withdraw it"
    warns: ClassVar[bool] = True
    reason = ReasonField(help_text="It stays readable, and counts no more.")


class ExecutionWithdrawForm(WithdrawForm):
    """Why an execution is said never to have been."""

    reason = WithdrawReasonField()


class ChangeForm(WarrantForm):
    """What should have been said of a warrant."""

    button: ClassVar[str] = "Save the changes"
    seen = SeenField()
    reason = ReasonField()

    @staticmethod
    def known_of(warrant: Warrant) -> dict[str, object]:
        """Return what is recorded of a warrant, as the fields show it."""
        names = ("power_code", "reference", "court", "applicant", "applied_at", "kind", "entries",
                 "granted_at", "expires_on", "expiry_reason")  # fmt: skip
        return {name: getattr(warrant, name) for name in names}


class ChangeGrantedForm(ChangeForm):
    """What should have been said of a warrant that was granted."""

    granted_at = InstantField(label="Granted when")
    expires_on = DayField(label="Last day on which it may be executed (optional)", required=False)
    expiry_reason = _long("Why the last day is not the one that the law in the data says")
    field_order = (*WarrantForm.base_fields, "granted_at", "expires_on", "expiry_reason", "reason")

    def grant(self) -> GivenGrant:
        """Return the grant that was filled in."""
        names = ("granted_at", "expires_on", "expiry_reason")
        return GivenGrant(**{name: self.cleaned_data[name] for name in names})


class PremisesForm(GovukForm):
    """Further premises of a warrant."""

    button: ClassVar[str] = "Add the premises"
    address = forms.CharField(
        label="Address", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    place_id = forms.ChoiceField(label="Whose home (optional)", required=False)
    reason = ReasonField()

    def __init__(self, people: Choices, *args: Any, **options: Any) -> None:
        """Offer the people of the case."""
        super().__init__(*args, **options)
        _offer(self, "place_id", [("", "Nobody of the case, or not known"), *people])

    def given(self) -> GivenPremises:
        """Return what was filled in."""
        chosen = self.cleaned_data["place_id"]
        return GivenPremises(self.cleaned_data["address"], UUID(chosen) if chosen else None)


class ExecutionFacts(GovukForm):
    """When officers came with a warrant, and what came of it."""

    occurred_at = InstantField(label="Executed when")
    outcome = forms.ChoiceField(label="Outcome", widget=forms.RadioSelect)
    premises_id = forms.ChoiceField(label="Which premises", required=False)
    place = _text("Where, if elsewhere or more exactly", 500, required=False)
    officer = _text("Officer in charge", 200)
    present = forms.MultipleChoiceField(
        label="People of the case who were there",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    others_present = _long("Who else was there", hint="Write no name of a child.")
    authority = _long(
        "Inspector's authority",
        hint="For premises that the warrant does not name and for further entries: who, when "
        "(PACE 1984, section 16(3A) and (3B)).",
    )
    notes = _long("Notes", rows=4, hint="Write no name of a child.")

    def __init__(
        self,
        warrant: Warrant,
        people: Choices,
        *args: Any,
        withheld: frozenset[UUID] = frozenset(),
        **options: Any,
    ) -> None:
        """Offer the outcomes, the warrant's premises, the people of the case.

        Of premises that are the home of somebody ``withheld`` no address is said.
        """
        super().__init__(*args, **options)
        outcomes = warrant.scheme.outcomes
        _offer(self, "outcome", [
            (each.code, each.label if each.counts else f"{each.label} (no execution)")
            for each in outcomes
        ])  # fmt: skip
        rows = warrant.premises.filter(ended_at=None).select_related("place")
        standing = list(rows.order_by("number"))
        _offer(self, "premises_id", [
            *((str(each.pk), _premises_words(each, withheld)) for each in standing),
            ("", "Elsewhere, as said below"),
        ])  # fmt: skip
        premises_id = str(self.initial.get("premises_id", ""))
        if any(str(each.pk) == premises_id and each.place_id in withheld for each in standing):
            # Left empty, it is where the premises are.
            self.initial["place"] = ""
        _offer(self, "present", people)

    def given(self) -> GivenExecution:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        chosen = cleaned["premises_id"]
        names = ("occurred_at", "outcome", "officer", "place", "others_present", "authority",
                 "notes")  # fmt: skip
        return GivenExecution(
            **{name: cleaned[name] for name in names},
            premises_id=UUID(chosen) if chosen else None,
            present_ids=tuple(UUID(each) for each in cleaned["present"]),
        )

    def prompted(self) -> Prompted | None:
        """Return that a suspect was asked about suicide, ``None`` where none was."""
        return None


class ExecutionForm(ExecutionFacts):
    """An execution in a case that knows no suspect yet: nobody can be asked."""

    button: ClassVar[str] = "Record the execution"


class PromptedExecutionForm(SuicideRiskFields, ExecutionFacts):
    """An execution, and whether a suspect was asked about suicide there."""

    button: ClassVar[str] = "Record the execution"
    suicide_place_id = forms.ChoiceField(label="Which suspect was asked", required=False)
    field_order = (*ExecutionFacts.base_fields, "suicide_place_id")
    groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "Risk of suicide": ("suicide_place_id", *SUICIDE_FIELDS)
    }

    def __init__(
        self, warrant: Warrant, people: Choices, suspects: Choices, *args: Any, **options: Any
    ) -> None:
        """Offer the suspects; where there is one alone, choose them."""
        super().__init__(warrant, people, *args, **options)
        _offer(self, "suicide_place_id", [("", "Nobody"), *suspects])
        if len(suspects) == 1:
            self.fields["suicide_place_id"].initial = suspects[0][0]

    def clean(self) -> dict[str, Any] | None:
        """Ask who was asked."""
        cleaned = super().clean() or self.cleaned_data
        was_asked = cleaned.get("suicide_concern", NOT_ASKED) != NOT_ASKED
        if was_asked and not cleaned.get("suicide_place_id"):
            self.add_error("suicide_place_id", "Choose which suspect was asked")
        return cleaned

    def prompted(self) -> Prompted | None:
        """Return that a suspect was asked, ``None`` where none was."""
        answers = self.answers()
        if answers is None:
            return None
        return Prompted(UUID(self.cleaned_data["suicide_place_id"]), answers)


class ExecutionCorrectForm(ExecutionFacts):
    """What an execution should have said."""

    button: ClassVar[str] = "Correct the execution"
    reason = ReasonField()

    @staticmethod
    def known_of(execution: WarrantExecution) -> dict[str, object]:
        """Return what is recorded of an execution, as the fields show it."""
        names = ("occurred_at", "outcome", "place", "officer", "others_present", "authority",
                 "notes")  # fmt: skip
        return {
            **{name: getattr(execution, name) for name in names},
            "premises_id": str(execution.premises_id or ""),
            "present": [
                str(each) for each in execution.presences.values_list("place_id", flat=True)
            ],
        }


def _premises_words(premises: WarrantPremises, withheld: frozenset[UUID]) -> str:
    if premises.place is None or premises.place_id not in withheld:
        return premises.line
    return f"Premises {premises.number}: the address of {premises.place.label} is withheld"
