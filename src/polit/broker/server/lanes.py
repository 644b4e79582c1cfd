"""Lanes that decode: threads, each with a zygote of its own, so that one picture holds up one lane.

A zygote ends with the thread that started it: hence threads that live as long as the broker, and
not one for each connection. The first lane runs the self-test of the sandbox before any lane takes
work. What a lane is given runs to its end; the sandbox bounds how long that is.
"""

import contextlib
import queue
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from polit.base.clock import monotonic_s
from polit.base.errors import BrokerRefused, IsolationTooWeak, PolitError, SandboxError
from polit.broker.protocol import Code
from polit.broker.server.log import log
from polit.run.rendering import Renderer
from polit.sandbox.isolate import Role, Zygote, start_zygote
from polit.sandbox.selftest import run_selftest

_WAITING_FOR_EACH = 8
_FULL = "full"
_UNKNOWN = "unknown"
_START_LIMIT_S = 120.0
_CLOSE_LIMIT_S = 20.0

Result = TypeVar("Result")


@dataclass(slots=True)
class _Work(Generic[Result]):
    """Something for a lane to do, and what came of it."""

    do: Callable[[Renderer], Result]
    done: threading.Event = field(default_factory=threading.Event)
    results: list[Result] = field(default_factory=list)
    error: Exception | None = None


class DecodingLanes:
    """A fixed number of lanes and what waits for them; safe for threads."""

    def __init__(self, count: int, *, accept_reduced_isolation: bool) -> None:
        """Take how many; ``start`` starts them."""
        self._count = count
        self._accepts = accept_reduced_isolation
        self._queue: queue.Queue[_Work[object] | None] = queue.Queue(count * _WAITING_FOR_EACH)
        self._threads: list[threading.Thread] = []
        self._tested = threading.Event()
        self._level = _UNKNOWN

    def start(self) -> None:
        """Start the lanes; they warm up while the caller goes on."""
        for number in range(self._count):
            thread = threading.Thread(
                target=self._serve, args=(number,), name=f"lane-{number}", daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def close(self) -> None:
        """Refuse what waits, let each lane end what it does for a while, and end them."""
        with contextlib.suppress(queue.Empty):
            while True:
                waiting = self._queue.get_nowait()
                if waiting is not None:
                    waiting.error = BrokerRefused(Code.BUSY, "the broker ends: ask again")
                    waiting.done.set()
        for _ in self._threads:
            self._queue.put(None)
        deadline_s = monotonic_s() + _CLOSE_LIMIT_S
        for thread in self._threads:
            # One that does not end takes its zygote along when the process ends.
            thread.join(max(0.0, deadline_s - monotonic_s()))

    def level(self) -> str:
        """Return the isolation level; waits for the self-test."""
        self._tested.wait(_START_LIMIT_S)
        return self._level

    def check_isolation(self) -> None:
        """Refuse to decode where the sandbox holds less than fully, and that was not accepted.

        Raises:
            IsolationTooWeak: So it is.
        """
        level = self.level()
        if level != _FULL and not self._accepts:
            raise IsolationTooWeak(
                f"the sandbox reaches level {level!r} here: run the broker where it holds fully, "
                "or start it with --accept-reduced-isolation"
            )

    def check_room(self) -> None:
        """Refuse when too many pictures wait already: what is asked then is not begun.

        Raises:
            BrokerRefused: ``busy``.
        """
        if self._queue.full():
            raise BrokerRefused(Code.BUSY, "too many pictures wait to be decoded: ask again")

    def run(self, do: Callable[[Renderer], Result]) -> Result:
        """Do something with a lane's renderer; return or raise what comes of it.

        Raises:
            BrokerRefused: ``busy``: too much waits already.
        """
        work = _Work(do)
        try:
            self._queue.put_nowait(work)  # type: ignore[arg-type]  # results are appended only
        except queue.Full as error:
            raise BrokerRefused(
                Code.BUSY, "too many pictures wait to be decoded: ask again"
            ) from error
        work.done.wait()
        if work.error is not None:
            raise work.error
        return work.results[0]

    def _serve(self, number: int) -> None:
        """Live as long as the broker; a zygote that is lost is replaced."""
        while True:
            try:
                with closing(start_zygote(Role.DECODER)) as zygote:
                    self._test(zygote, number)
                    if self._work_with(zygote):
                        return
            except Exception as error:  # noqa: BLE001 - a lane's loop: its askers must get an answer
                known = error.number if isinstance(error, PolitError) else PolitError.number
                log("lane.lost", lane=number, error=known, kind=type(error).__name__)
                if not self._refuse_next():
                    return

    def _test(self, zygote: Zygote, number: int) -> None:
        if number == 0 and not self._tested.is_set():
            try:
                self._level = run_selftest(zygote).level
            finally:
                self._tested.set()
            log("isolation.tested", level=self._level)
        self._tested.wait(_START_LIMIT_S)

    def _work_with(self, zygote: Zygote) -> bool:
        """Work until the end, or until the zygote is lost; tell which."""
        with closing(Renderer(zygote)) as renderer:
            while (work := self._queue.get()) is not None:
                try:
                    work.results.append(work.do(renderer))
                except Exception as error:  # noqa: BLE001 - a lane's loop: the asker gets it
                    work.error = error
                finally:
                    work.done.set()
                if isinstance(work.error, SandboxError):
                    return False
        return True

    def _refuse_next(self) -> bool:
        """Refuse one piece of work, while no zygote comes up; tell whether to go on."""
        work = self._queue.get()
        if work is None:
            return False
        work.error = SandboxError("no decoder can be started: see 'polit doctor'")
        work.done.set()
        return True
