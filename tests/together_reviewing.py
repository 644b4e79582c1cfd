"""Many reviewers on one case at the same time, while web and broker are killed: nothing is lost.

Each takes pages of what is pending, fetches tiles, uncovers the page and decides. What was
acknowledged must stand; what was under way when a part died stands whole or not at all.
"""

import http.client
import os
import random
import signal
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

from demo_case import HARMLESS
from demo_record import DemoCase
from review_client import Order, Refused, Reviewer

_KILLED = ("polit.web.site.server", "polit.__main__ broker")
_KINDS = ("grade", "flag", "note", "second", "settle", "accept")
_AT_ONCE = 24
_THINK_S = (0.4, 1.6)


@dataclass(slots=True)
class Work:
    """What all reviewers together did; guarded by its lock."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    acknowledged: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    batches: set[str] = field(default_factory=set)
    lost: Counter[str] = field(default_factory=Counter)
    items: int = 0


def review_together(demo: DemoCase, *, seconds: float, kills: int, seed: int) -> dict[str, object]:
    """Let all reviewers of a case work for so long, kill parts meanwhile, check what is held."""
    work, until_s = Work(), time.monotonic() + seconds
    threads = [
        threading.Thread(target=_work, args=(demo, each, work, until_s, random.Random(seed + turn)))
        for turn, each in enumerate(demo.reviewers)
    ]
    threads.append(threading.Thread(target=_kill, args=(demo, seconds, kills)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    demo.served.wait_until_well()
    held = demo.held()
    check_nothing_lost(work, held)
    return {
        "reviewers": len(demo.reviewers), "seconds": seconds, "kills": kills,
        "decisions": work.items, "acknowledged": dict(work.acknowledged),
        "under_way_when_killed": sum(work.unknown.values()), "not_answered": dict(work.lost),
        "p95_ms": {name: _p95_ms(demo, name) for name in ("decide", "tiles", "order",
                                                          "unveil page")},
        "held": {name: value for name, value in held.items() if name != "batch_ids"},
    }  # fmt: skip


def check_nothing_lost(work: Work, held: dict[str, object]) -> None:
    """Compare what reviewers were told with what the record holds."""
    events, batches = held["events"], held["batch_ids"]
    assert isinstance(events, dict)
    assert isinstance(batches, list)
    assert work.batches <= set(batches), "a decision that was acknowledged is gone"
    assert len(batches) - len(work.batches) <= work.unknown["decide"]
    decisions = int(str(held["decisions"]))
    assert work.items <= decisions <= work.items + _AT_ONCE * work.unknown["decide"]
    assert decisions == sum(events.get(f"grading.{kind}", 0) for kind in _KINDS)
    pages, shown = work.acknowledged["page"], events.get("pictures.page", 0)
    assert pages <= shown <= pages + work.unknown["page"], (pages, shown)
    assert held["in_log"] == held["all_events"]


def _work(
    demo: DemoCase, officer: Reviewer, work: Work, until_s: float, rng: random.Random
) -> None:
    has_begun = False
    while time.monotonic() < until_s:
        time.sleep(rng.uniform(*_THINK_S))
        try:
            if not has_begun:
                officer.begin()
                has_begun = True
            _turn(demo, officer, work, rng)
        except (OSError, http.client.HTTPException, Refused) as error:
            officer.close()
            with work.lock:
                work.lost[str(error) if isinstance(error, Refused) else type(error).__name__] += 1
    officer.close()


def _turn(demo: DemoCase, officer: Reviewer, work: Work, rng: random.Random) -> None:
    places = _chosen(officer.order(queue="pending"), rng)
    if not places:
        return
    officer.tiles(places)
    with _counted(work, "page"):
        officer.unveil("page", places, "grey160")
    code = demo.truth[places[0]].code
    same = [place for place in places if demo.truth[place].code == code]
    rung = "grey160" if code == HARMLESS else "full_grey"
    with _counted(work, "decide"):
        answer = officer.decide(same, code, rung=rung, batch_seen=True)
    with work.lock:
        work.batches.add(str(answer["decision"]))
        work.items += len(answer["items"])  # type: ignore[arg-type]  # a list


class _counted:  # noqa: N801 - it is used as a function
    """Count an act as unknown until its answer is there."""

    def __init__(self, work: Work, action: str) -> None:
        self._work, self._action = work, action

    def __enter__(self) -> None:
        with self._work.lock:
            self._work.unknown[self._action] += 1

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with self._work.lock:
            if kind is None:
                self._work.unknown[self._action] -= 1
                self._work.acknowledged[self._action] += 1


def _chosen(order: Order, rng: random.Random) -> list[int]:
    places: list[int] = order.places.tolist()
    at = rng.randrange(max(1, len(places) - _AT_ONCE))
    return places[at : at + _AT_ONCE]


def _kill(demo: DemoCase, seconds: float, kills: int) -> None:
    for number in range(kills):
        time.sleep(seconds / (kills + 1))
        for pid in demo.served.pids(_KILLED[number % len(_KILLED)]):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _p95_ms(demo: DemoCase, name: str) -> float:
    took = sorted(each for officer in demo.reviewers for each in officer.took_s[name])
    return round(1000 * took[len(took) * 95 // 100], 1) if took else 0.0
