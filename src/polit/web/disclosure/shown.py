"""Lines of schedules as pages and papers show them: no picture, the digest short."""

from collections.abc import Iterable
from dataclasses import dataclass

from polit.web.disclosure.queries import ChangedLine
from polit.web.disclosure.rules import COLUMN, Line
from polit.web.grading.category_schemes import category_label

WITHHELD = "Withheld: quarantined for legal privilege"
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class ImageShown:
    """A line of a schedule of images in words.

    Args:
        number: Its number.
        exhibits: References, each with how many copies.
        copies: How many in all.
        digest: The first digits of its SHA-256.
        kind: Still or moving.
        category: As ``scheme/version/code``.
        dates: Created, modified, downloaded, as far as they are known, each with its basis.
        where: The place in each exhibit.
        state: Live or deleted, as the record knows it.
        accessible: The examiner's opinion; empty where none was given.
        opinion: Whose it is, of which day, and why.
        count: The number of the count that it supports.
    """

    number: int
    exhibits: str
    copies: str
    digest: str
    kind: str
    category: str
    dates: str
    where: str
    state: str
    accessible: str
    opinion: str
    count: str


def images_shown(lines: Iterable[Line], blocked: frozenset[str] = frozenset()) -> list[ImageShown]:
    """Return lines in words; of those whose content is quarantined nothing but the number."""
    return [
        ImageShown(line.number, WITHHELD, *[""] * 10) if line.key in blocked else _image(line)
        for line in lines
    ]


def changed_shown(
    lines: Iterable[ChangedLine], blocked: frozenset[str] = frozenset()
) -> list[tuple[int, str, str, str]]:
    """Return number, column, before and now of what changed; withheld where it is quarantined."""
    shown = []
    for line in lines:
        cells = ((WITHHELD, "", ""),) if line.key in blocked else line.cells
        shown += [(line.number, *cell) for cell in cells]
    return shown


def _image(line: Line) -> ImageShown:
    cells = {name: line.cells[place] for name, place in COLUMN.items()}
    dates = [f"{name}: {cells[name]}" for name in ("Created", "Modified", "Downloaded")
             if cells[name]]  # fmt: skip
    return ImageShown(
        line.number, cells["Exhibits"], cells["Copies"], cells["SHA-256"][:_DIGITS],
        cells["Kind"], cells["Category"], "\n".join(dates), cells["Where found"],
        cells["Live or deleted"], cells["Accessible"], cells["Opinion of"], cells["Count"],
    )  # fmt: skip


def summary_shown(counts: Iterable[tuple[str, str, str, int]]) -> list[tuple[str, ...]]:
    """Return counts with the category in words beside its reference."""
    return [
        (f"{category}\n{category_label(category)}", kind, exhibits, f"{count:,}")
        for category, kind, exhibits, count in counts
    ]
