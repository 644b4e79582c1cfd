"""What people fill in about continuity: an event, the same for several exhibits, a correction."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from polit.web.core.forms import GovukForm, InstantField, ReasonField
from polit.web.exhibits.continuity import (
    DOCUMENTS,
    PARTS,
    Copy,
    Happening,
    Part,
    SealFound,
    Signatures,
)
from polit.web.exhibits.corrections import Correction, Field, correctable
from polit.web.exhibits.models import CustodyEvent
from polit.web.exhibits.queries import ExhibitRow
from polit.web.exhibits.rules import EventKind, Person
from polit.web.exhibits.services import Turn

_NUMBER_DIGITS = 9
"""What an event's number has at most; Python itself refuses to read thousands of digits."""
_DIGEST = re.compile(r"(md5:[0-9a-f]{32}|sha1:[0-9a-f]{40}|sha256:[0-9a-f]{64})")
_TAKERS = {
    EventKind.STORE: ("Which store", "Such as: Property store, shelf 4."),
    EventKind.SEND_TO_LABORATORY: (
        "Who takes it at the laboratory",
        "The laboratory and the name. Who takes it types this themselves: it is their signature.",
    ),
    EventKind.HAND_OVER: (
        "Who takes it",
        "Who takes it types their name themselves: it is their signature.",
    ),
    EventKind.RETURN: ("Returned to whom", ""),
    EventKind.TAKE_OUT: ("Who takes it out", ""),
}


def _text(label: str, longest: int, hint: str = "", *, required: bool = True) -> forms.CharField:
    shown = label if required else f"{label} (optional)"
    return forms.CharField(label=shown, max_length=longest, required=required, help_text=hint)


def _note() -> forms.CharField:
    return forms.CharField(
        label="Note (optional)",
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _found(*, required: bool) -> forms.ChoiceField:
    offered = [each for each in SealFound if each is not SealFound.NOT_LOOKED or not required]
    return forms.ChoiceField(
        label="How was the seal?" if required else "How was the seal? (optional)",
        choices=[(each.value, each.label) for each in offered],
        widget=forms.RadioSelect,
        required=required,
    )


def _part_fields(kind: EventKind) -> dict[str, forms.Field]:
    """Return the fields for what an event of a kind must say, in the order they are asked."""
    parts = PARTS[kind]
    fields: dict[str, forms.Field] = {}
    if Part.OLD_SEAL in parts:
        fields["old_seal"] = _text("Number on the old seal", 100, "Read it from the seal itself.")
    fields["seal_found"] = _found(required=Part.SEAL_FOUND in parts)
    if Part.NEW_SEAL in parts:
        fields["new_seal"] = _text("Number of the new seal", 100)
    if Part.SIGNATURES in parts:
        fields["given_signature"] = _text(
            "Who hands it over", 200, "They type their name themselves: it is their signature."
        )
    if Part.TAKER in parts:
        label, hint = _TAKERS[kind]
        fields["taker_name"] = _text(label, 150, hint)
        fields["taker_number"] = _text("Collar or staff number", 50, required=False)
    if Part.DOCUMENT in parts:
        fields["document"] = _text(DOCUMENTS[kind], 200, "Its number or reference.")
    if Part.COPY in parts:
        fields["copy_what"] = _text("What was copied", 200, "Such as: the whole disk, as E01.")
        fields["copy_digest"] = _text("Digest of the copy", 140, "md5:…, sha1:… or sha256:…")
        fields["copy_place"] = _text("Where the copy is kept", 300)
    return fields


class SaidForm(GovukForm):
    """What happened; which fields there are hangs on the kind. See ``happening_form``."""

    button: ClassVar[str] = "Record it"
    kind: ClassVar[EventKind]

    def clean_copy_digest(self) -> str:
        """Return the digest in small letters."""
        digest = str(self.cleaned_data["copy_digest"]).strip().lower()
        if not _DIGEST.fullmatch(digest):
            raise ValidationError("Enter the algorithm and all digits, such as sha256:…")
        return digest

    def happening(self) -> Happening:
        """Return what was filled in."""
        said = self.cleaned_data.get
        taker = None
        if said("taker_name"):
            taker = Person(said("taker_name", ""), said("taker_number", ""))
        is_signed = Part.SIGNATURES in PARTS[self.kind] and taker is not None
        return Happening(
            self.kind,
            self.cleaned_data["occurred_at"],
            self.cleaned_data["place"],
            taker=taker,
            old_seal=said("old_seal", "").strip(),
            new_seal=said("new_seal", "").strip(),
            seal_found=SealFound(said("seal_found", "")),
            signatures=Signatures(
                said("given_signature", ""), taker.name if is_signed and taker else ""
            ),
            note=said("note", ""),
            condition=said("condition", ""),
            document=said("document", ""),
            copy=Copy(said("copy_what", ""), said("copy_digest", ""), said("copy_place", "")),
        )


class HappeningForm(SaidForm):
    """What happened to one exhibit."""

    after_number = forms.IntegerField(widget=forms.HiddenInput)


class TurnsField(forms.MultipleChoiceField):
    """Exhibits, each with the number of the event that was shown as its last."""

    widget = forms.CheckboxSelectMultiple
    offered: frozenset[str] = frozenset()

    def offer(self, rows: Sequence[ExhibitRow]) -> None:
        """Take the exhibits that it can happen to."""
        self.choices = [(row.turn, _row_label(row)) for row in rows]
        self.offered = frozenset(str(row.exhibit.id) for row in rows)

    def valid_value(self, value: str) -> bool:
        """Take any exhibit that is offered: the service says what happened to it meanwhile."""
        wanted, _, number = value.partition(":")
        is_number = number.isascii() and number.isdecimal() and len(number) <= _NUMBER_DIGITS
        return wanted in self.offered and is_number


class TogetherForm(SaidForm):
    """What happened to several exhibits alike."""

    turns = TurnsField(label="Exhibits")

    def __init__(self, rows: Sequence[ExhibitRow], *args: Any, **options: Any) -> None:
        """Offer the exhibits that it can happen to."""
        super().__init__(*args, **options)
        field = self.fields["turns"]
        if isinstance(field, TurnsField):
            field.offer(rows)

    def chosen(self) -> tuple[Turn, ...]:
        """Return the exhibits that were chosen."""
        pairs = (value.split(":", 1) for value in self.cleaned_data["turns"])
        return tuple(Turn(UUID(exhibit_id), int(number)) for exhibit_id, number in pairs)


@cache
def happening_form(kind: EventKind) -> type[HappeningForm]:
    """Return the form for one exhibit."""
    return type("HappeningFormOfKind", (HappeningForm,), _fields(kind))


@cache
def together_form(kind: EventKind) -> type[TogetherForm]:
    """Return the form for several exhibits."""
    return type("TogetherFormOfKind", (TogetherForm,), _fields(kind))


def _fields(kind: EventKind) -> dict[str, Any]:
    return {
        "kind": kind,
        "occurred_at": InstantField(label="When"),
        "place": _text("Where", 300),
        **_part_fields(kind),
        "reason": ReasonField(label="Why"),
        "condition": _text("Condition", 1000, required=False),
        "note": _note(),
    }


def _row_label(row: ExhibitRow) -> str:
    seal = f"seal {row.last.seal_after}" if row.last.seal_after else "not sealed"
    return f"{row.exhibit.reference}: {row.last.holder_after}, {seal}"


class CorrectEventForm(GovukForm):
    """What an event should have said."""

    button = "Record the correction"
    after_number = forms.IntegerField(widget=forms.HiddenInput)
    field = forms.ChoiceField(
        label="What was wrong?",
        choices=[(each.value, each.label) for each in Field],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label="What is right (optional where it is the time)",
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    occurred_at = InstantField(
        label="The right time (optional where it is something else)", required=False
    )
    reason = ReasonField(label="How do you know?")

    def __init__(self, kind: EventKind, *args: Any, **options: Any) -> None:
        """Offer what an event of a kind says."""
        super().__init__(*args, **options)
        field = self.fields["field"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(each.value, each.label) for each in correctable(kind)]

    def clean(self) -> dict[str, Any]:
        """Ask for the time where the time was wrong, and for words otherwise."""
        cleaned = self.cleaned_data
        is_time = cleaned.get("field") == Field.OCCURRED_AT
        if is_time and not cleaned.get("occurred_at") and "occurred_at" not in self.errors:
            self.add_error("occurred_at", "Enter the right date and time")
        if not is_time and not cleaned.get("text", "").strip():
            self.add_error("text", "Enter what is right")
        return cleaned

    def correction(self, wrong: CustodyEvent) -> Correction:
        """Return what was filled in."""
        cleaned = self.cleaned_data
        field = Field(cleaned["field"])
        if field is not Field.OCCURRED_AT:
            return Correction(wrong.number, field, cleaned["text"])
        right = cleaned["occurred_at"]
        return Correction(wrong.number, field, right.isoformat(), right)
