"""Kills the parts of a served record at random moments under load; nothing may be lost.

What a browser was told is done is there, with its audit row; what was under way when the server
died is there whole or not at all; every task that was asked for is done in the end; and the
audit's log has taken in every event.
"""

import os
import random
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

from load_officers import Load, ask_for_tasks, make_officers, record_held, work_together
from served_record import Served, served

_PARTS = (
    "polit.__main__ broker",
    "polit.__main__ signer",
    "polit.web.site.worker",
    "polit.web.site.server",
)
_USERS = 6
_THINK_S = 0.3
_BETWEEN_S = 3.0
_TASKS_A_KILL = 3
_SETTLED_S = 120.0


def kill_under_load(count: int, place: Path, *, seed: int, **environment: str) -> dict[str, object]:
    """Kill ``count`` times, each part in turn, and check that nothing was lost.

    Args:
        count: How often.
        place: A folder for the data directory.
        seed: Of the moments and of what officers do.
        environment: More of the environment, such as ``POLIT_DATABASE``.
    """
    with served(place / "data", **environment) as record:
        record.wait_until_well()
        load = Load()
        officers = make_officers(record, load, users=_USERS, seed=seed)
        ask_for_tasks(record, _TASKS_A_KILL * count)
        killer = threading.Thread(target=_kill, args=(record, count, random.Random(seed)))
        killer.start()
        seconds = _BETWEEN_S * count + 2 * _BETWEEN_S
        work_together(officers, seconds=seconds, think_s=_THINK_S)
        killer.join()
        record.wait_until_well()
        held = _settled(record, _TASKS_A_KILL * count)
        check_nothing_lost(load, held)
        return {
            "kills": count,
            "acts_acknowledged": sum(load.expected.values()),
            "under_way_when_killed": sum(load.unknown.values()),
            "notes": len(load.notes),
            "tasks_done": _TASKS_A_KILL * count,
            "tasks_run": held["prunes"],
        }


def check_nothing_lost(load: Load, held: dict[str, object]) -> None:
    """Compare what browsers were told with what the record holds."""
    events, notes = held["events"], held["notes"]
    assert isinstance(events, dict)
    assert isinstance(notes, list)
    assert load.notes <= set(notes), "a note that was acknowledged is gone"
    assert len(notes) == len(set(notes)), "a note is there twice"
    assert held["unaudited"] == 0
    for action in load.expected:
        least, most = load.expected[action], load.expected[action] + load.unknown[action]
        assert least <= events.get(action, 0) <= most, f"{action}: {least} to {most}"
    assert held["in_log"] == held["all_events"]


def _kill(record: Served, count: int, rng: random.Random) -> None:
    for number in range(count):
        time.sleep(_BETWEEN_S * rng.uniform(0.5, 1.5))
        victims = record.pids(_PARTS[number % len(_PARTS)])
        if victims:
            with suppress(ProcessLookupError):
                os.kill(rng.choice(victims), signal.SIGKILL)


def _settled(record: Served, tasks: int) -> dict[str, object]:
    """Wait until every task is done; return what the record holds then."""
    deadline = time.monotonic() + _SETTLED_S
    while True:
        held = record_held(record)
        statuses = held["tasks"]
        assert isinstance(statuses, dict)
        if statuses.get("SUCCESSFUL", 0) >= tasks and set(statuses) == {"SUCCESSFUL"}:
            return held
        assert time.monotonic() < deadline, f"tasks are not done: {statuses}"
        time.sleep(1)
