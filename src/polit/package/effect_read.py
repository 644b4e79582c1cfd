"""The report of effect of a package: its media, and what its own and later matches settle."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from heapq import merge
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from polit.base.errors import PackageDamaged
from polit.match.effect import Report, effect_of
from polit.match.matcher import Verdict, verdict
from polit.model.matching import Match
from polit.package.database import open_reader
from polit.package.match_rows import read_hash_sets, read_matches
from polit.package.media_read import count_unread, read_stackables
from polit.package.seal import read_manifest
from polit.package.supplement import open_supplement, supplement_folder, supplement_numbers

_CONTENT = attrgetter("content_sha256")


def read_effect(package: Path) -> Report:
    """Count what was settled and grouped in a sealed package, and what is left to view.

    Raises:
        PackageDamaged: A supplement does not hold, or belongs to another package.
    """
    verdicts = read_verdicts(package)
    with closing(open_reader(package)) as connection:
        return effect_of(read_stackables(connection), verdicts, unread=count_unread(connection))


def read_verdicts(package: Path) -> dict[bytes, Verdict]:
    """Return what follows for each content that matches, of a package and its supplements.

    Every alert counts, whenever it was found. A match settles only where the latest look-up in
    its set says so still: a record that was switched off since no longer does.

    Raises:
        PackageDamaged: A supplement does not hold, or belongs to another package.
    """
    # Equal verdicts are one object.
    kept: dict[Verdict, Verdict] = {}
    found: dict[bytes, Verdict] = {}
    with _all_matches(package) as matches:
        for sha256, of_it in groupby(matches, key=_CONTENT):
            said = verdict(of_it)
            found[sha256] = kept.setdefault(said, said)
    return found


@contextmanager
def _all_matches(package: Path) -> Iterator[Iterator[Match]]:
    """Give the matches of a package and of its supplements, by content."""
    manifest = read_manifest(package)
    with ExitStack() as opened:
        connection = opened.enter_context(closing(open_reader(package)))
        parts = [read_matches(connection)]
        asked = [read_hash_sets(connection)]
        for number in supplement_numbers(package):
            supplement = opened.enter_context(open_supplement(supplement_folder(package, number)))
            if supplement.manifest.package_rows_sha256 != manifest.rows_sha256:
                raise PackageDamaged(f"supplement {number} belongs to another package")
            parts.append(supplement.matches())
            asked.append(list(supplement.hash_sets))
        latest = {known.sha256: place for place, sets in enumerate(asked) for known in sets}
        held = [_as_said_last(part, latest, place) for place, part in enumerate(parts)]
        yield merge(*held, key=_CONTENT)


def _as_said_last(
    matches: Iterable[Match], latest: Mapping[str, int], place: int
) -> Iterator[Match]:
    """Yield matches; those of a set that was asked again later settle nothing by themselves."""
    for match in matches:
        is_last = latest[match.hash_set_sha256] == place
        yield match if is_last or not match.settles else replace(match, settles=False)
