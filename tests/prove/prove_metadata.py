"""What polit reads of EXIF and XMP against exiftool, over the corpora's pictures.

Fields where both say the same, where both say nothing, and where they differ, each with its
file and reason. Runs where the public corpora are beside the project.
"""

import subprocess
from collections import Counter
from pathlib import Path

from exif_truth import FIELDS, FOLDERS, REASONS, compare

NAME = "metadata"
FULL_COUNT = 8
"""The fields that are compared."""

_CORPORA = Path(__file__).resolve().parents[3] / "shared" / "corpora"
_OUTCOMES = ("agree", "absent in both", "differ")


def prove(count: int, _scratch: Path) -> dict[str, object]:
    """Compare the first ``count`` fields of every picture.

    Returns:
        A table of counts per field, and each difference by file.

    Raises:
        AssertionError: A difference has no reason, or the corpora are absent.
    """
    if not _CORPORA.is_dir():
        raise AssertionError("the public corpora are not beside the project")
    fields = FIELDS[:count]
    compared, unopened = compare(_CORPORA)
    compared = [one for one in compared if one.field in fields]
    counts = Counter((one.field, one.outcome) for one in compared)
    differing = [one for one in compared if one.outcome == "differ"]
    unexplained = [one for one in differing if (one.name, one.field) not in REASONS]
    if unexplained:
        raise AssertionError(f"{len(unexplained)} differences without a reason: {unexplained[:3]}")
    version = subprocess.run(["exiftool", "-ver"], capture_output=True, text=True, check=True)
    return {
        "oracle": f"exiftool {version.stdout.strip()}",
        "folders": list(FOLDERS),
        "pictures": len({one.name for one in compared}),
        "not_opened_by_pillow": unopened,
        "fields": {
            field: {outcome: counts[field, outcome] for outcome in _OUTCOMES} for field in fields
        },
        "differences": [
            {
                "file": one.name,
                "field": one.field,
                "polit": one.ours,
                "exiftool": one.theirs,
                "reason": REASONS[one.name, one.field],
            }
            for one in differing
        ],
    }
