"""Time at work and breaks, both from the same stretches of work. Nothing else is counted.

A break is not a button: it is ten minutes in which nobody worked, whoever pressed what.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of work of one person; theirs never overlap.

    Args:
        began_at: Its begin.
        ended_at: Its end; for one that goes on, until when it is counted.
        lane: The lane it was in.
    """

    began_at: datetime
    ended_at: datetime
    lane: str = ""


def day_begin(now: datetime, zone: tzinfo) -> datetime:
    """Return when the day of an instant began, by the clocks of the force."""
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def worked_s(spans: Sequence[Span], begin: datetime, end: datetime) -> int:
    """Return the seconds of work between two instants."""
    parts = (min(each.ended_at, end) - max(each.began_at, begin) for each in spans)
    return int(sum((part for part in parts if part > timedelta(0)), timedelta(0)).total_seconds())


def since_break_s(spans: Sequence[Span], now: datetime, *, break_s: int) -> int:
    """Return the seconds of work since the last break.

    Args:
        spans: In the order of their begin.
        now: The instant it is asked for.
        break_s: How long without work makes a break.
    """
    total, last = timedelta(0), None
    for each in spans:
        if last is not None and _is_break(last, each.began_at, break_s):
            total = timedelta(0)
        total += each.ended_at - each.began_at
        last = each.ended_at
    if last is None or _is_break(last, now, break_s):
        return 0
    return int(total.total_seconds())


def run_s(spans: Sequence[Span], lanes: frozenset[str]) -> int:
    """Return the seconds of work on some lanes since the last stretch on another one."""
    total = timedelta(0)
    for each in reversed(spans):
        if each.lane not in lanes:
            break
        total += each.ended_at - each.began_at
    return int(total.total_seconds())


def breaks_taken(spans: Sequence[Span], *, break_s: int) -> int:
    """Return how many breaks lie between the first stretch of work and the last."""
    return sum(_is_break(one.ended_at, two.began_at, break_s) for one, two in pairwise(spans))


def _is_break(begin: datetime, end: datetime, break_s: int) -> bool:
    return (end - begin).total_seconds() >= break_s
