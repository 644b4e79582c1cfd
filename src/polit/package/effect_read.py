"""The report of effect of a package: its media, and what its own and later matches settle."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from heapq import merge
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from polit.base.errors import PackageDamaged
from polit.match.effect import Report, effect_of
from polit.match.matcher import Verdict, verdict
from polit.model.matching import Match
from polit.package.database import open_reader
from polit.package.match_rows import read_matches
from polit.package.media_read import count_unread, read_stackables
from polit.package.seal import read_manifest
from polit.package.supplement import open_supplement, supplement_folder, supplement_numbers

_CONTENT = attrgetter("content_sha256")


def read_effect(package: Path) -> Report:
    """Count what was settled and grouped in a sealed package, and what is left to view.

    Raises:
        PackageDamaged: A supplement does not hold, or belongs to another package.
    """
    verdicts = _verdicts(package)
    with closing(open_reader(package)) as connection:
        return effect_of(read_stackables(connection), verdicts, unread=count_unread(connection))


def _verdicts(package: Path) -> dict[bytes, Verdict]:
    """Return what follows of each content that matches; equal verdicts are one object."""
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
        for number in supplement_numbers(package):
            supplement = opened.enter_context(open_supplement(supplement_folder(package, number)))
            if supplement.manifest.package_rows_sha256 != manifest.rows_sha256:
                raise PackageDamaged(f"supplement {number} belongs to another package")
            parts.append(supplement.matches())
        yield merge(*parts, key=_CONTENT)
