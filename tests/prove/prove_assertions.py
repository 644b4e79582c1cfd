"""Judge deleted file recovery and carving by the numbers of public requirements and test images."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path

from evidence import assertions

NAME = "assertions"
FULL_COUNT = len(assertions.SYSTEMS)
CORPORA = Path(__file__).resolve().parents[2].parent / "shared" / "corpora"
EXPECTED_TO_FAIL = frozenset({"DFR-CR-04", "DFR-RO-05", "DFR-RO-08", "DFTT 6"})
"""What polit does otherwise on purpose, or no tool can; the table says so."""
KNOWN_WEAKNESSES = frozenset(
    {
        "carving: fragmented, noise between",
        "carving: fragmented, three pieces",
        "carving: fragmented, out of order",
        "carving: braided",
        "carving: end overwritten",
        "polit-03",
    }
)
"""What carving does not do, or only for some pictures; the table says so."""


def prove(count: int, scratch: Path) -> dict[str, object]:
    """Judge ``count`` file systems and Carrier's images; only what is known may fail."""
    verdicts = assertions.judged_requirements(assertions.SYSTEMS[:count])
    if CORPORA.is_dir():
        verdicts += assertions.judged_images(CORPORA, scratch)
    verdicts += assertions.unmet()
    if count == FULL_COUNT:
        verdicts += assertions.judged_carving(scratch)
    failed = [one for one in verdicts if one.verdict == assertions.FAIL]
    unknown = [one for one in failed if one.assertion not in EXPECTED_TO_FAIL | KNOWN_WEAKNESSES]
    assert not unknown, "\n".join(f"{one.assertion} {one.case}: {one.detail}" for one in unknown)
    return {
        "verdicts": [asdict(one) for one in verdicts],
        "counts": dict(sorted(Counter(one.verdict for one in verdicts).items())),
    }
