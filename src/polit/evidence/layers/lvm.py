"""LVM2: the logical volumes of one physical volume; linear ones are read. Walker only.

Read by polit itself: libvslvm does not say of which type a segment is, and the text of the
metadata is short. It is the tests' second reader.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import partial

from polit.base.errors import SourceUnreadable
from polit.evidence.layer import Layer
from polit.evidence.layers._inner import BytesLayer, inner_volume
from polit.evidence.layers._lvm_group import LogicalVolume, label_sector, read_group
from polit.evidence.layers._window import Window
from polit.evidence.ranges import BadRanges, Derived, bad_within
from polit.evidence.source import BadRange, ByteSource, SourceProblem
from polit.model.evidence import VolumeFacts

ORDER = 30
NAME = "lvm"


def detect(source: ByteSource, volume: VolumeFacts) -> bool:
    """Tell whether a volume has the label of a physical volume."""
    return bool(label_sector(Window(source, volume)))


def open_layer(
    source: ByteSource,
    volume: VolumeFacts,
    *,
    secrets: Sequence[bytes],
    on_read: Callable[[], None] | None,
) -> Layer:
    """Open the logical volumes; no secret is needed. See ``LayerPlugin``."""
    del secrets
    window = Window(source, volume, on_read)
    group = read_group(window)
    numbered = list(enumerate(group.volumes, 1))
    problems = [SourceProblem("lvm_metadata", flaw) for flaw in group.flaws]
    problems += _cut_off(group.volumes, window.size_bytes)
    if group.others:
        detail = f"the volume group {_printable(group.name)} has {group.others} further devices"
        problems.append(SourceProblem("lvm_incomplete", detail))
    return BytesLayer(
        [
            inner_volume(
                number,
                NAME,
                f"logical volume {_printable(group.name)}/{_printable(one.name)}",
                min(one.size_bytes, (1 << 63) - 1),
            )
            for number, one in numbered
        ],
        {number: partial(_opened, window, one) for number, one in numbered},
        problems=problems,
    )


def _opened(window: Window, volume: LogicalVolume) -> ByteSource:
    if volume.unreadable:
        raise SourceUnreadable(f"logical volume {_printable(volume.name)}: {volume.unreadable}")
    return LinearSource(window, volume)


class LinearSource:
    """The bytes of a linear logical volume; see ``ByteSource``. What is cut off reads as zeros."""

    def __init__(self, volume: ByteSource, logical: LogicalVolume) -> None:
        """Lay the extents end to end."""
        self._volume, self._extents = volume, logical.extents
        self._starts = [extent.logical_bytes for extent in logical.extents]
        self.size_bytes = min(logical.size_bytes, volume.size_bytes)
        self._bad = Derived(self._lost)

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return a range, shorter only at the end."""
        end = min(offset_bytes + length_bytes, self.size_bytes)
        parts = []
        at = max(offset_bytes, 0)
        while at < end:
            extent = self._extents[bisect_right(self._starts, at) - 1]
            skipped = at - extent.logical_bytes
            wanted = min(end - at, extent.length_bytes - skipped)
            part = self._volume.read_at(extent.physical_bytes + skipped, wanted)
            parts.append(part.ljust(wanted, b"\0"))
            at += wanted
        return b"".join(parts)

    def bad_ranges(self) -> tuple[BadRange, ...]:
        """Return what the source around it could not give, and what lies behind its end."""
        return self._bad.ranges(self._volume.bad_ranges())

    def _lost(self, around: tuple[BadRange, ...]) -> tuple[BadRange, ...]:
        found = BadRanges()
        for one in self._extents:
            here = max(min(one.length_bytes, self._volume.size_bytes - one.physical_bytes), 0)
            for bad in bad_within(around, one.physical_bytes, here, at=one.logical_bytes):
                found.add(bad.offset_bytes, bad.length_bytes, bad.code)
            found.add(one.logical_bytes + here, one.length_bytes - here, "chunk_missing")
        return found.ranges()

    def problems(self) -> tuple[SourceProblem, ...]:
        """Return none: they are told of the layer."""
        return ()


def _cut_off(volumes: Sequence[LogicalVolume], size_bytes: int) -> list[SourceProblem]:
    """Return the volumes that reach beyond the end of what holds them."""
    problems = []
    for one in volumes:
        last = max((e.physical_bytes + e.length_bytes for e in one.extents), default=0)
        if last > size_bytes:
            detail = f"logical volume {_printable(one.name)} reaches to byte {last} of {size_bytes}"
            problems.append(SourceProblem("lvm_beyond_end", detail))
    return problems


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)[:128]
