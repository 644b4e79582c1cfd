"""The worker's loop: a few threads that each run one task at a time, and one that says so.

It ends when it is told to, after the tasks that run; what it has to leave behind is taken up by
the next worker. A broad catch records what a task raises and goes on (STYLE 18).
"""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import date

from django.db import DatabaseError, close_old_connections, connection
from django.utils.timezone import localtime
from django_tasks_db.models import DBTaskResult

from polit.base import faults
from polit.base.clock import now_utc
from polit.web.tasks.rules import BEAT_S, Again, Part, daily_round_on
from polit.web.tasks.services import (
    Claimed,
    beat,
    daily_round_begin,
    lease_renew,
    task_claim,
    task_fail,
    task_finish,
)

_IDLE_S = 1.0
_TROUBLE_S = 5.0
_log = logging.getLogger("polit.worker")

Daily = Mapping[str, Callable[[date], object]]


class Worker:
    """Runs tasks until it is told to stop."""

    def __init__(
        self,
        worker_id: str,
        *,
        threads: int,
        daily: Daily,
        sweep: Callable[[], object] = lambda: None,
    ) -> None:
        """Take what identifies it and what it does.

        Args:
            worker_id: Unique to the process.
            threads: How many tasks run at a time.
            daily: What is asked for once a day.
            sweep: What is done at each beat, for what a task that was given up left behind.
        """
        self._worker_id = worker_id
        self._threads = threads
        self._daily = daily
        self._sweep = sweep
        self._stop = threading.Event()

    def stop(self) -> None:
        """Ask it to end after what it runs; a signal handler may."""
        self._stop.set()

    def run(self) -> None:
        """Run tasks in threads until ``stop``; return when the last one ended."""
        lanes = [
            threading.Thread(target=self._lane, name=f"lane-{n}") for n in range(self._threads)
        ]
        for lane in lanes:
            lane.start()
        while not self._stop.is_set():
            self._guarded(self._live)
            self._stop.wait(BEAT_S)
        while any(lane.is_alive() for lane in lanes):
            self._guarded(self._live)
            for lane in lanes:
                lane.join(BEAT_S / len(lanes))

    def run_due(self) -> int:
        """Run what is due, one after the other; return how many tasks that was."""
        self._live()
        count = 0
        while not self._stop.is_set() and self._run_next():
            count += 1
        return count

    def _lane(self) -> None:
        try:
            while not self._stop.is_set():
                if not self._guarded(self._run_next):
                    self._stop.wait(_IDLE_S)
        finally:
            connection.close()

    def _guarded(self, step: Callable[[], bool]) -> bool:
        """Take a step; a database that is away for a while ends nothing."""
        try:
            close_old_connections()
            return step()
        except DatabaseError as error:
            _log.warning("the database does not answer: %s", type(error).__name__)
            connection.close()
            self._stop.wait(_TROUBLE_S)
            return False

    def _live(self) -> bool:
        """Say that this worker lives and holds what it holds; ask for the daily round."""
        beat(Part.WORKER)
        lease_renew(self._worker_id)
        on = daily_round_on(localtime(now_utc()))
        for name, ask in self._daily.items():
            if daily_round_begin(name, on):
                ask(on)
        self._sweep()
        return True

    def _run_next(self) -> bool:
        claimed = task_claim(self._worker_id)
        if claimed is None:
            return False
        faults.reach("worker.claimed")
        ended = _run(claimed)
        faults.reach("worker.ran")
        if isinstance(ended, Exception):
            task_fail(claimed, self._worker_id, ended)
        else:
            task_finish(claimed, self._worker_id, again=ended)
        return True


def _run(claimed: Claimed) -> Exception | Again | None:
    try:
        row = DBTaskResult.objects.get(id=claimed.task_id)
        given = row.task.call(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])
    except Exception as error:  # noqa: BLE001 - whatever a task raises is noted with the task
        _log.exception("task %s failed, attempt %d", claimed.task_id, claimed.attempts)
        return error
    return given if isinstance(given, Again) else None
