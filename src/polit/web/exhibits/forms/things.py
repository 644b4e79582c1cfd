"""What people fill in about exhibits: seizing, parts, codes, photographs, papers."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms

from polit.web.core.forms import GovukForm, InstantField, ReasonField
from polit.web.exhibits.catalogue import current_powers, device_kinds
from polit.web.exhibits.models import Exhibit
from polit.web.exhibits.rules import (
    TEXT_LENGTH,
    DeviceFacts,
    DeviceKind,
    Person,
    Power,
    SeizedThing,
    Seizure,
)
from polit.web.exhibits.services import GivenPasscode, SplitOff

MAX_UPLOAD_BYTES = 30 << 20
"""What the broker takes at most."""

People = Sequence[tuple[str, str]]
"""People of a case: the identifier of their place in it, and how this reader may see them."""


def _text(label: str, longest: int, *, required: bool = False, hint: str = "") -> forms.CharField:
    shown = label if required else f"{label} (optional)"
    return forms.CharField(label=shown, max_length=longest, required=required, help_text=hint)


def _long(label: str, rows: int, *, required: bool = False, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label if required else f"{label} (optional)",
        max_length=TEXT_LENGTH,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=hint,
    )


class ThingForm(GovukForm):
    """What a thing is."""

    reference = _text("Reference", 100, required=True, hint="As on the label, such as AB/1.")
    description = _long("Description", 3, required=True, hint="For who has never seen it.")
    kind = forms.ChoiceField(label="Kind", help_text="What figures count it as stands behind.")
    make = _text("Make", 100)
    model = _text("Model", 100)
    marks = _text("Colour and marks", 300)
    capacity = _text("Capacity", 50, hint="As printed on it, such as 128 GB.")
    serial = _text("Serial number", 100)
    imei = _text("IMEI", 30, hint="15 digits; blanks and strokes do not matter.")
    is_imei_unreadable = forms.BooleanField(
        label="It has an IMEI that cannot be read", required=False
    )
    identifiers = _long("Other identifiers", 2, hint="One a line.")
    condition = _long("Condition", 2)
    powered = forms.ChoiceField(
        label="Was it switched on?",
        choices=[(power.value, power.label) for power in Power],
        widget=forms.RadioSelect,
        initial=Power.UNKNOWN.value,
    )
    quantity = forms.IntegerField(
        label="How many of the same", min_value=1, max_value=9999, initial=1
    )
    containers = _text("Found or packed in", 300)
    owner_id = forms.ChoiceField(label="Whose it is (optional)", required=False)
    owner = _text("Whose it is, as stated", 200, hint="Where the case does not name them yet.")
    seal = _text("Seal number", 100, hint="Where it was sealed at once.")

    def __init__(self, people: People, *args: Any, **options: Any) -> None:
        """Offer the kinds of device, and the people of the case."""
        super().__init__(*args, **options)
        nobody = [("", "Nobody of the case, or not known")]
        offered = {"kind": _kind_choices(), "owner_id": [*nobody, *people]}
        for name, choices in offered.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices

    @staticmethod
    def known(exhibit: Exhibit) -> dict[str, object]:
        """Return what was recorded of an exhibit, as the fields show it."""
        names = (
            "reference", "description", "make", "model", "marks", "capacity", "serial", "imei",
            "is_imei_unreadable", "identifiers", "condition", "powered", "quantity", "containers",
        )  # fmt: skip
        shown: dict[str, object] = {name: getattr(exhibit, name) for name in names}
        kind = f"{exhibit.device_kind}:{exhibit.finer_kind}"
        owner_id = str(exhibit.owner_id or "")
        return shown | {"owner": exhibit.owner_text, "owner_id": owner_id, "kind": kind}

    def thing(self) -> SeizedThing:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        kind, _, finer = cleaned["kind"].partition(":")
        names = ("make", "model", "marks", "capacity", "serial", "imei", "identifiers")
        device = DeviceFacts(
            DeviceKind(kind),
            finer,
            is_imei_unreadable=cleaned["is_imei_unreadable"],
            **{name: cleaned[name] for name in names},
        )
        return SeizedThing(
            cleaned["reference"],
            cleaned["description"],
            device,
            condition=cleaned["condition"],
            powered=Power(cleaned["powered"]),
            quantity=cleaned["quantity"],
            containers=cleaned["containers"],
            owner=cleaned["owner"],
            owner_id=UUID(cleaned["owner_id"]) if cleaned["owner_id"] else None,
            seal=cleaned.get("seal", ""),
        )


def _kind_choices() -> list[tuple[str, Any]]:
    groups: list[tuple[str, Any]] = [("", "Choose one")]
    for kind in DeviceKind:
        finer = [
            (f"{kind.value}:{each.code}", each.label)
            for each in device_kinds().entries
            if each.counts_as is kind
        ]
        groups.append(
            (f"Counts as: {kind.label}", [*finer, (f"{kind.value}:", f"{kind.label}, any")])
        )
    return groups


class SeizeForm(ThingForm):
    """A thing that was seized, and how. What stays the same for the next one is at the end."""

    button: ClassVar[str] = "Seize the exhibit"
    seized_at = InstantField(label="Seized when")
    place = _text("Seized where", 300, required=True)
    producer_name = _text("Seized by", 150, required=True, hint="Name, as on the label.")
    producer_number = _text("Their collar or staff number", 50)
    power_code = forms.ChoiceField(label="By which power")
    power_reference = _text("Its reference", 200, hint="Such as the warrant's number.")
    execution_id = forms.ChoiceField(
        label="During which execution of a warrant (optional)", required=False
    )
    agreement = _long("Agreement", 2, hint="Where the power rests on one: who, when, how.")
    scope = _long("Scope", 2, hint="Where it rests on an agreement: what may be looked at.")
    another = forms.BooleanField(label="Seize another exhibit after this one", required=False)

    SAME_FOR_NEXT: ClassVar[tuple[str, ...]] = (
        "place", "producer_name", "producer_number", "power_code", "power_reference",
        "execution_id", "agreement", "scope", "another",
    )  # fmt: skip

    def __init__(self, people: People, *args: Any, **options: Any) -> None:
        """Offer the powers that are in use."""
        super().__init__(people, *args, **options)
        field = self.fields["power_code"]
        if isinstance(field, forms.ChoiceField):
            powers = [(each.code, each.label) for each in current_powers().entries]
            field.choices = [("", "Choose one"), *powers]
            field.help_text = current_powers().notice

    def offer_executions(self, executions: People) -> None:
        """Offer the executions of the case's warrants: their identifiers, and words for each."""
        field = self.fields["execution_id"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "None"), *executions]

    def suggest(self, references: Sequence[str]) -> None:
        """Say what comes next for each producer, where there are several."""
        if len(references) > 1:
            field = self.fields["reference"]
            field.help_text = f"{field.help_text} Next: {', '.join(references)}."

    def seizure(self) -> Seizure:
        """Return how it was seized."""
        cleaned = self.cleaned_data
        return Seizure(
            cleaned["seized_at"],
            cleaned["place"],
            Person(cleaned["producer_name"], cleaned["producer_number"]),
            cleaned["power_code"],
            cleaned["power_reference"],
            cleaned["agreement"],
            cleaned["scope"],
            UUID(cleaned["execution_id"]) if cleaned["execution_id"] else None,
        )


class CorrectThingForm(ThingForm):
    """What should have been said of a thing."""

    button: ClassVar[str] = "Correct the description"
    shown = forms.CharField(max_length=64, widget=forms.HiddenInput)
    reason = ReasonField()

    def __init__(self, people: People, *args: Any, **options: Any) -> None:
        """Leave out the seal: it is a matter of continuity."""
        super().__init__(people, *args, **options)
        del self.fields["seal"]
        self.helper.layout.fields = [
            each for each in self.helper.layout.fields if not _lays_out(each, "seal")
        ]


def _lays_out(laid: Any, name: str) -> bool:
    return laid == name or name in getattr(laid, "fields", ())


class SplitForm(ThingForm):
    """A part that is taken off an exhibit."""

    button: ClassVar[str] = "Split off the part"
    after_number = forms.IntegerField(widget=forms.HiddenInput)
    occurred_at = InstantField(label="Taken off when")
    place = _text("Where", 300, required=True)
    producer_name = _text("Taken off by", 150, required=True)
    producer_number = _text("Their collar or staff number", 50)
    reason = ReasonField()

    def split_off(self) -> SplitOff:
        """Return how it was taken off."""
        cleaned = self.cleaned_data
        return SplitOff(
            cleaned["occurred_at"],
            cleaned["place"],
            Person(cleaned["producer_name"], cleaned["producer_number"]),
            cleaned["after_number"],
        )


class CodeInput(forms.TextInput):
    """An input that shows what is typed and nothing that was sent: no page holds a code."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Leave the value out."""
        del value
        return super().get_context(name, None, attrs)


class PasscodeForm(GovukForm):
    """A PIN, password or pattern that somebody gave."""

    button: ClassVar[str] = "Keep the code"
    opens = _text("What it opens", 200, required=True, hint="Such as: screen lock.")
    code = forms.CharField(
        label="PIN, password or pattern",
        max_length=1000,
        strip=False,
        help_text=(
            "It is kept sealed. Showing it is recorded; no list and no report has it, "
            "and this page never shows it again."
        ),
        widget=CodeInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    given_by = _text("Given by", 200, required=True)
    given_at = InstantField(label="Given when")
    power = _text(
        "On which power", 200, required=True, hint="Such as: of their own will; RIPA 2000 s.49."
    )

    def given(self) -> GivenPasscode:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        names = ("code", "opens", "given_by", "given_at", "power")
        return GivenPasscode(**{name: cleaned[name] for name in names})


class PhotographForm(GovukForm):
    """A photograph of the device itself."""

    button: ClassVar[str] = "Add the photograph"
    photograph = forms.FileField(
        label="Photograph of the device", help_text="Of the outside of it. At most 30 MB."
    )
    caption = _text("Caption", 300, hint="What it shows, such as: back, with the serial number.")
    another = forms.BooleanField(label="Add another photograph after this one", required=False)

    def clean_photograph(self) -> Any:
        """Refuse what the broker would refuse for its size."""
        found = self.cleaned_data["photograph"]
        if found.size > MAX_UPLOAD_BYTES:
            raise forms.ValidationError("The file must be at most 30 MB")
        return found


class WithdrawForm(GovukForm):
    """Why a photograph is shown no more."""

    button: ClassVar[str] = "Withdraw the photograph"
    warns: ClassVar[bool] = True
    reason = ReasonField(
        label="Why", help_text="It stays kept and listed, and is shown to nobody any more."
    )
