"""Progress on stderr: a line that rewrites itself on a terminal, else one line every 10 s."""

import sys
from collections.abc import Callable
from types import TracebackType

from polit.base.clock import monotonic_s
from polit.cli.output import human_bytes, say
from polit.examine.progress import Progress

_TERMINAL_S = 0.2
_PIPE_S = 10.0


class ProgressLine:
    """Shows counters; never a name of a file."""

    def __init__(self) -> None:
        """Begin; nothing is shown yet."""
        self._is_terminal = sys.stderr.isatty()
        self._shown_at = self._began_at = monotonic_s()
        self._phase = ""

    def __enter__(self) -> "ProgressLine":
        """Show progress while the block runs."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the terminal line clean."""
        if self._is_terminal:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def watch(self, progress: Progress, message: str) -> None:
        """Take the counters of one turn, and news where there is any."""
        if message:
            say(f"\r{message}" if self._is_terminal else message)
            return
        self.tell(lambda seconds: _line(progress, seconds), phase=progress.phase)

    def tell(self, text: Callable[[float], str], *, phase: str) -> None:
        """Show a line when one is due, or when a new phase begins.

        Args:
            text: Makes the line, from how many seconds the work has taken.
            phase: What is going on.
        """
        now = monotonic_s()
        due = _TERMINAL_S if self._is_terminal else _PIPE_S
        new_phase = phase != self._phase and not self._is_terminal
        if now - self._shown_at < due and not new_phase:
            return
        self._shown_at, self._phase = now, phase
        self._show(text(max(now - self._began_at, 0.001)))

    def _show(self, text: str) -> None:
        if self._is_terminal:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
        else:
            say(text)


def _line(progress: Progress, seconds: float) -> str:
    if progress.phase == "measuring":
        return f"measuring the source: {human_bytes(progress.measured_bytes)}"
    if progress.phase == "carving":
        return _carving_line(progress)
    share = f" ({progress.settled * 100 // progress.entries} %)" if progress.entries else ""
    return (
        f"{progress.phase}: {progress.settled} of {progress.entries} entries{share}, "
        f"{human_bytes(progress.bytes_read)}, {progress.pictures} pictures decoded, "
        f"{progress.failed} failed, {progress.restarts} restarts, {seconds:.0f} s"
    )


def _carving_line(progress: Progress) -> str:
    through, of_all = progress.carved_through_bytes, progress.carve_bytes
    seconds = max(monotonic_s() - progress.carve_began_at, 0.001)
    speed = (through - progress.carve_from_bytes) / seconds / 1e6
    return (
        f"carving: {human_bytes(through)} of {human_bytes(max(of_all, through))}, "
        f"{speed:.0f} MB/s, {progress.candidates} candidates, {progress.carved} carved, "
        f"{progress.failed} failed, {progress.restarts} restarts"
    )
