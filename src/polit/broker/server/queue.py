"""A queue in the ledger and the one thread that works on it; examinations and errands have one.

A ledger that cannot be written for a while (a full disk) ends nothing: it is waited for.
"""

import sqlite3
import threading
from collections.abc import Callable
from functools import partial
from typing import Generic, Protocol, TypeVar

from polit.base.errors import PolitError
from polit.broker.server.log import log

_LEDGER_AGAIN_S = 5.0
"""A full disk is waited for: the queue goes on once the ledger can be written again."""

Job = TypeVar("Job")


class Work(Protocol[Job]):
    """What a queue does: taking what is due, doing it, and keeping that it broke."""

    def take(self) -> Job | None:
        """Take what was queued first, and call it running; ``None`` where nothing is queued."""

    def run(self, job: Job) -> None:
        """Do it, and keep how it ended."""

    def broke(self, job: Job, number: int, message: str) -> None:
        """Keep that doing it raised; may be called again until it could be kept."""


class Stoppable(Protocol):
    """A process at work."""

    def stop(self) -> None:
        """Ask it to end; safe from other threads."""


class OneAtATime(Generic[Job]):
    """The thread that works on a queue, one job after the other."""

    def __init__(self, name: str, work: Work[Job]) -> None:
        """Take what names it in the log, and what it does."""
        self._name, self._work = name, work
        self._changed = threading.Condition()
        self._session: tuple[str, Stoppable] | None = None
        self._ends = False
        # One that lives as long as the broker: a session ends with the thread that started it.
        self._thread = threading.Thread(target=self._loop, name=name, daemon=True)

    @property
    def held(self) -> threading.Condition:
        """What is held while the state of a job changes."""
        return self._changed

    @property
    def ends(self) -> bool:
        """Whether the broker ends."""
        return self._ends

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def close(self) -> None:
        """Stop what runs; what is queued stays queued."""
        with self._changed:
            self._ends = True
            self._changed.notify_all()
            if self._session is not None:
                self._session[1].stop()
        if self._thread.is_alive():
            self._thread.join()

    def wake(self) -> None:
        """Say that something was queued."""
        with self._changed:
            self._changed.notify_all()

    def stop(self, job_id: str) -> None:
        """Stop a job if it is the one that runs."""
        with self._changed:
            if self._session is not None and self._session[0] == job_id:
                self._session[1].stop()

    def began(self, job_id: str, session: Stoppable, *, stopping: bool) -> None:
        """Say what runs, so that it can be stopped; it is at once where that was asked before."""
        with self._changed:
            self._session = (job_id, session)
            if self._ends or stopping:
                session.stop()

    def ended(self) -> None:
        """Say that nothing runs any more."""
        with self._changed:
            self._session = None

    def _loop(self) -> None:
        while True:
            job = self._next()
            if job is None:
                return
            try:
                self._work.run(job)
            except Exception as error:  # noqa: BLE001 - the loop goes on with the next job
                number = error.number if isinstance(error, PolitError) else PolitError.number
                message = str(error) if isinstance(error, PolitError) else "the broker failed at it"
                log(f"{self._name}.broken", error=number)
                self._keep(partial(self._work.broke, job, number, message))

    def _next(self) -> Job | None:
        """Wait for the next job; ``None`` at the end of the broker."""
        with self._changed:
            while not self._ends:
                try:
                    job = self._work.take()
                except sqlite3.Error:
                    log(f"{self._name}.ledger_fails")
                    self._changed.wait(_LEDGER_AGAIN_S)
                    continue
                if job is not None:
                    return job
                self._changed.wait()
        return None

    def _keep(self, write: Callable[[], None]) -> None:
        """Keep how a job ended; a broker that ends before it can, finds the job as it left it."""
        while not self._ends:
            try:
                write()
            except sqlite3.Error:
                log(f"{self._name}.ledger_fails")
                with self._changed:
                    self._changed.wait(_LEDGER_AGAIN_S)
            else:
                return
