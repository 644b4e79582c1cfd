"""Announces alerts while a run goes on: figures, at once, and then not more often than is read."""

from collections.abc import Callable

from polit.base.clock import monotonic_s
from polit.examine.progress import Progress

_EVERY_S = 10.0


class Announcer:
    """Says how many contents alert, whenever that has changed."""

    def __init__(self, say: Callable[[Progress, str], None]) -> None:
        """Make ready; ``say`` takes the counters and a line of text."""
        self._say = say
        self._said, self._said_at_s = "", float("-inf")

    def look(self, progress: Progress, *, is_last: bool = False) -> None:
        """Announce what is new: the first alert at once, later ones together every 10 seconds."""
        text = progress.alerts.text()
        if text == self._said:
            return
        now_s = monotonic_s()
        if is_last or now_s - self._said_at_s >= _EVERY_S:
            self._said, self._said_at_s = text, now_s
            self._say(progress, text)
