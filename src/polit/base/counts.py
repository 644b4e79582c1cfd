"""How far a long command is, for whoever started it: counts alone, never a name.

A verb that may take minutes calls ``tell_counts`` as often as it likes. On the command line nobody
listens, and nothing happens; where polit itself runs the verb (an errand of the broker), it
listens, and a page shows the figures.
"""

from collections.abc import Callable

from polit.base.clock import monotonic_s

_EVERY_S = 1.0

Listener = Callable[[str, int, int], None]


class _Listening:
    """Who listens in this process, and when they were told last."""

    listener: Listener | None = None
    told_at_s = float("-inf")
    phase = ""


def listen_for_counts(listener: Listener | None) -> None:
    """Have a function called with phase, done and total, once a second at most; or no longer."""
    _Listening.listener = listener
    _Listening.told_at_s = float("-inf")


def tell_counts(phase: str, done: int, total: int = 0) -> None:
    """Tell how far the command of this process is; a new phase is told at once.

    Args:
        phase: What it does, in a word or two, such as ``reading``.
        done: How far it is.
        total: How far it goes, 0 where that is not known.
    """
    listener, now_s = _Listening.listener, monotonic_s()
    if listener is None:
        return
    if phase == _Listening.phase and now_s - _Listening.told_at_s < _EVERY_S:
        return
    _Listening.phase, _Listening.told_at_s = phase, now_s
    listener(phase, done, total)
