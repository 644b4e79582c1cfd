"""Makes supplements of made packages by hand, through the same writer that matching uses."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import made_packages as made

from polit.model.manifest import Host
from polit.model.matching import HashSetFacts, Match, MatchTerms, SetStatus
from polit.model.supplement import SupplementManifest
from polit.package.database import open_reader
from polit.package.supplement_write import SupplementTerms, draft_supplement
from polit.store.keys import Keys

PICTURE = made.digests(b"picture").sha256
TEXT = made.digests(b"text").sha256
BROKEN = made.digests(b"broken").sha256
ALERTING = HashSetFacts(
    "aa" * 32, "sought", SetStatus.ALERT, "", "tester", "", "1", "plain", "bb" * 32, 9, {"md5": 9}
)
GOOD = HashSetFacts(
    "cc" * 32, "dull", SetStatus.KNOWN_GOOD, "", "tester", "", "1", "nsrl", "dd" * 32, 9,
    {"sha256": 9},
)  # fmt: skip


def alert(sha256: bytes = PICTURE, *, algorithm: str = "md5", distance_bits: int = 0) -> Match:
    """Return that a content is, or by ``pdq`` resembles, what is sought."""
    is_near = algorithm == "pdq"
    return Match(
        sha256, ALERTING.sha256, 3, algorithm, "full" if is_near else "", distance_bits,
        31 if is_near else 0, "alert", True, False,
    )  # fmt: skip


def good(sha256: bytes = TEXT) -> Match:
    """Return that a content is known good."""
    return Match(sha256, GOOD.sha256, 1, "sha256", "", 0, 0, "known-good", False, True)


def terms(*sets: HashSetFacts, all_sets: bool = True) -> SupplementTerms:
    """Return terms of matching with some sets, as if these were all that are enabled."""
    ordered = tuple(sorted(sets, key=lambda one: one.sha256))
    host = Host("desk", "Linux 6", "x86_64", "system clock")
    return SupplementTerms("tester", host, {"polit": "1"}, MatchTerms(), "", ordered, all_sets)


def add(
    package: made.MadePackage,
    matches: Sequence[Match],
    *,
    sets: Sequence[HashSetFacts] = (ALERTING, GOOD),
    folder: Path | None = None,
    all_sets: bool = True,
    keys: Keys | None = None,
) -> SupplementManifest:
    """Seal the next supplement of a package, with the package's keys unless others are given."""
    place = folder or package.folder
    with (
        closing(open_reader(place)) as findings,
        draft_supplement(place, package.manifest, terms(*sets, all_sets=all_sets)) as draft,
    ):
        draft.add(matches)
        signing = (keys or package.keys).signing
        return draft.seal(findings, signing, package_verified=True)
