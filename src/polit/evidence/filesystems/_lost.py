"""What the rules for lost names share: what was listed already, names and times that can be.

A lost name is one that a scan finds where no folder leads to. What none of the rules refuses is
an entry; what one refuses is counted by its code (``docs/adr/0038-orphans.md``).
"""

from collections.abc import Callable, Hashable, Iterable, Iterator

from polit.model.evidence import EntryTimes

LOST_CHECKSUM, LOST_NAME, LOST_PLACE = "lost_checksum", "lost_name", "lost_place"
LOST_OVERWRITTEN, LOST_REPEATED = "lost_overwritten", "lost_repeated"
LOST_SYSTEM, LOST_TIME = "lost_system", "lost_time"

FOLDERS_AT_MOST = 1 << 20
"""Lost folders of one volume that are looked into: what bounds the memory for their places."""
_REMEMBERED = 1 << 19
_EARLIEST_NS = 315_532_800 * 1_000_000_000
"""The first of January 1980: before it none of these file systems was made."""
_LATEST_NS = 4_354_819_200 * 1_000_000_000
"""The first of January 2108: FAT and exFAT cannot tell later."""


class Listed:
    """Names that are listed, so that none of them is listed again as a lost one.

    Up to 524,288 are kept, which bounds the memory: on a volume with more, a name may be listed
    twice rather than be missed.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: set[int] = set()

    def add(self, name: Hashable) -> bool:
        """Remember a name by all that tells it from others; tell whether it is a new one."""
        key = hash(name)
        if key in self._kept:
            return False
        if len(self._kept) < _REMEMBERED:
            self._kept.add(key)
        return True


def can_be_named(name: bytes, *, forbidden: bytes) -> bool:
    """Tell whether a lost name can be one: valid text without controls and forbidden bytes.

    Args:
        name: As ``FoundEntry.raw_name``.
        forbidden: Characters that the file system allows in no name.
    """
    if not name or any(byte < 0x20 or byte in forbidden for byte in name):
        return False
    text = name.decode("utf-8", "replace")
    return all(letter.isprintable() or ord(letter) >= 0x2000 for letter in text)


def can_be_dated(times: EntryTimes) -> bool:
    """Tell whether a lost name has a time, and none that cannot be."""
    told = [
        stamp
        for stamp in (times.created_ns, times.modified_ns, times.accessed_ns, times.changed_ns)
        if stamp is not None
    ]
    return bool(told) and all(_EARLIEST_NS <= stamp < _LATEST_NS for stamp in told)


def tops(places: Iterable[int], led_from: Callable[[int], Iterable[int]]) -> Iterator[int]:
    """Yield the lost folders that no other lost folder leads to; a ring is entered once.

    What they lead to is listed below them, when their names are walked.

    Args:
        places: Each lost folder by a number.
        led_from: Gives the numbers that the names in one of them lead to.
    """
    order = list(dict.fromkeys(places))
    known = set(order)
    below = {place: [to for to in led_from(place) if to in known] for place in order}
    led = {to for place, found in below.items() for to in found if to != place}
    done: set[int] = set()
    for place in sorted(order, key=led.__contains__):
        if place in done:
            continue
        yield place
        waiting = [place]
        while waiting:
            here = waiting.pop()
            if here not in done:
                done.add(here)
                waiting += below[here]
