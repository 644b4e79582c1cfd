"""What is known of a package's contents today, by itself and by its supplements.

A source that asked all hash sets that were enabled replaces what was said before it: a set that
was switched off since must not go on settling anything. One that asked sets by their names adds
to it, and is the latest word on those sets. The package itself is the first source. Imported by
the record too, so that both count alike.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from heapq import merge
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from polit.base.errors import PolitError
from polit.match.matcher import Verdict, verdict
from polit.model.manifest import Manifest
from polit.model.matching import HashSetFacts, Match
from polit.package.database import open_reader
from polit.package.match_rows import read_hash_sets, read_matches
from polit.package.seal import read_manifest
from polit.package.supplement import supplement_numbers
from polit.package.supplement_verify import open_in_place

_CONTENT = attrgetter("content_sha256")


@dataclass(frozen=True, slots=True)
class Saying:
    """Which hash sets a source asked.

    Args:
        sets: Their digests.
        all_sets: Whether they were all that were enabled; of the package itself it is the same.
    """

    sets: frozenset[str]
    all_sets: bool


def counting_sets(sayings: Sequence[Saying]) -> tuple[frozenset[str], ...]:
    """Return for each source the hash sets of which its word counts today.

    Args:
        sayings: The package's, then its supplements' in their order.
    """
    latest: dict[str, int] = {}
    for place, saying in enumerate(sayings):
        if saying.all_sets:
            latest.clear()
        latest.update(dict.fromkeys(saying.sets, place))
    return tuple(
        frozenset(one for one in saying.sets if latest.get(one) == place)
        for place, saying in enumerate(sayings)
    )


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the hash sets say of a package's contents today.

    Args:
        verdicts: What follows from the matches of each content that has some, by SHA-256; equal
            ones are one object.
        left_out: The numbers of supplements that do not count, because they or one before them
            do not hold or were made for another package.
    """

    verdicts: dict[bytes, Verdict]
    left_out: tuple[int, ...]

    @property
    def alerting(self) -> frozenset[bytes]:
        """The contents that alert, by a digest or a fingerprint."""
        return frozenset(
            sha256 for sha256, one in self.verdicts.items() if one.alerts_exact or one.alerts_near
        )


def read_knowledge(package: Path) -> Knowledge:
    """Read what is known of a sealed package's contents today.

    Raises:
        SourceMissing: There is no sealed package.
        PackageDamaged: Its manifest or its rows cannot be read.
    """
    manifest = read_manifest(package)
    numbers = supplement_numbers(package)
    with closing(open_reader(package)) as findings:
        sayings = [Saying(_digests(read_hash_sets(findings)), all_sets=True)]
        sayings += _sayings(package, manifest, numbers)
        kept: dict[Verdict, Verdict] = {}
        verdicts: dict[bytes, Verdict] = {}
        with _counting_matches(package, manifest, findings, counting_sets(sayings)) as matches:
            for sha256, of_it in groupby(matches, key=_CONTENT):
                said = verdict(of_it)
                verdicts[sha256] = kept.setdefault(said, said)
    return Knowledge(verdicts, numbers[len(sayings) - 1 :])


def _sayings(package: Path, manifest: Manifest, numbers: Sequence[int]) -> Iterator[Saying]:
    """Yield what the supplements asked, up to the first that does not hold."""
    for number in numbers:
        try:
            with open_in_place(package, manifest, number) as supplement:
                told = supplement.manifest
        except (PolitError, OSError, sqlite3.DatabaseError):
            return
        yield Saying(_digests(told.sets), all_sets=told.all_sets)


@contextmanager
def _counting_matches(
    package: Path,
    manifest: Manifest,
    findings: sqlite3.Connection,
    counting: Sequence[frozenset[str]],
) -> Iterator[Iterator[Match]]:
    """Give the matches that count, by content; of what counts for nothing no file is opened."""
    with ExitStack() as opened:
        parts = [_of_sets(read_matches(findings), counting[0])]
        for number, sets in enumerate(counting[1:], start=1):
            if sets:
                supplement = opened.enter_context(open_in_place(package, manifest, number))
                parts.append(_of_sets(supplement.matches(), sets))
        yield merge(*parts, key=_CONTENT)


def _of_sets(matches: Iterator[Match], sets: frozenset[str]) -> Iterator[Match]:
    return (match for match in matches if match.hash_set_sha256 in sets)


def _digests(sets: Sequence[HashSetFacts]) -> frozenset[str]:
    return frozenset(one.sha256 for one in sets)
