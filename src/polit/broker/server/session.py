"""One session of a child of polit's own: started, told what to do, listened to, and stopped.

An examiner holds a package and its keys, and starts the sandboxed processes that read evidence; an
errand runs one command line. The broker takes counts from them and nothing else.
"""

import os
import select
import signal
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from polit.base import settings
from polit.base.clock import monotonic_s
from polit.sandbox.services import start_service

_AGAIN_S = 5.0
_TURN_S = 0.5
_ENDING_S = 20.0
_SECRETS = ("POLIT_DATABASE",)
"""Not passed on: no child of the broker asks the record, and it may hold a password."""

Turn = TypeVar("Turn")
Ended = TypeVar("Ended")


def environment_of_child(data: Path) -> dict[str, str]:
    """Return this process's environment for a child: its data directory named, no secrets."""
    own = settings.environment()
    return {name: own[name] for name in own if name not in _SECRETS} | {"POLIT_DATA": str(data)}


@dataclass(frozen=True, slots=True)
class Talk(Generic[Turn, Ended]):
    """How a child talks.

    Args:
        turn: A line that tells how far it is.
        ended: The line that tells how it ended, its last.
        decode: Reads a line, and raises of msgspec's errors where it is neither.
        stop_limit_s: How long it may take to stop.
        max_line_bytes: The longest line.
    """

    turn: type[Turn]
    ended: type[Ended]
    decode: Callable[[bytes], object]
    stop_limit_s: float
    max_line_bytes: int = 64 << 10


class Session(Generic[Turn, Ended]):
    """A running session; ``follow`` it from the thread that started it."""

    def __init__(
        self, module: str, told: bytes, *, env: Mapping[str, str], talk: Talk[Turn, Ended]
    ) -> None:
        """Start the process.

        Args:
            module: The module of polit that it runs.
            told: What it reads on its standard input.
            env: Its whole environment; see ``environment_of_child``.
            talk: How it talks.

        Raises:
            SandboxError: It could not be started.
        """
        self._talk = talk
        self._service = start_service(module, env=env, talks=True)
        self._stop_by_s: float | None = None
        self._asked_at_s = 0.0
        try:
            self._service.stdin.write(told)
            self._service.stdin.close()
        except BrokenPipeError:
            pass  # it ended at once: following it tells how

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._service.pid

    def stop(self) -> None:
        """Ask for a checkpoint; safe from other threads, and when asked again."""
        if self._stop_by_s is None:
            self._asked_at_s = monotonic_s()
            self._stop_by_s = self._asked_at_s + self._talk.stop_limit_s
            self._service.send_signal(signal.SIGINT)

    @property
    def how_it_ended(self) -> str:
        """How the process ended, for one that did not tell: a signal's name, or its exit code."""
        code = self._service.poll()
        return signal.Signals(-code).name if code is not None and code < 0 else f"exit {code}"

    def follow(self, tell: Callable[[Turn], None]) -> Ended | None:
        """Take what it tells until it ends; kill it where a stop takes too long.

        It has ended whatever happens here: two sessions never work on one package.

        Returns:
            Its last word, ``None`` where it ended without one.
        """
        try:
            return self._told_until_the_end(tell)
        except BaseException:
            self._service.stop(limit_s=self._talk.stop_limit_s)
            raise
        finally:
            self._service.close()

    def _told_until_the_end(self, tell: Callable[[Turn], None]) -> Ended | None:
        ended: Ended | None = None
        for line in self._lines():
            try:
                told = self._talk.decode(line)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                continue  # a library that prints: nothing of ours
            if isinstance(told, self._talk.turn):
                tell(told)
            elif isinstance(told, self._talk.ended):
                ended = told
        if self._stop_by_s is not None or self._service.wait(_ENDING_S) is None:
            self._service.stop(limit_s=_ENDING_S)
        return ended

    def _ask_again(self) -> None:
        """Ask for the checkpoint once more: a library's callback may have swallowed the signal."""
        now_s = monotonic_s()
        if self._stop_by_s is not None and now_s - self._asked_at_s > _AGAIN_S:
            self._asked_at_s = now_s
            self._service.send_signal(signal.SIGINT)

    def _lines(self) -> Iterator[bytes]:
        descriptor, rest, has_ended = self._service.stdout.fileno(), b"", False
        while True:
            if self._stop_by_s is not None and monotonic_s() > self._stop_by_s:
                self._service.stop(limit_s=0.0)
                return
            self._ask_again()
            if not select.select([descriptor], [], [], _TURN_S)[0]:
                if has_ended:
                    return  # whoever still holds the pipe is not the child
                has_ended = self._service.poll() is not None
                continue
            piece = os.read(descriptor, 64 << 10)
            if not piece:
                return
            *lines, rest = (rest + piece).split(b"\n")
            rest = rest[-self._talk.max_line_bytes :]
            yield from lines
