"""Rows as pages and files show them: numbers back into words, times with their basis."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from polit.model import codes
from polit.model.outcome import reason_name
from polit.web.media.models import Content, Entry, Folder, Media

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NS = 10**9
TIMES = ("created", "modified", "accessed", "changed", "deleted")


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """One entry of a list, in words.

    Args:
        id: Its number.
        path: As the device has it.
        entry_type: What its name stands for.
        state: Whether the name is in use, and whether its content was overwritten.
        kind: What its content is counted as.
        mime: The type of its content.
        ending: How it ended, with the reason.
        outcome: ``done``, ``skipped`` or ``failed``.
        size_bytes: How long it is.
        mismatch: Whether its extension does not fit its content.
    """

    id: int
    path: str
    entry_type: str
    state: str
    kind: str
    mime: str
    ending: str
    outcome: str
    size_bytes: int
    mismatch: bool


def shown_entry(entry: Entry) -> ShownEntry:
    """Return an entry in words."""
    state = codes.ENTRY_STATES.value(entry.state)
    outcome = codes.OUTCOMES.value(entry.outcome)
    mime = entry.content.mime.word if entry.content and entry.content.mime else ""
    return ShownEntry(
        entry.pk,
        entry.path,
        codes.ENTRY_TYPES.value(entry.entry_type),
        f"{state}, overwritten" if entry.is_overwritten else state,
        codes.KINDS.value(entry.kind) if entry.kind else "",
        mime,
        f"{outcome}: {reason_name(entry.reason.word)}" if entry.reason else outcome,
        outcome,
        entry.size_bytes,
        entry.extension_agrees is False,
    )


def shown_entries(entries: Iterable[Entry]) -> list[ShownEntry]:
    """Return entries in words."""
    return [shown_entry(entry) for entry in entries]


def time_text(value_ns: int | None) -> str:
    """Return a time of a file system to the nanosecond; its basis is said beside it."""
    if value_ns is None:
        return ""
    seconds, rest = divmod(value_ns, _NS)
    try:
        instant = _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return f"{value_ns} ns since 1970 (outside the calendar)"
    return f"{instant.strftime('%Y-%m-%d %H:%M:%S')}.{rest:09d}"


def basis_text(folder: Folder | None, *, is_inside: bool = False) -> str:
    """Return what the times of a volume are counted in, in words.

    Args:
        folder: The folder of the entry.
        is_inside: Whether the entry lies in another: its times are then that file's own claim,
            and many formats keep no zone.
    """
    if is_inside:
        return "as the file that it lies in says; many kinds keep no zone"
    basis = folder.volume.time_basis if folder else None
    if basis == codes.TIME_BASES.number("utc"):
        return "UTC"
    if basis == codes.TIME_BASES.number("local_zone_unknown"):
        return "the device's wall clock, zone unknown"
    return "basis unknown"


def entry_times(entry: Entry) -> list[tuple[str, str]]:
    """Return the times that an entry has, by name."""
    return [
        (name, time_text(getattr(entry, f"{name}_ns")))
        for name in TIMES
        if getattr(entry, f"{name}_ns") is not None
    ]


def digests_of(content: Content | None) -> list[tuple[str, str]]:
    """Return the digests of a content in hex, by name."""
    if content is None:
        return []
    named = (("SHA-256", content.sha256), ("SHA-1", content.sha1), ("MD5", content.md5))
    return [(name, bytes(value).hex()) for name, value in named if value is not None]


def media_facts(media: Media | None) -> list[tuple[str, str]]:
    """Return what a content says of itself, by name; all of it is the file's own claim."""
    if media is None:
        return []
    facts = [
        ("Decoded by", media.decoder.word if media.decoder else ""),
        ("Size in pixels", f"{media.width_px} x {media.height_px}" if media.width_px else ""),
        ("Frames", str(media.frames or "")),
        ("Plays for", f"{media.duration_ms} ms" if media.duration_ms is not None else ""),
        ("Not seen of it", ", ".join(map(reason_name, filter(None, media.flaws.split(","))))),
        ("Camera maker", media.make.word if media.make else ""),
        ("Camera model", media.model.word if media.model else ""),
        ("Camera serial number", media.serial),
        ("Taken", _taken(media)),
        ("Position", _position(media)),
    ]
    return [(name, value) for name, value in facts if value]


def _taken(media: Media) -> str:
    if not media.taken_at:
        return ""
    basis = media.taken_basis
    said = {
        codes.TAKEN_BASES.number("utc"): "UTC",
        codes.TAKEN_BASES.number("offset_known"): f"{media.taken_offset_min:+} min from UTC"
        if media.taken_offset_min is not None
        else "offset known",
    }.get(basis or 0, "zone unknown")
    return f"{media.taken_at} ({said}; {media.taken_source})"


def _position(media: Media) -> str:
    if media.latitude_e7 is None or media.longitude_e7 is None:
        return ""
    return f"{_degrees(media.latitude_e7)}, {_degrees(media.longitude_e7)} (WGS 84; \
{media.position_source})"


def _degrees(value_e7: int) -> str:
    whole, part = divmod(abs(value_e7), 10**7)
    return f"{'-' if value_e7 < 0 else ''}{whole}.{part:07d}"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a histogram, in the units of its drawing.

    Args:
        label: What is counted.
        count: How many.
        x: Where it begins.
        y: Its upper end.
        width: How wide.
        height: How high.
    """

    label: str
    count: int
    x: int
    y: int
    width: int
    height: int


CHART_WIDTH, CHART_HEIGHT = 800, 120
_MOST_BARS = 72
_WIDEST_BAR = 40


def histogram(months: Mapping[str, int]) -> list[Bar]:
    """Return the bars of a histogram by month; by year where there are too many months.

    Args:
        months: Counts by ``YYYY-MM``; other keys are not times and are left out.
    """
    counts = {month: count for month, count in months.items() if len(month) >= 7}
    if len(counts) > _MOST_BARS:
        years: dict[str, int] = {}
        for month, count in counts.items():
            years[month[:-3]] = years.get(month[:-3], 0) + count
        counts = years
    most = max(counts.values(), default=1)
    width = min(_WIDEST_BAR, max(2, CHART_WIDTH // max(len(counts), 1)))
    bars = []
    for place, (label, count) in enumerate(sorted(counts.items())):
        height = max(1, CHART_HEIGHT * count // most)
        bars.append(
            Bar(label, count, place * width, CHART_HEIGHT - height, max(1, width - 1), height)
        )
    return bars
