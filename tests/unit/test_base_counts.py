"""How far a command is: told once a second, a new phase at once, and to nobody by default."""

from collections.abc import Iterator

import pytest

from polit.base.counts import listen_for_counts, tell_counts

Told = list[tuple[str, int, int]]


@pytest.fixture
def told() -> Iterator[Told]:
    told: Told = []
    listen_for_counts(lambda phase, done, total: told.append((phase, done, total)))
    yield told
    listen_for_counts(None)


def test_counts_are_told_once_a_second_and_a_new_phase_at_once(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 100.0
    monkeypatch.setattr("polit.base.counts.monotonic_s", lambda: now_s)
    tell_counts("reading", 1, 9)
    tell_counts("reading", 2, 9)
    tell_counts("sorting", 0)
    now_s += 1.5
    tell_counts("sorting", 5)
    assert told == [("reading", 1, 9), ("sorting", 0, 0), ("sorting", 5, 0)]


def test_nobody_listens_unless_asked(told: Told) -> None:
    listen_for_counts(None)
    tell_counts("reading", 1)
    assert told == []
