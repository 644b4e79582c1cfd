"""What people fill in about exchanges."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from polit.base.errors import UsageError
from polit.web.core.forms import GovukForm, InstantField, ReasonField, WithdrawReasonField
from polit.web.dissemination.codes import Code, current_codes
from polit.web.dissemination.models import Exchange, ExchangeSubject
from polit.web.dissemination.rules import (
    MOST_BYTES,
    Direction,
    GivenExchange,
    GivenReply,
    ReplyKind,
    check_sha256,
)

_NO_CHILD = "Name no child: say Child 1."
Choices = Sequence[tuple[str, str]]


def _choices(codes: tuple[Code, ...]) -> list[tuple[str, str]]:
    return [("", "Choose"), *((each.code, each.label) for each in codes)]


def _text(label: str, help_text: str = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=4_000, required=required, help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


class ExchangeForm(GovukForm):
    """One exchange, given or received."""

    button: ClassVar[str] = "Record the exchange"
    groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "With whom": ("agency", "country", "contact", "their_reference"),
        "On what authority": ("authority", "purpose"),
        "What": ("description", "exhibits", "children", "sha256", "size_bytes"),
        "How it may be handled": ("handling", "conditions"),
        "When and by whom": ("occurred_at", "means", "handled_by", "answer_due_at"),
    }
    direction = forms.ChoiceField(
        label="Was it given or received?",
        choices=[(each.value, each.label) for each in Direction],
        widget=forms.RadioSelect,
    )
    agency = forms.CharField(label="Agency", max_length=200, help_text="Who asked, or who gave.")
    country = forms.CharField(label="Country", max_length=100)
    contact = forms.CharField(label="Person there (optional)", max_length=200, required=False)
    their_reference = forms.CharField(
        label="Their reference (optional)", max_length=100, required=False
    )
    authority = forms.ChoiceField(label="Authority or legal basis")
    purpose = _text("What is it for?", _NO_CHILD)
    description = _text("What was sent or received?", _NO_CHILD)
    exhibits = forms.MultipleChoiceField(
        label="Exhibits (optional)", required=False, widget=forms.CheckboxSelectMultiple
    )
    children = forms.MultipleChoiceField(
        label="Children (optional)",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Kept by their labels alone.",
    )
    sha256 = forms.CharField(
        label="SHA-256 of the package (optional)",
        max_length=200,
        required=False,
        help_text="64 digits, as the tool that made it shows them. The file itself is not sent.",
    )
    size_bytes = forms.IntegerField(
        label="Size in bytes (optional)", required=False, min_value=0, max_value=MOST_BYTES
    )
    handling = forms.ChoiceField(label="Handling code")
    conditions = _text("Conditions (optional)", "In words; some codes need them.", required=False)
    occurred_at = InstantField(label="When was it sent or received?")
    means = forms.ChoiceField(label="Medium or channel")
    handled_by = forms.CharField(label="Sent or received by", max_length=200)
    answer_due_at = InstantField(label="Answer due (optional)", required=False, may_be_future=True)
    reason = ReasonField()

    def __init__(
        self, *args: Any, exhibits: Choices = (), children: Choices = (), **options: Any
    ) -> None:
        """Offer the codes in use, and the exhibits and children of the case."""
        super().__init__(*args, **options)
        codes = current_codes()
        offered = {
            "authority": _choices(codes.authorities), "means": _choices(codes.means),
            "handling": _choices(codes.handling), "exhibits": list(exhibits),
            "children": list(children),
        }  # fmt: skip
        for name, choices in offered.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices
        for name, there in (("exhibits", exhibits), ("children", children)):
            if not there:
                del self.fields[name]
        self.lay_out()

    def clean_sha256(self) -> str:
        """Return the digest as it is kept."""
        try:
            return check_sha256(self.cleaned_data["sha256"])
        except UsageError as error:
            raise ValidationError(f"Check it: {error}") from error

    def given(self) -> GivenExchange:
        """Return what was filled in."""
        typed = {name: value for name, value in self.cleaned_data.items() if name != "reason"}
        typed["direction"] = Direction(typed["direction"])
        for name in ("exhibits", "children"):
            typed[name] = tuple(UUID(each) for each in typed.get(name, ()))
        return GivenExchange(**typed)


class CorrectForm(ExchangeForm):
    """An exchange as it was."""

    button: ClassVar[str] = "Correct the exchange"


class ReplyForm(GovukForm):
    """What came back."""

    button: ClassVar[str] = "Record it"
    kind = forms.ChoiceField(
        label="What came back?",
        choices=[(each.value, each.label) for each in ReplyKind],
        widget=forms.RadioSelect,
    )
    occurred_at = InstantField(label="When?")
    result = forms.ChoiceField(label="What did it come to? (of an answer)", required=False)
    text = _text("What does it say? (optional)", _NO_CHILD, required=False)
    reason = ReasonField()

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the results in use."""
        super().__init__(*args, **options)
        field = self.fields["result"]
        if isinstance(field, forms.ChoiceField):
            field.choices = _choices(current_codes().results)

    def given(self) -> GivenReply:
        """Return what was filled in."""
        typed = self.cleaned_data
        return GivenReply(
            ReplyKind(typed["kind"]), typed["occurred_at"], typed["result"], typed["text"]
        )


class WithdrawForm(GovukForm):
    """Why it never happened."""

    button: ClassVar[str] = "Withdraw it"
    warns: ClassVar[bool] = True
    reason = WithdrawReasonField()


def initial_of(row: Exchange, subjects: Sequence[ExchangeSubject]) -> dict[str, object]:
    """Return what a form begins with that corrects an exchange."""
    names = [name for name in ExchangeForm.base_fields if hasattr(row, name) and name != "reason"]
    chosen = {
        kind: [str(each.subject_id) for each in subjects if each.kind == kind]
        for kind in ("exhibit", "child")
    }
    told: dict[str, object] = {name: getattr(row, name) for name in names}
    return told | {"exhibits": chosen["exhibit"], "children": chosen["child"]}
