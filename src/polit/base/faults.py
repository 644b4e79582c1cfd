"""Named points at which a test can plant a fault: crash, hang, full disk, kill.

``POLIT_FAULTS`` holds a comma-separated list of ``point[=detail][@n]:action``. The action
happens at the n-th time (default 1) that the point is reached with that detail (default:
any). Actions: ``segv``, ``hang``, ``exit``, ``kill``, ``enospc``, ``eio``. An examination
that ran with planted faults says so in its manifest, so none can be hidden. A process
reads the variable once, when this module is imported, and the children it forks inherit it.
"""

import ctypes
import errno
import os
import signal
import time
from dataclasses import dataclass

from polit.base import settings
from polit.base.errors import UsageError


@dataclass(slots=True)
class _Fault:
    point: str
    detail: bytes | None
    countdown: int
    action: str


def _parse(text: str) -> list[_Fault]:
    faults = []
    for part in filter(None, text.split(",")):
        where, colon, action = part.rpartition(":")
        where, _, count = where.partition("@")
        if not colon or action not in _ACTIONS or not (count or "1").isdecimal():
            raise UsageError(f"POLIT_FAULTS: {part!r} is not point[=detail][@n]:action")
        point, equals, detail = where.partition("=")
        faults.append(_Fault(point, detail.encode() if equals else None, int(count or 1), action))
    return faults


def _segv() -> None:
    ctypes.string_at(0)


def _hang() -> None:
    while True:
        time.sleep(3600)


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _enospc() -> None:
    raise OSError(errno.ENOSPC, "No space left on device (planted)")


def _eio() -> None:
    raise OSError(errno.EIO, "Input/output error (planted)")


_ACTIONS = {
    "segv": _segv,
    "hang": _hang,
    "exit": lambda: os._exit(9),
    "kill": _kill,
    "enospc": _enospc,
    "eio": _eio,
}
_planted = _parse(settings.text("POLIT_FAULTS"))


def armed() -> bool:
    """Tell whether any fault was planted in this process."""
    return bool(_planted)


def reach(point: str, detail: bytes = b"") -> None:
    """Mark a point; act when a planted fault says so. Costs one truth test otherwise.

    Args:
        point: The stable name of the point, such as ``walker.read``.
        detail: What is handled there, for faults that wait for one item.
    """
    if not _planted:
        return
    for fault in _planted:
        if fault.point == point and fault.detail in (None, detail):
            fault.countdown -= 1
            if fault.countdown == 0:
                _ACTIONS[fault.action]()
