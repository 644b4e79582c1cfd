"""Alerts are announced as they grow: at once, then together, and never with a name."""

import pytest

from polit.examine import announcing
from polit.examine.announcing import Announcer
from polit.examine.matching import Alerts
from polit.examine.progress import Progress


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(announcing, "monotonic_s", made)
    return made


@pytest.mark.parametrize(("alerts", "text"), [
    (Alerts(), ""),
    (Alerts(exact=1, categorised=1),
     "ALERT: 1 content matches hash sets (1 of them categorised)"),
    (Alerts(exact=3, categorised=2, near=2),
     "ALERT: 3 contents match hash sets (2 of them categorised), 2 more resemble what they hold"),
    (Alerts(near=1), "ALERT: 1 content resembles what hash sets hold"),
    (Alerts(near=4), "ALERT: 4 contents resemble what hash sets hold"),
])  # fmt: skip
def test_the_announcement_says_how_many_and_no_more(alerts: Alerts, text: str) -> None:
    assert alerts.text() == text


def test_the_first_alert_is_announced_at_once_and_the_next_ones_together(clock: Clock) -> None:
    said: list[str] = []
    announcer, progress = Announcer(lambda _, text: said.append(text)), Progress()

    for exact in (0, 1, 2, 3):
        progress.alerts.exact = exact
        announcer.look(progress)
    clock.now_s += 10
    announcer.look(progress)
    announcer.look(progress)

    assert [text.split()[1] for text in said] == ["1", "3"]


def test_the_last_word_is_not_lost(clock: Clock) -> None:
    said: list[str] = []
    announcer, progress = Announcer(lambda _, text: said.append(text)), Progress()
    progress.alerts.exact = 1
    announcer.look(progress)
    progress.alerts.near = 1
    announcer.look(progress)

    announcer.look(progress, is_last=True)
    announcer.look(progress, is_last=True)

    assert len(said) == 2
    assert clock.now_s == 100
