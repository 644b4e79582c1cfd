"""Brings the rows of a package in, batch by batch; what was broken off goes on.

Not part of any act: rows of a package that is still arriving are seen by nobody, and the act
that imports the package says how many there are. Each batch is one transaction with the mark of
how far it is, so a kill at any moment loses at most a batch, and repeats none.
"""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DataError, IntegrityError, models, transaction

from polit.base import faults
from polit.base.errors import PackageBusy, PackageDamaged
from polit.package import row_streams
from polit.package.row_streams import RowStream
from polit.package.rows_out import RowsOut
from polit.web.intake.loading import count_rows, drop_rows, load_rows
from polit.web.intake.models import Arrival
from polit.web.matching import models as matching
from polit.web.matching.services import known_drop
from polit.web.media import models as media
from polit.web.media.rules import rows_of

BATCH_ROWS = 20_000
_WORDS_AT_ONCE = 500
_TABLES: dict[str, type[models.Model]] = {
    "volumes": media.Volume,
    "folders": media.Folder,
    "contents": media.Content,
    "media": media.Media,
    "tags": media.Tag,
    "hashes": media.PerceptualHash,
    "derivatives": media.Derivative,
    "entries": media.Entry,
    "problems": media.Problem,
    "bad_ranges": media.BadRange,
    "unopened": media.Unopened,
    "carving": media.Carving,
    "hash_sets": matching.MatchSet,
    "matches": matching.ContentMatch,
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A package that one import took up.

    Args:
        number: The package's number.
        fence: What this import writes under; a later import has a greater one.
        stream: Which rows were arriving when an earlier import was broken off, or empty.
        rows: How many of them are here.
    """

    number: int
    fence: int
    stream: str
    rows: int


def bring_rows(taken: Taken, rows: RowsOut) -> None:
    """Bring in all rows that are not here yet.

    Raises:
        PackageBusy: Another import took the package up.
        PackageDamaged: A row does not fit its table.
    """
    rows.give_words(numbers_of(rows.words()))
    names = [stream.name for stream in row_streams.STREAMS]
    begin = names.index(taken.stream) if taken.stream else 0
    for place, stream in enumerate(row_streams.STREAMS[begin:]):
        after = taken.rows if place == 0 else 0
        arrived = _bring(taken, rows, stream, after)
        check_arrived(taken.number, stream, arrived)


def check_arrived(number: int, stream: RowStream, expected: int) -> None:
    """Refuse a table that does not hold exactly the rows that were brought.

    Raises:
        PackageDamaged: It holds more or fewer.
    """
    found = count_rows(table_of(stream), *rows_of(number))
    if found != expected:
        raise PackageDamaged(f"{stream.name}: {expected} rows came, {found} are here")


def drop_arrived(taken: Taken) -> None:
    """Delete what an import of other bytes brought, in bounded transactions."""
    first, last = rows_of(taken.number)
    known_drop(taken.number)
    for stream in reversed(row_streams.STREAMS):
        while True:
            with transaction.atomic():
                _mark(taken, "", 0)
                gone = drop_rows(table_of(stream), first, last, most=BATCH_ROWS)
            if not gone:
                break


def _bring(taken: Taken, rows: RowsOut, stream: RowStream, after: int) -> int:
    coming = rows.stream(stream, after=after)
    arrived = after
    while batch := list(itertools.islice(coming, BATCH_ROWS)):
        faults.reach("intake.batch")
        arrived += len(batch)
        with fitting(stream), transaction.atomic():
            _mark(taken, stream.name, arrived)
            load_rows(table_of(stream), stream.columns, batch)
        faults.reach("intake.committed")
    return arrived


@contextmanager
def fitting(stream: RowStream) -> Iterator[None]:
    """Turn what a database says of a row that no examination makes into a refusal."""
    try:
        yield
    except (DataError, IntegrityError) as error:
        raise PackageDamaged(
            f"{stream.name}: a row does not fit ({type(error).__name__})"
        ) from error


def _mark(taken: Taken, stream: str, rows: int) -> None:
    marked = Arrival.objects.filter(package__number=taken.number, fence=taken.fence).update(
        stream=stream, rows=rows
    )
    if not marked:
        raise PackageBusy("another import took this package up: wait for it")


def table_of(stream: RowStream) -> str:
    """Return the name of the table that keeps a stream's rows."""
    return str(_TABLES[stream.name]._meta.db_table)  # noqa: SLF001 - Django documents it


def numbers_of(words: list[str]) -> dict[str, int]:
    """Return the numbers of words, making those that are new."""
    shown = {word: word.replace("\0", "\\u{0}") for word in words}
    numbers: dict[str, int] = {}
    wanted = sorted(set(shown.values()))
    for begin in range(0, len(wanted), _WORDS_AT_ONCE):
        some = wanted[begin : begin + _WORDS_AT_ONCE]
        media.Word.objects.bulk_create([media.Word(word=word) for word in some],
                                       ignore_conflicts=True)  # fmt: skip
        found = media.Word.objects.filter(word__in=some).values_list("word", "id")
        numbers.update(found)
    return {word: numbers[text] for word, text in shown.items()}
