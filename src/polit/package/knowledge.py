"""What is known of a package's contents today, by itself and by its supplements.

Which of them count is ``polit.model.knowledge``'s to say. Imported by the rooms above.
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
from polit.model.knowledge import Saying, counting_sets
from polit.model.manifest import Manifest
from polit.model.matching import HashSetFacts, Match
from polit.package.database import UNREADABLE, open_reader
from polit.package.match_rows import read_hash_sets, read_matches
from polit.package.seal import read_manifest
from polit.package.supplement import supplement_numbers
from polit.package.supplement_verify import open_in_place

_CONTENT = attrgetter("content_sha256")


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
        except (PolitError, OSError, *UNREADABLE):
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
