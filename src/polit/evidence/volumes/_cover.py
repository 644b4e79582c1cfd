"""Ranges that a table states, made into volumes and gaps that cover a source once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from polit.evidence.source import SourceProblem
from polit.model.evidence import VolumeFacts

_VOLUMES_AT_MOST = 1024
_PROBLEMS_AT_MOST = 32


class Stated(NamedTuple):
    """One partition as its table states it, in bytes; nothing of it is checked."""

    offset_bytes: int
    size_bytes: int
    description: str


@dataclass(frozen=True, slots=True)
class FoundVolumes:
    """What a source is divided into.

    Args:
        scheme: ``mbr``, ``gpt`` or ``none``.
        volumes: In the order of their offsets, gaps between volumes among them. Every byte
            of the source lies in exactly one of them, unless a problem names an overlap.
        problems: What is wrong with the table.
    """

    scheme: str
    volumes: tuple[VolumeFacts, ...]
    problems: tuple[SourceProblem, ...]


def cover(
    scheme: str,
    stated: Iterable[Stated],
    source_bytes: int,
    problems: Iterable[SourceProblem] = (),
) -> FoundVolumes:
    """Make volumes of stated partitions, and gaps of what lies between them.

    Args:
        scheme: The table's kind.
        stated: Partitions in any order.
        source_bytes: Size of the source; what is stated beyond it is cut off and named.
        problems: What was found wrong before.
    """
    found = list(problems)
    inside = _inside(sorted(stated), source_bytes, found)
    volumes: list[VolumeFacts] = []
    end = 0
    for number, part in enumerate(inside, 1):
        if part.offset_bytes > end:
            volumes.append(_gap(scheme, end, part.offset_bytes))
        elif part.offset_bytes < end:
            detail = f"the partition at {part.offset_bytes} begins before another one ends"
            found.append(SourceProblem("volumes_overlap", detail))
        volumes.append(VolumeFacts(number, scheme, part.description, *part[:2], allocated=True))
        end = max(end, part.offset_bytes + part.size_bytes)
    if end < source_bytes:
        volumes.append(_gap(scheme, end, source_bytes))
    return FoundVolumes(scheme, tuple(volumes), tuple(found[:_PROBLEMS_AT_MOST]))


def _inside(stated: list[Stated], source_bytes: int, problems: list[SourceProblem]) -> list[Stated]:
    inside: list[Stated] = []
    for part in stated:
        if inside and part[:2] == inside[-1][:2]:
            detail = f"two partitions are stated at {part.offset_bytes}"
            problems.append(SourceProblem("volumes_overlap", detail))
            continue
        room = source_bytes - part.offset_bytes
        if part.size_bytes > room:
            detail = (
                f"the partition at {part.offset_bytes} is stated with {part.size_bytes} bytes, "
                f"the source has {max(room, 0)} there"
            )
            problems.append(SourceProblem("volume_beyond_end", detail))
        if room > 0:
            inside.append(part._replace(size_bytes=min(part.size_bytes, room)))
    if len(inside) > _VOLUMES_AT_MOST:
        detail = f"{len(inside)} partitions are stated; the first {_VOLUMES_AT_MOST} are opened"
        problems.append(SourceProblem("too_many_volumes", detail))
    return inside[:_VOLUMES_AT_MOST]


def _gap(scheme: str, start: int, end: int) -> VolumeFacts:
    return VolumeFacts(0, scheme, "in no partition", start, end - start, allocated=False)
