"""Gathers what the packages of a case say of its items, and writes what changed.

One pass over the packages, some ten thousand contents at a time; what is kept of an item are a few
numbers, so that a million items are some 200 MB for the length of a build.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import connection

from polit.model import codes
from polit.web.items.rules import NO_DAY, known_of, place_of
from polit.web.items.suggesting import likeness
from polit.web.matching.rules import Verdict
from polit.web.media.models import Word
from polit.web.media.rules import rows_of

CONTENTS_AT_ONCE = 20_000
_DONE = codes.OUTCOMES.number("done")
_EPOCH = date(1970, 1, 1).toordinal()
_NS_A_DAY = 86_400 * 10**9
_EARLIEST_DAY = date(1980, 1, 1).toordinal() - _EPOCH
"""A file that was modified before says so because its clock or its file system knew no better."""
# ruff: noqa: S608 - constants of this module only
_CONTENTS_SQL = """
SELECT p.item_id, c.id, c.kind, c.size_bytes, c.occurrences, m.outcome, m.width_px, m.height_px,
  m.duration_ms, m.make_id, m.model_id, m.taken_at, k.verdict, k.settled, d.id
FROM items_place p JOIN media_content c ON c.id = p.id
LEFT JOIN media_media m ON m.content_id = c.id
LEFT JOIN matching_known k ON k.id = c.id
LEFT JOIN media_derivative d ON d.content_id = c.id AND d.role = 1 AND d.story = 0
WHERE p.id > %s AND p.id <= %s ORDER BY p.id LIMIT %s
"""
_NEAREST_SQL = """
SELECT content_id, MIN(distance_bits), MAX(threshold_bits) FROM matching_match
WHERE content_id BETWEEN %s AND %s GROUP BY content_id
"""
_ENTRIES_SQL = f"""
SELECT g.content_id, f.folder_id, g.modified FROM (
  SELECT e.content_id, MIN(e.id) AS first,
    MIN(CASE WHEN e.modified_ns >= {_EARLIEST_DAY * _NS_A_DAY} THEN e.modified_ns END) AS modified
  FROM media_entry e WHERE e.content_id BETWEEN %s AND %s GROUP BY e.content_id) g
JOIN media_entry f ON f.id = g.first
"""


def _zeros(count: int, code: str = "q") -> "array[int]":
    return array(code, bytes(array(code).itemsize * (count + 1)))


@dataclass(slots=True)
class Facts:
    """The facts of all items of a set: element 0 is no item.

    Args:
        last_place: The last place.
        media_files: Pictures and videos of the case, copies included.
    """

    last_place: int
    media_files: int = 0
    columns: dict[str, "array[int]"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the columns."""
        for name in NAMES:
            self.columns[name] = _zeros(self.last_place)
        for name in ("taken_day", "modified_day"):
            self.columns[name] = array("q", [NO_DAY]) * (self.last_place + 1)
        self.columns["lead"] = array("q", range(self.last_place + 1))
        self.columns["stack"] = array("q", [1]) * (self.last_place + 1)

    def __getitem__(self, name: str) -> "array[int]":
        """Return a column."""
        return self.columns[name]


NAMES = (
    "content_id", "kind", "verdict", "settled", "occurrences", "size", "pixels", "duration",
    "camera", "folder", "tile", "present", "split", "likeness", "first_generation", "burst",
    "order", "rank",
)  # fmt: skip


def facts_gather(set_number: int, packages: list[int], *, last_place: int) -> Facts:
    """Return what the packages say of each item, and which items officers took out of stacks."""
    facts = Facts(last_place)
    cameras = _Cameras()
    said: dict[int, list[tuple[int, int]]] = {}
    for number in packages:
        for rows in _contents(number):
            _liken(facts, rows)
            folders = _entries(rows[0][1], rows[-1][1])
            for row in rows:
                _take(facts, row, cameras, folders.get(row[1], (0, NO_DAY)))
                if row[12] is not None:
                    said.setdefault(place_of(row[0]), []).append((row[12], row[13]))
    for place, sayings in said.items():
        facts["verdict"][place], facts["settled"][place] = known_of(sayings)
    _days(facts)
    for place in _split_places(set_number):
        facts["split"][place] = 1
    return facts


def _take(facts: Facts, row: tuple[Any, ...], cameras: "_Cameras", named: tuple[int, int]) -> None:
    item, content, kind, size, copies, outcome, width, height, duration, make, model, taken = row[
        :12
    ]
    place, has_tile = place_of(item), row[14] is not None
    columns = facts.columns
    folder, modified = named
    is_first = not columns["content_id"][place]
    columns["occurrences"][place] += copies
    facts.media_files += copies
    before = columns["modified_day"][place]
    if modified != NO_DAY and (before == NO_DAY or modified < before):
        columns["modified_day"][place] = modified
    if not is_first and not (has_tile and not columns["tile"][place]):
        return
    columns["content_id"][place], columns["kind"][place] = content, kind
    columns["size"][place], columns["present"][place] = size, 1
    columns["tile"][place] = int(has_tile)
    columns["folder"][place] = folder
    is_done = outcome == _DONE
    columns["pixels"][place] = (width or 0) * (height or 0) if is_done else 0
    columns["duration"][place] = duration or 0
    columns["camera"][place] = cameras.number(make, model)
    columns["taken_day"][place] = _day(taken[:10]) if taken else NO_DAY


def _liken(facts: Facts, rows: list[tuple[Any, ...]]) -> None:
    """Say how near known material items are that are known: by a digest, or by what they show."""
    verdicts = {row[1]: row[12] for row in rows if row[12] is not None}
    if not verdicts:
        return
    with connection.cursor() as cursor:
        cursor.execute(_NEAREST_SQL, [min(verdicts), max(verdicts)])
        nearest = {row[0]: row[1:] for row in cursor.fetchall()}
    for row in rows:
        bits, threshold = nearest.get(row[1], (None, 0))
        if row[1] in verdicts and bits is not None and verdicts[row[1]] != Verdict.KNOWN_GOOD:
            place, near = place_of(row[0]), likeness(bits, threshold_bits=threshold)
            facts["likeness"][place] = max(facts["likeness"][place], near)


def _days(facts: Facts) -> None:
    """Let the day of modification stand where a picture does not say when it was taken."""
    taken, modified = facts["taken_day"], facts["modified_day"]
    for place in range(1, facts.last_place + 1):
        if taken[place] == NO_DAY:
            taken[place] = modified[place]


def _contents(package_number: int) -> Iterator[list[tuple[Any, ...]]]:
    first, last = rows_of(package_number)
    after = first - 1
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_CONTENTS_SQL, [after, last, CONTENTS_AT_ONCE])
            rows = cursor.fetchall()
        if not rows:
            return
        yield rows
        after = rows[-1][1]


def _entries(first: int, last: int) -> dict[int, tuple[int, int]]:
    """Return the first folder of each content, and the day it was first modified."""
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES_SQL, [first, last])
        return {
            content: (folder or 0, NO_DAY if modified is None else modified // _NS_A_DAY)
            for content, folder, modified in cursor.fetchall()
        }


def _split_places(set_number: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM items_item WHERE review_set_id = %s AND is_split", [set_number]
        )
        return [place_of(number) for (number,) in cursor.fetchall()]


@lru_cache(maxsize=65_536)
def _day(text: str) -> int:
    try:
        return date.fromisoformat(text).toordinal() - _EPOCH
    except ValueError:
        return NO_DAY


class _Cameras:
    """Numbers of the words that name a camera: make and model together."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[int | None, int | None], int] = {(None, None): 0}

    def number(self, make: int | None, model: int | None) -> int:
        """Return the number of the word for a camera, made when it is new; 0 for none."""
        found = self._numbers.get((make, model))
        if found is None:
            words = Word.objects.in_bulk([each for each in (make, model) if each is not None])
            maker, name = (words[each].word.strip() if each is not None else ""
                           for each in (make, model))  # fmt: skip
            if name.lower().startswith(maker.lower()):
                maker = ""
            text = f"{maker} {name}".strip()
            found = Word.objects.get_or_create(word=text)[0].pk if text else 0
            self._numbers[make, model] = found
        return found
