"""Tamper with exports of the audit log; the one-file verifier alone must find all of it."""

import os
import subprocess
import sys
from pathlib import Path

from audit_judging import Court, Judged, last_witnessed

NAME = "audit"
FULL_COUNT = 10_000
_INSTALLATIONS = 5
_COMMAND_EVERY = 25


def prove(count: int, scratch: Path) -> dict[str, object]:
    """Tamper ``count`` times with exports of several logs; every 25th is judged by a process."""
    judged, tails = Judged(), []
    stranger = _installation(scratch / "stranger", 0)
    for number in range(1, _INSTALLATIONS + 1):
        place = _installation(scratch / f"log-{number}", number)
        own_key = place / "data" / "signer" / "key.pem"
        court = Court(place, stranger, scratch, own_key)
        tails.append(_tail_events(place))
        for seed in range(number, count + 1, _INSTALLATIONS):
            court.judge(seed, judged, by_command=seed % _COMMAND_EVERY == 0)
    assert not judged.missed, judged.missed
    return {
        "tamperings": judged.found + judged.in_tail,
        "found": judged.found,
        "in_uncovered_tail_alone": judged.in_tail,
        "missed": len(judged.missed),
        "judged_by_command": judged.by_command,
        "drawn_again_because_nothing_changed": judged.undone,
        "logs": _INSTALLATIONS,
        "tail_events_where_witness_is_behind": tails,
        "ways": dict(sorted(judged.ways.items())),
    }


def _installation(place: Path, seed: int) -> Path:
    place.mkdir()
    subprocess.run(
        [sys.executable, "-m", "audit_installation", place, str(seed)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        check=True,
    )
    return place


def _tail_events(place: Path) -> int:
    return (place / "full" / "leaves.bin").stat().st_size // 32 - last_witnessed(place / "behind")
