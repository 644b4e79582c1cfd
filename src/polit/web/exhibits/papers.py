"""Labels and continuity reports: what stands on them, and the PDF they become."""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

import segno
from django.utils import timezone

from polit.base.canonical import canonical_json
from polit.base.clock import instant_text, now_utc
from polit.web.core.access import CaseAccess
from polit.web.core.pdf import render_pdf
from polit.web.exhibits.catalogue import finer_label, power_label
from polit.web.exhibits.continuity import SealFound
from polit.web.exhibits.corrections import Field
from polit.web.exhibits.models import CustodyEvent, Exhibit, Photograph
from polit.web.exhibits.queries import (
    CODE_HEAD,
    ExhibitRow,
    Redescription,
    case_title,
    event_list,
    photograph_list,
    redescription_list,
)
from polit.web.exhibits.rules import DeviceKind, EventKind, Power, State
from polit.web.exhibits.services import Sheet
from polit.web.exhibits.telling import (
    SealChange,
    ToldEvent,
    chain_faults,
    seal_changes,
    told_events,
)


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on a label."""

    reference: str
    case_reference: str
    seal: str
    seized: str
    code: str
    code_svg: str


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels on sheets."""

    title: str
    sheet: str
    skip: int
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of a report: what it is, and what was recorded."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class EventPart:
    """An event as a report tells it."""

    number: int
    title: str
    superseded: str
    late: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class ExhibitPart:
    """An exhibit as a report tells it."""

    reference: str
    facts: tuple[Fact, ...]
    redescribed: tuple[Fact, ...]
    now: tuple[Fact, ...]
    events: tuple[EventPart, ...]
    seals: tuple[Fact, ...]
    copies: tuple[Fact, ...]
    photographs: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A continuity report."""

    title: str
    case: str
    printed_by: str
    printed_at: str
    exhibits: tuple[ExhibitPart, ...]
    about: tuple[Fact, ...]


def code_of(exhibit: Exhibit) -> str:
    """Return what the code of an exhibit's label says."""
    return f"{CODE_HEAD}{exhibit.id}"


def labels_pdf(
    access: CaseAccess, rows: Sequence[ExhibitRow], *, sheet: Sheet, skip: int = 0
) -> bytes:
    """Return labels as PDF.

    Args:
        access: The case.
        rows: The exhibits, in order.
        sheet: What they are printed on.
        skip: Labels that are used already on the first sheet of 24.
    """
    labels = tuple(_label(access, row) for row in rows)
    title = f"Labels of case {access.case.reference}"
    skipped = skip if sheet is Sheet.A4_24 else 0
    return render_pdf("labels", Labels(title, sheet.value, skipped, labels))


def continuity_pdf(access: CaseAccess, rows: Sequence[ExhibitRow], *, printed_by: str) -> bytes:
    """Return the continuity report of exhibits as PDF."""
    return render_pdf("continuity", continuity_report(access, rows, printed_by=printed_by))


def continuity_report(access: CaseAccess, rows: Sequence[ExhibitRow], *, printed_by: str) -> Report:
    """Return what a continuity report says.

    The digest is over what was recorded alone: two prints of the same record have the same.
    """
    exhibits = [row.exhibit for row in rows]
    events, photographs = event_list(exhibits), photograph_list(exhibits)
    redescribed = redescription_list(exhibits)
    parts = tuple(
        _part(row, events[key], photographs[key], redescribed[key])
        for row, key in ((each, each.exhibit.id) for each in rows)
    )
    recorded = {"case": access.case.reference, "exhibits": [asdict(part) for part in parts]}
    sha256 = hashlib.sha256(canonical_json(recorded)).hexdigest()
    now = now_utc()
    names = ", ".join(row.exhibit.reference for row in rows)
    case = f"{access.case.reference}: {case_title(access)}"
    about = (
        Fact("Case", case),
        Fact("Exhibits", f"{len(rows)}: {names}"),
        Fact("Gaps", _gaps(rows, events)),
        Fact("Printed by", printed_by),
        Fact("Printed at", _instant(now)),
        Fact("SHA-256 of the data", sha256),
    )
    title = f"Continuity report, case {access.case.reference}"
    return Report(title, f"Case {case}", printed_by, _instant(now), parts, about)


def _gaps(rows: Sequence[ExhibitRow], events: Mapping[UUID, Sequence[CustodyEvent]]) -> str:
    """Say whether each chain holds; the database lets no other in, and a court may ask anew."""
    broken = [
        f"{row.exhibit.reference}: {fault}"
        for row in rows
        for fault in chain_faults(events[row.exhibit.id])
    ]
    if broken:
        return "Found: " + "; ".join(broken)
    return (
        "None: every event goes on from where the one before left the exhibit, "
        "and none happened before the one before it."
    )


def _label(access: CaseAccess, row: ExhibitRow) -> Label:
    code = code_of(row.exhibit)
    drawn = io.BytesIO()
    segno.make(code, error="m", micro=False).save(drawn, kind="svg", border=2, scale=4)
    return Label(
        row.exhibit.reference,
        access.case.reference,
        row.last.seal_after,
        _instant(row.exhibit.seized_at, seconds=False),
        code,
        drawn.getvalue().decode(),
    )


def _part(
    row: ExhibitRow,
    events: Sequence[CustodyEvent],
    photographs: Sequence[Photograph],
    redescribed: Sequence[Redescription],
) -> ExhibitPart:
    last, told = row.last, told_events(events)
    return ExhibitPart(
        row.exhibit.reference,
        _facts(*_described(row.exhibit)),
        tuple(_redescription(each) for each in redescribed),
        _facts(
            ("State", State(last.state_after).label),
            ("With", last.holder_after),
            ("Seal", last.seal_after or "Not sealed"),
            ("Since event", str(last.number)),
        ),
        tuple(_event_part(each) for each in told),
        _facts(*(_seal(each) for each in seal_changes(told))),
        _facts(*(_copy(each) for each in told if each.event.kind == EventKind.COPY)),
        _facts(*(_photograph(each) for each in photographs)),
    )


def _redescription(each: Redescription) -> Fact:
    changes = [f"{name}: “{old}” became “{new}”" for name, old, new in each.changes]
    lines = [f"by {each.by}", *changes, f"Why: {each.reason}"]
    return Fact(_instant(each.recorded_at), "\n".join(lines))


def _copy(told: ToldEvent) -> tuple[str, str]:
    event = told.event
    source = ", ".join(part for part in (f"event {event.number}", told.superseded) if part)
    return event.copy_what, f"{event.copy_digest}\nKept at {event.copy_place} ({source})"


def _photograph(photograph: Photograph) -> tuple[str, str]:
    lines = [photograph.caption, f"SHA-256 of the original {photograph.original_sha256}"]
    lines.append(f"Added {_instant(photograph.recorded_at)} by {photograph.uploaded_by}")
    gone = photograph.withdrawn
    if gone is not None:
        lines.append(f"Withdrawn {_instant(gone.recorded_at)} by {gone.withdrawn_by}")
        lines.append(f"Why: {gone.reason}")
    return f"Photograph {photograph.position}", "\n".join(line for line in lines if line)


def _described(exhibit: Exhibit) -> list[tuple[str, str]]:
    imei = "Cannot be read" if exhibit.is_imei_unreadable else exhibit.imei
    kind = DeviceKind(exhibit.device_kind).label
    return [
        ("Description", exhibit.description),
        ("Kind", f"{kind}: {finer_label(exhibit.finer_kind)}" if exhibit.finer_kind else kind),
        ("Make and model", f"{exhibit.make} {exhibit.model}".strip()),
        ("Colour and marks", exhibit.marks),
        ("Capacity", exhibit.capacity),
        ("Serial number", exhibit.serial),
        ("IMEI", imei),
        ("Other identifiers", exhibit.identifiers),
        ("Quantity", str(exhibit.quantity)),
        ("Found or packed in", exhibit.containers),
        ("Condition", exhibit.condition),
        ("Was it switched on?", Power(exhibit.powered).label),
        ("Whose, as stated", exhibit.owner_shown),
        ("Seized", f"{_instant(exhibit.seized_at)}, {exhibit.seized_place}"),
        ("Produced by", exhibit.producer),
        ("Power", power_label(exhibit.power_law, exhibit.power_code)),
        ("Its reference", exhibit.power_reference),
        ("Agreement", exhibit.agreement),
        ("Scope", exhibit.scope),
    ]


def _event_part(told: ToldEvent) -> EventPart:
    event = told.event
    late = f"Entered later: recorded {_instant(event.recorded_at)}" if event.is_late else ""
    happened = [("When", _instant(event.occurred_at)), ("Where", event.place)]
    facts = _facts(
        *([] if event.is_correction else happened),
        *_moved(event), *_said(event), *_corrected(event),
        ("Why", event.reason),
        ("Recorded", f"{_instant(event.recorded_at)} by {event.recorded_by}"),
    )  # fmt: skip
    return EventPart(event.number, event.label, told.superseded, late, facts)


def _moved(event: CustodyEvent) -> list[tuple[str, str]]:
    if event.is_correction:  # nothing moved: the words were wrong
        return []
    moved = [("With", event.holder_after)]
    if event.holder_before != event.holder_after:
        moved = [("From", event.holder_before), ("To", event.holder_after)]
    if event.seal_before != event.seal_after:
        old, new = event.seal_before or "none", event.seal_after or "none"
        moved += [("Old seal", old), ("New seal", new)]
    if event.split_from is not None:
        parent = event.split_from.exhibit.reference
        moved.append(("Taken off", f"{parent}, event {event.split_from.number} there"))
    return moved


def _said(event: CustodyEvent) -> list[tuple[str, str]]:
    found = SealFound(event.seal_found)
    return [
        ("Seal was found", "" if found is SealFound.NOT_LOOKED else found.label),
        ("Signed, handing over", event.given_signature),
        ("Signed, taking", event.taken_signature),
        ("Document", event.document),
        ("Copy", event.copy_what),
        ("Digest of the copy", event.copy_digest),
        ("Copy kept at", event.copy_place),
        ("Condition", event.condition),
        ("Note", event.note),
    ]


def _corrected(event: CustodyEvent) -> list[tuple[str, str]]:
    if event.corrects is None:
        return []
    right = _instant(event.corrected_at) if event.corrected_at else event.corrected_text
    field = Field(event.corrected_field).label
    return [("Corrects", f"event {event.corrects.number}: {field.lower()}"), ("Right is", right)]


def _seal(change: SealChange) -> tuple[str, str]:
    old, new = change.before or "not sealed", change.after or "not sealed"
    return _instant(change.told.at), f"{old} → {new} ({change.source})"


def _facts(*pairs: tuple[str, str]) -> tuple[Fact, ...]:
    """Return lines, without those that have nothing to say."""
    return tuple(Fact(name, value) for name, value in pairs if value)


def _instant(instant: datetime, *, seconds: bool = True) -> str:
    local = instant.astimezone(timezone.get_default_timezone())
    clock = local.strftime("%H:%M:%S %Z" if seconds else "%H:%M %Z")
    return f"{local.day} {local.strftime('%B %Y')} {clock}"


def paper_name(access: CaseAccess, kind: str, suffix: str) -> str:
    """Return the name of a file to take away: ASCII, with the instant it was made at."""
    reference = "".join(
        char if char.isascii() and char.isalnum() else "-" for char in access.case.reference
    )
    return f"{reference}-{kind}-{instant_text(now_utc()).replace(':', '')}.{suffix}"
