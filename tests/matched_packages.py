"""Makes packages with hash sets and matches by hand, as an examination or a supplement has them."""

import hashlib
from dataclasses import replace

from made_packages import digests

from polit.model.matching import HashSetFacts, Match, SetStatus

PICTURE, TEXT, BROKEN = (digests(data).sha256 for data in (b"picture", b"text", b"broken"))
"""The contents of ``made_packages.sealed``, which the first two of its names share."""


def set_facts(name: str, status: SetStatus, **changes: object) -> HashSetFacts:
    """Return a hash set of benign files that nobody has."""
    facts = HashSetFacts(
        hashlib.sha256(name.encode()).hexdigest(), name, status, "", "A provider", "", "1",
        "plain", hashlib.sha256(b"file").hexdigest(), 3, {"sha256": 3},
    )  # fmt: skip
    return replace(facts, **changes)  # type: ignore[arg-type]


ALERTING = set_facts("Alerting set", SetStatus.ALERT)
GOOD = set_facts("Good files", SetStatus.KNOWN_GOOD)
GRADED = set_facts("Graded files", SetStatus.CATEGORISED, scheme="uk-2014/1")
SETS = (ALERTING, GOOD, GRADED)


def exact(content: bytes, facts: HashSetFacts, **changes: object) -> Match:
    """Return a match by SHA-256, as the matcher makes it for a set of this status."""
    asserted = {SetStatus.CATEGORISED: "uk-2014/1/B"}.get(facts.status, facts.status.value)
    is_alert = facts.status is SetStatus.ALERT
    made = Match(content, facts.sha256, 1, "sha256", "", 0, 0, asserted, is_alert, not is_alert)
    return replace(made, **changes)  # type: ignore[arg-type]


def near(content: bytes, facts: HashSetFacts, distance_bits: int = 12, **changes: object) -> Match:
    """Return a match by likeness."""
    made = exact(
        content, facts, algorithm="pdq", variant="full", distance_bits=distance_bits,
        threshold_bits=31, settles=False,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]
