"""A served version on paper: what it is, its summary, what differs, and its first lines.

The CSV holds all lines; the paper names how many it leaves out, and the digest of the CSV.
"""

from dataclasses import dataclass

from django.utils import timezone

from polit.base.clock import now_utc
from polit.web.core.pdf import render_pdf
from polit.web.disclosure.law import Source
from polit.web.disclosure.models import Served
from polit.web.disclosure.queries import (
    blocked_in_difference,
    columns_of,
    difference_of,
    summary_of,
)
from polit.web.disclosure.rules import Line
from polit.web.disclosure.shown import changed_shown, images_shown, summary_shown

LINES_MOST, CHANGES_MOST = 1_000, 200
_IMAGE_HEADS = ("Number", "Exhibits and copies", "SHA-256", "Kind", "Category", "Dates",
                "Where found", "Live or deleted", "Accessible", "Count")  # fmt: skip
_IMAGE_WIDTHS = (4, 7, 7, 4, 7, 11, 19, 7, 17, 3)


@dataclass(frozen=True, slots=True)
class Fact:
    """What it is, and what was recorded."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Rows:
    """A table: heads, widths in parts of the page, cells; ``rest`` says what is left out."""

    title: str
    heads: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    rest: str = ""


@dataclass(frozen=True, slots=True)
class SchedulePaper:
    """All that the paper of a served version says."""

    title: str
    mark: str
    facts: tuple[Fact, ...]
    tables: tuple[Rows, ...]
    about: tuple[str, ...]
    printed_by: str
    printed_at: str


def served_pdf(
    served: Served, lines: tuple[Line, ...], *, defendant: str, printed_by: str
) -> bytes:
    """Return a served version as PDF.

    Args:
        served: The version.
        lines: All of its lines.
        defendant: How this reader may call the defendant.
        printed_by: Who prints it.
    """
    return render_pdf(
        "schedule", served_paper(served, lines, defendant=defendant, printed_by=printed_by)
    )


def served_paper(
    served: Served, lines: tuple[Line, ...], *, defendant: str, printed_by: str
) -> SchedulePaper:
    """Return what the paper of a served version says."""
    kind = served.schedule
    facts = (
        Fact("Case", served.case.reference),
        Fact("Defendant", defendant),
        Fact("Reference", served.reference),
        Fact("Version", str(served.version)),
        Fact("Served to", served.served_to),
        Fact("Served", f"{_when(served)}, {served.means_label}, by {served.by}"),
        Fact("Lines", f"{served.count:,}"),
        Fact("SHA-256 of the CSV", served.sha256),
    )
    is_images = kind.source is Source.IMAGES
    tables = [*_differences(served, is_images=is_images), _lines(served, lines)]
    if is_images:
        counts = tuple(summary_shown(summary_of(served)))
        heads = ("Category", "Kind", "Exhibits", "Images")
        tables.insert(0, Rows("Summary", heads, (10, 3, 8, 3), counts))
    return SchedulePaper(
        kind.label, "Sensitive" if served.is_sensitive else "", facts, tuple(tables),
        _about(is_images=is_images), printed_by,
        f"{timezone.localtime(now_utc()):%-d %B %Y, %H:%M %Z}",
    )  # fmt: skip


def _when(served: Served) -> str:
    return f"{timezone.localtime(served.served_at):%-d %B %Y, %H:%M %Z}"


def _about(*, is_images: bool) -> tuple[str, ...]:
    kept = "A served version is never changed; a later one lists the differences."
    if not is_images:
        return (kept,)
    return (
        kept,
        "One line is one distinct content, however many copies there are; its number stays.",
        "Accessible is the opinion of the named examiner, not the same as live or deleted.",
        "The CSV holds each SHA-256 in full.",
    )


def _lines(served: Served, lines: tuple[Line, ...]) -> Rows:
    some = lines[:LINES_MOST]
    left = len(lines) - len(some)
    rest = f"{left:,} further lines are in the CSV." if left else ""
    if served.schedule.source is Source.IMAGES:
        return Rows("Lines", _IMAGE_HEADS, _IMAGE_WIDTHS, _image_rows(some), rest)
    heads = ("Number", *columns_of(served))
    return Rows("Lines", heads, _widths(heads), _plain_rows(some), rest)


def _widths(heads: tuple[str, ...]) -> tuple[int, ...]:
    long = {"Description": 18, "Text": 60, "Where held": 10, "Decision": 10, "Reason": 14}
    return tuple(long.get(each, 5) for each in heads)


def _plain_rows(
    lines: tuple[Line, ...], blocked: frozenset[str] = frozenset()
) -> tuple[tuple[str, ...], ...]:
    del blocked  # only a content can be quarantined
    return tuple((str(line.number), *line.cells) for line in lines)


def _image_rows(
    lines: tuple[Line, ...], blocked: frozenset[str] = frozenset()
) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (str(each.number), each.exhibits, each.digest, each.kind, each.category, each.dates,
         each.where, each.state, "\n".join(filter(None, (each.accessible, each.opinion))),
         each.count)
        for each in images_shown(lines, blocked)
    )  # fmt: skip


def _differences(served: Served, *, is_images: bool) -> list[Rows]:
    found = difference_of(served, most=CHANGES_MOST)
    if found is None:
        return []
    was = f"version {served.version - 1}"
    heads = _IMAGE_HEADS if is_images else ("Number", *columns_of(served))
    widths = _IMAGE_WIDTHS if is_images else _widths(heads)
    rows_of = _image_rows if is_images else _plain_rows
    # A line that the version removed because it was quarantined is on no paper either.
    blocked = blocked_in_difference(served)
    changed = tuple((str(number), *cells) for number, *cells in
                    changed_shown(found.changed, blocked))  # fmt: skip
    added, removed, altered = found.counts
    return [
        Rows(f"Added since {was}: {added:,}", heads, widths, rows_of(found.added, blocked),
             _rest(added, len(found.added))),
        Rows(f"Removed since {was}: {removed:,}", heads, widths, rows_of(found.removed, blocked),
             _rest(removed, len(found.removed))),
        Rows(f"Changed since {was}: {altered:,}", ("Number", "Column", "Before", "Now"),
             (4, 6, 20, 20), changed, _rest(altered, len(found.changed))),
    ]  # fmt: skip


def _rest(count: int, shown: int) -> str:
    return f"{count - shown:,} more are told by the two CSVs." if count > shown else ""
