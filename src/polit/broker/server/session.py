"""One session of an examination: a process that is started, listened to, and stopped.

The process is polit's own examiner; it holds a package and its keys, and starts the sandboxed
processes that read evidence. The broker takes counts from it and nothing else.
"""

import os
import select
import signal
from collections.abc import Callable, Iterator

import msgspec

from polit.base import settings
from polit.base.clock import monotonic_s
from polit.base.errors import Interrupted
from polit.broker.examiner_talk import (
    MAX_LINE_BYTES,
    Ended,
    ExaminerOrder,
    Turn,
    decode_line,
    encode_line,
)
from polit.sandbox.services import start_service

_MODULE = "polit.broker.examiner"
_TURN_S = 0.5
_CHECKPOINT_S = 180.0
"""A checkpoint waits for the items in work, the slowest of which is a video."""
_ENDING_S = 20.0


class Session:
    """A running session; ``follow`` it from the thread that started it."""

    def __init__(self, told: ExaminerOrder, data: str) -> None:
        """Start the process.

        Raises:
            SandboxError: It could not be started.
        """
        environment = {**settings.environment(), "POLIT_DATA": data}
        self._service = start_service(_MODULE, env=environment, talks=True)
        self._stop_by_s: float | None = None
        try:
            self._service.stdin.write(encode_line(told))
            self._service.stdin.close()
        except BrokenPipeError:
            pass  # it ended at once: following it tells how

    @property
    def pid(self) -> int:
        """The examiner's process number."""
        return self._service.pid

    def stop(self) -> None:
        """Ask for a checkpoint; safe from other threads, and when asked again."""
        if self._stop_by_s is None:
            self._stop_by_s = monotonic_s() + _CHECKPOINT_S
            self._service.send_signal(signal.SIGINT)

    def follow(self, tell: Callable[[Turn], None]) -> Ended:
        """Take what it tells until it ends; kill it where a stop takes too long.

        It has ended whatever happens here: two sessions never work on one package.
        """
        try:
            ended = self._told_until_the_end(tell)
        except BaseException:
            self._service.stop(limit_s=_CHECKPOINT_S)
            raise
        finally:
            self._service.close()
        return ended or self._without_a_word()

    def _told_until_the_end(self, tell: Callable[[Turn], None]) -> Ended | None:
        ended: Ended | None = None
        for line in self._lines():
            try:
                told = decode_line(line)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                continue  # a library that prints: nothing of ours
            if isinstance(told, Turn):
                tell(told)
            else:
                ended = told
        if self._stop_by_s is not None or self._service.wait(_ENDING_S) is None:
            self._service.stop(limit_s=_ENDING_S)
        return ended

    def _lines(self) -> Iterator[bytes]:
        descriptor, rest, has_ended = self._service.stdout.fileno(), b"", False
        while True:
            if self._stop_by_s is not None and monotonic_s() > self._stop_by_s:
                self._service.stop(limit_s=0.0)
                return
            if not select.select([descriptor], [], [], _TURN_S)[0]:
                if has_ended:
                    return  # whoever still holds the pipe is not the examiner
                has_ended = self._service.poll() is not None
                continue
            piece = os.read(descriptor, MAX_LINE_BYTES)
            if not piece:
                return
            *lines, rest = (rest + piece).split(b"\n")
            rest = rest[-MAX_LINE_BYTES:]
            yield from lines

    def _without_a_word(self) -> Ended:
        """Return what a process that was killed came to: it can be resumed."""
        code = self._service.poll()
        how = signal.Signals(-code).name if code is not None and code < 0 else f"exit {code}"
        return Ended(
            Interrupted.exit_code, Interrupted.number,
            f"the examiner ended without a word ({how}): go on by resuming it",
        )  # fmt: skip
