"""Keeps processes of polit running: starts them, starts again what dies, stops them in order.

Used by ``polit serve`` and ``polit worker``. A part that dies is started again after a pause
that doubles with each death in a row, so that one which cannot start does not eat the machine.
"""

import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from polit.base.clock import monotonic_s, sleep_s
from polit.sandbox.services import Service, start_service

_POLL_S = 0.25
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0
_STEADY_S = 60.0
"""A part that lived for so long starts with the shortest pause again."""
_HOPELESS = 4
"""So many deaths in a row of an essential part end everything: it cannot start."""


@dataclass(frozen=True, slots=True)
class Part:
    """A process to keep running.

    Args:
        name: What people call it.
        module: The module of polit it runs.
        arguments: Its arguments; never secret.
        is_essential: Whether everything ends where it cannot be started.
    """

    name: str
    module: str
    arguments: tuple[str, ...] = ()
    is_essential: bool = False


@dataclass(slots=True)
class _Kept:
    part: Part
    service: Service | None = None
    started_s: float = 0.0
    due_s: float = 0.0
    deaths: int = 0


Start = Callable[..., Service]


@dataclass(slots=True)
class Supervisor:
    """Keeps parts running until told to stop.

    Args:
        parts: In the order in which they are started; they are stopped in the reverse one.
        environment: The whole environment of each.
        say: Tells a line to whoever watches.
        start: Starts a module; tests give another.
    """

    parts: Sequence[Part]
    environment: Mapping[str, str]
    say: Callable[[str], None]
    start: Start = start_service
    _kept: list[_Kept] = field(default_factory=list)
    _asked_to_stop: bool = False

    def run(self, on_start: Callable[[], bool] | None = None) -> bool:
        """Start all parts and keep them running until ``stop``, then stop them.

        Args:
            on_start: Called again and again after the start, until it returns true: such as
                one that tells the address when it answers.

        Returns:
            Whether they were stopped on purpose; false where an essential one cannot start.
        """
        self._kept = [_Kept(part) for part in self.parts]
        try:
            while not self._asked_to_stop:
                if not self._keep_all():
                    return False
                if on_start is not None and on_start():
                    on_start = None
                sleep_s(_POLL_S)
        finally:
            self._stop_all()
        return True

    def stop(self) -> None:
        """Ask it to end; a signal handler may."""
        self._asked_to_stop = True

    def stop_on_signals(self) -> None:
        """End cleanly on SIGTERM and SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop())

    def pids(self) -> dict[str, int]:
        """Return the process numbers of the parts that run, by name."""
        return {kept.part.name: kept.service.pid for kept in self._kept if kept.service}

    def _keep_all(self) -> bool:
        """Look after every part; tell whether there is hope for all of them."""
        hopes = [self._keep(kept) for kept in self._kept]
        return all(hopes)

    def _keep(self, kept: _Kept) -> bool:
        """Start a part that is due, notice one that died; tell whether there is hope."""
        now_s = monotonic_s()
        if kept.service is None:
            return now_s < kept.due_s or self._start(kept, now_s)
        code = kept.service.poll()
        if code is None:
            return True
        kept.service.stop()  # what it left in its process group ends too
        kept.service = None
        return self._pause(kept, now_s, _fate(code))

    def _start(self, kept: _Kept, now_s: float) -> bool:
        """Start a part; a machine that has no room for it now is no end of the others."""
        kept.started_s = now_s
        try:
            kept.service = self.start(kept.part.module, kept.part.arguments, env=self.environment)
        except OSError as error:
            return self._pause(kept, now_s, f"not started: {error.strerror}")
        return True

    def _pause(self, kept: _Kept, now_s: float, fate: str) -> bool:
        """Say when a part that ended is started again; tell whether there is hope."""
        kept.deaths = 1 if now_s - kept.started_s > _STEADY_S else kept.deaths + 1
        pause_s = min(_FIRST_PAUSE_S * 2 ** (kept.deaths - 1), _LONGEST_PAUSE_S)
        kept.due_s = now_s + pause_s
        if kept.part.is_essential and kept.deaths >= _HOPELESS:
            self.say(f"the {kept.part.name} ended ({fate}) each time it was started")
            return False
        self.say(f"the {kept.part.name} ended ({fate}); it is started again in {pause_s:g} s")
        return True

    def _stop_all(self) -> None:
        for kept in reversed(self._kept):
            if kept.service is not None:
                kept.service.stop(number=signal.SIGTERM)
                kept.service = None


def _fate(code: int) -> str:
    return f"exit {code}" if code >= 0 else signal.Signals(-code).name
