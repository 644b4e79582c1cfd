"""The small form of the proof: random tampering, judged by the one-file verifier alone."""

import random
from pathlib import Path

import audited_logs
import pytest
from audit_judging import Court, Judged
from audit_tampering import WAYS

COUNT = 2_000


@pytest.fixture
def court(data: Path, tmp_path: Path) -> Court:
    """Return a court over exports of one log; the stranger is an older one of the same."""
    place = data / "log"
    audited_logs.make_installation(place, 7, events=60)
    (tmp_path / "stranger").symlink_to(place, target_is_directory=True)
    return Court(place, tmp_path / "stranger", tmp_path, data / "signer" / "key.pem")


def test_every_tampering_before_the_tail_is_found(court: Court) -> None:
    judged = Judged()
    for seed in range(COUNT):
        court.judge(seed, judged, by_command=False)
    assert judged.missed == []
    assert judged.found + judged.in_tail == COUNT
    assert judged.in_tail < COUNT // 20
    assert set(judged.ways) == set(WAYS)


def test_court_counts_what_a_command_says(court: Court) -> None:
    judged = Judged()
    court.judge(random.Random(3).randrange(100), judged, by_command=True)
    assert judged.by_command == 1
    assert judged.missed == []
