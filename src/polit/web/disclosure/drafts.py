"""What a schedule would say if it were served now. Nothing of it is kept; no picture is read.

A draft costs the same few queries however many items a case has, and one pass over their names.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max, Q

from polit.model import codes
from polit.web.core.access import CaseAccess
from polit.web.core.cells import safe_cell
from polit.web.court.models import Charge
from polit.web.disclosure.law import ScheduleKind, Source, disclosure_law
from polit.web.disclosure.models import (
    ManagementText,
    OpinionContent,
    Served,
    ServedLine,
    SupportContent,
    UnusedItem,
)
from polit.web.disclosure.rules import (
    IMAGE_COLUMNS,
    ITEM_COLUMNS,
    REPORT_COLUMNS,
    TEXT_COLUMNS,
    Accessible,
    Line,
    numbered,
)
from polit.web.exhibits.models import Exhibit
from polit.web.grading.category_schemes import categories_of, counts_for_charge
from polit.web.grading.models import Standing
from polit.web.media.quarantine import content_shown, entries_visible
from polit.web.media.rules import PackageState
from polit.web.media.shown import time_text
from polit.web.people.models import CasePerson
from polit.web.people.rules import PersonRole

_COLUMNS = {
    Source.IMAGES: IMAGE_COLUMNS,
    Source.ITEMS: ITEM_COLUMNS,
    Source.REPORT: REPORT_COLUMNS,
    Source.TEXT: TEXT_COLUMNS,
}
_KINDS = {1: "still", 2: "moving"}
_BASES = {"utc": "UTC", "local_zone_unknown": "device's clock, zone unknown"}
_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Draft:
    """A schedule as it would be served now.

    Args:
        kind: What it is.
        columns: The heads of its cells.
        lines: By number.
    """

    kind: ScheduleKind
    columns: tuple[str, ...]
    lines: tuple[Line, ...]

    @property
    def mark(self) -> str:
        """Digest of its canonical CSV; it differs where a line does."""
        return csv_sha256(self.columns, self.lines)


def draft_of(access: CaseAccess, place: CasePerson, kind: ScheduleKind) -> Draft:
    """Return what a schedule of a defendant would say now; a document nobody wrote has no line."""
    makers = {Source.IMAGES: _images, Source.ITEMS: _items, Source.REPORT: _report,
              Source.TEXT: _text}  # fmt: skip
    lines = makers[kind.source](access, place, kind)
    return Draft(kind, _COLUMNS[kind.source], lines)


def csv_pieces(columns: Iterable[str], lines: Iterable[Line]) -> Iterator[bytes]:
    """Yield the canonical CSV: UTF-8, all cells quoted, CRLF, the heads first.

    Cells are such that no spreadsheet runs them; a served version's digest is over these bytes.
    """
    room = io.StringIO()
    writer = csv.writer(room, quoting=csv.QUOTE_ALL)
    writer.writerow(("Number", *columns))
    for line in lines:
        writer.writerow((line.number, *(safe_cell(each, keeps_lines=True) for each in line.cells)))
        yield _taken(room)
    yield _taken(room)


def csv_sha256(columns: Iterable[str], lines: Iterable[Line]) -> str:
    """Return the SHA-256 of the canonical CSV, lower-case hex."""
    digest = hashlib.sha256()
    for piece in csv_pieces(columns, lines):
        digest.update(piece)
    return digest.hexdigest()


def _taken(room: io.StringIO) -> bytes:
    text = room.getvalue()
    room.seek(0)
    room.truncate()
    return text.encode()


def _numbers(place: CasePerson, kind: ScheduleKind) -> tuple[dict[str, int], int]:
    """Return the number of each key that a version had, and the greatest. Two queries."""
    served = Served.objects.filter(place=place, kind=kind.code)
    lines = ServedLine.objects.filter(served__in=served).order_by().values_list("key", "number")
    return dict(lines.distinct()), served.aggregate(last=Max("last_number"))["last"] or 0


@dataclass(slots=True)
class _Found:
    """What the names of one content come to."""

    kind: int | None
    created: str
    modified: str
    copies: dict[str, int] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)
    states: set[str] = field(default_factory=set)


def _images(access: CaseAccess, place: CasePerson, kind: ScheduleKind) -> tuple[Line, ...]:
    """Return the decided contents that count for a charge, each once. Eight queries."""
    case_id = access.case.id
    standings = Standing.objects.filter(
        content_shown(case="case_id"), case_id=case_id, is_disputed=False, unsure=False
    )
    named = standings.exclude(code="").order_by().values_list("code", flat=True).distinct()
    counted = [code for code in named if counts_for_charge(code)]
    standings = standings.filter(code__in=counted)
    decided = {bytes(sha256): code for sha256, code in standings.values_list("sha256", "code")}
    found = _names(access, place, standings)
    opinions, supports = _opinions(place), _supports(place)
    ranks = {code: _rank(code) for code in counted}
    ordered = sorted(found, key=lambda sha: (ranks[decided[sha]], sorted(found[sha].copies), sha))
    cells = (
        (sha.hex(), _cells(sha, decided[sha], found[sha], opinions, supports)) for sha in ordered
    )
    return numbered(cells, *_numbers(place, kind))


def _rank(code: str) -> tuple[str, int]:
    scheme = code.rpartition("/")[0]
    return scheme, next(each.number for each in categories_of(scheme) if each.ref == code)


def _names(access: CaseAccess, place: CasePerson, standings: Any) -> dict[bytes, _Found]:
    """Return what the names of contents come to, by SHA-256. One query, one pass.

    Exhibits that are recorded as another suspect's are left out.
    """
    others = Q(owner__role=PersonRole.SUSPECT.value) & ~Q(owner=place)
    exhibits = Exhibit.objects.filter(case_id=access.case.id).exclude(others)
    entries = entries_visible().filter(
        package__case_id=access.case.id, package__state=PackageState.IMPORTED.value,
        package__exhibit__in=exhibits, content__sha256__in=standings.values("sha256"),
    )  # fmt: skip
    rows = entries.order_by("id").values_list(
        "content__sha256", "content__kind", "package__exhibit__reference", "locator", "state",
        "is_overwritten", "created_ns", "modified_ns", "within_id", "folder__volume__time_basis",
    )  # fmt: skip
    found: dict[bytes, _Found] = {}
    for sha, kind, exhibit, locator, state, is_over, created, modified, within, basis in (
        rows.iterator(chunk_size=_AT_ONCE)
    ):  # fmt: skip
        words = _basis(basis, is_inside=within is not None)
        one = found.setdefault(
            bytes(sha), _Found(kind, _time(created, words), _time(modified, words))
        )
        one.copies[exhibit] = one.copies.get(exhibit, 0) + 1
        one.where.setdefault(exhibit, locator)
        word = codes.ENTRY_STATES.value(state)
        one.states.add(f"{word}, overwritten" if is_over else word)
    return found


def _basis(basis: int | None, *, is_inside: bool) -> str:
    if is_inside:
        return "as the file that it lies in says"
    return _BASES[codes.TIME_BASES.value(basis)] if basis else "basis unknown"


def _time(value_ns: int | None, basis: str) -> str:
    return "" if value_ns is None else f"{time_text(value_ns).removesuffix('.000000000')} ({basis})"


def _opinions(place: CasePerson) -> dict[bytes, tuple[str, str, str]]:
    """Return each content's last opinion: accessible, whose, the day of download. One query."""
    rows = OpinionContent.objects.filter(opinion__place=place)
    return {
        bytes(sha256): (Accessible(said).label, f"{who}, {on:%-d %B %Y}: {why}",
                        f"{got:%Y-%m-%d} (the examiner)" if got else "")
        for sha256, said, who, on, why, got in rows.order_by("opinion__recorded_at").values_list(
            "sha256", "opinion__accessible", "opinion__examiner", "opinion__opined_on",
            "opinion__why", "opinion__downloaded_on",
        )
    }  # fmt: skip


def _supports(place: CasePerson) -> dict[bytes, str]:
    """Return the number of the count that each content supports, as it stands. Two queries."""
    charges = Charge.objects.standing().filter(place=place)
    counts = dict(charges.values_list("first_id", "count_number"))
    rows = SupportContent.objects.filter(support__place=place).order_by("support__recorded_at")
    return {
        bytes(sha256): str(counts.get(charge, ""))
        for sha256, charge in rows.values_list("sha256", "support__charge_id")
    }


def _cells(
    sha: bytes,
    code: str,
    found: _Found,
    opinions: dict[bytes, tuple[str, str, str]],
    supports: dict[bytes, str],
) -> tuple[str, ...]:
    accessible, whose, downloaded = opinions.get(sha, ("", "", ""))
    exhibits = sorted(found.copies)
    return (
        "\n".join(f"{each} ({found.copies[each]})" for each in exhibits),
        str(sum(found.copies.values())), sha.hex(), _KINDS.get(found.kind or 0, ""), code,
        found.created, found.modified, downloaded,
        "\n".join(f"{each}: {found.where[each]}" for each in exhibits),
        "; ".join(sorted(found.states)), accessible, whose, supports.get(sha, ""),
    )  # fmt: skip


def _items(access: CaseAccess, place: CasePerson, kind: ScheduleKind) -> tuple[Line, ...]:
    del access
    rows = unused_standing(place).filter(schedule=kind.code)
    return tuple(Line(each.number, str(each.first_id), item_cells(each)) for each in rows)


def _report(access: CaseAccess, place: CasePerson, kind: ScheduleKind) -> tuple[Line, ...]:
    del access
    rows = [
        each for each in unused_standing(place)
        if each.decision and disclosure_law(each.law).decision(each.decision).is_reported
    ]  # fmt: skip
    keyed = (
        (str(each.first_id), (each.schedule_kind.short, str(each.number), *item_cells(each)))
        for each in rows
    )
    return numbered(keyed, *_numbers(place, kind))


def _text(access: CaseAccess, place: CasePerson, kind: ScheduleKind) -> tuple[Line, ...]:
    """Return the document by paragraphs, which are numbered anew in each version."""
    del access, kind
    last = ManagementText.objects.filter(place=place).order_by("-version").first()
    seen: dict[str, int] = {}
    lines: list[Line] = []
    for each in filter(None, (part.strip() for part in (last.text if last else "").splitlines())):
        digest = hashlib.sha256(each.encode()).hexdigest()
        seen[digest] = seen.get(digest, 0) + 1
        lines.append(Line(len(lines) + 1, f"{digest}:{seen[digest]}", (each,)))
    return tuple(lines)


def unused_standing(place: CasePerson) -> Any:
    """Return a defendant's items of unused material that hold, by schedule and number."""
    rows = UnusedItem.objects.standing().filter(place=place).select_related("exhibit")
    return rows.order_by("schedule", "number")


def item_cells(item: UnusedItem) -> tuple[str, ...]:
    """Return an item as cells of a schedule."""
    reviewed_on = f"{item.reviewed_on:%-d %B %Y}" if item.reviewed_on else ""
    return (
        item.description, item.held_where, item.exhibit.reference if item.exhibit else "",
        item.reviewed_by, reviewed_on, item.decision_label, item.why,
    )  # fmt: skip
