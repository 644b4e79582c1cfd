"""The exposure record on paper, for the officer, and through them for occupational health."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localtime

from polit.web.accounts.models import User
from polit.web.core.pdf import render_pdf
from polit.web.welfare.bars import CHART_HEIGHT, CHART_WIDTH, WeekBar, week_bars
from polit.web.welfare.queries import RecordedSession, session_record, week_counts

_LONGEST_WEEKS = 52


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session as the paper tells it: times, what was uncovered, nothing of the case."""

    began: str
    lanes: str
    worked: str
    breaks: str
    rungs: tuple[str, ...]
    shown: str
    sound: str
    texts: str
    notes: str


@dataclass(frozen=True, slots=True)
class ExposurePaper:
    """The record of one officer over some weeks."""

    title: str
    officer: str
    period: str
    printed_at: str
    totals: SessionLine
    sessions: tuple[SessionLine, ...]
    weeks: tuple[WeekBar, ...]
    chart_width: int
    chart_height: int


def record_pdf(user: User, *, since: datetime, until: datetime) -> bytes:
    """Return the exposure record of an officer as PDF."""
    return render_pdf("exposure", record_paper(user, since=since, until=until))


def record_paper(user: User, *, since: datetime, until: datetime) -> ExposurePaper:
    """Return what the exposure record of an officer says. It names no case."""
    rows = session_record(user, since=since, until=until)
    weeks = min(_LONGEST_WEEKS, max(1, -(-(until - since).days // 7)))
    bars = week_bars(week_counts(user, weeks=weeks, now=until))
    return ExposurePaper(
        title="Exposure record",
        officer=str(user),
        period=f"{_day(since)} to {_day(until)}",
        printed_at=f"{localtime(until):%d %B %Y %H:%M %Z}",
        totals=_totals(rows),
        sessions=tuple(_line(each) for each in rows),
        weeks=tuple(bars),
        chart_width=CHART_WIDTH,
        chart_height=CHART_HEIGHT,
    )


def minutes_text(seconds: int) -> str:
    """Return a length of time in hours and minutes, rounded up to the minute."""
    minutes = -(-seconds // 60)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"


def _line(row: RecordedSession) -> SessionLine:
    session = row.session
    notes = [
        f"hidden at once: {session.hides}" if session.hides else "",
        "went on beyond the day's limit" if session.override_at else "",
        f"seen before: {row.repeats}" if row.repeats else "",
    ]
    return SessionLine(
        began=f"{localtime(session.recorded_at):%d %b %Y %H:%M}",
        lanes=", ".join(row.lanes),
        worked=minutes_text(row.worked_s),
        breaks=str(row.breaks),
        rungs=tuple(str(count) for count in row.rungs),
        shown=minutes_text(row.shown_ms // 1000),
        sound=f"{-(-row.audio_ms // 1000)} s",
        texts=str(row.texts),
        notes="; ".join(note for note in notes if note),
    )


def _totals(rows: list[RecordedSession]) -> SessionLine:
    sums = [sum(each) for each in zip(*(row.rungs for row in rows), strict=True)] or [0, 0, 0, 0]
    return SessionLine(
        began=f"{len(rows)} sessions" if len(rows) != 1 else "1 session",
        lanes="",
        worked=minutes_text(sum(row.worked_s for row in rows)),
        breaks=str(sum(row.breaks for row in rows)),
        rungs=tuple(map(str, sums)),
        shown=minutes_text(sum(row.shown_ms for row in rows) // 1000),
        sound=f"{-(-sum(row.audio_ms for row in rows) // 1000)} s",
        texts=str(sum(row.texts for row in rows)),
        notes="",
    )


def _day(instant: datetime) -> str:
    return f"{localtime(instant):%d %B %Y}"
