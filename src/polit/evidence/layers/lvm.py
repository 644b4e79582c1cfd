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
        self._problems: tuple[SourceProblem, ...] = ()
        last = max(one.physical_bytes + one.length_bytes for one in logical.extents)
        if last > volume.size_bytes:
            detail = f"a logical volume reaches to byte {last} of {volume.size_bytes}"
            self._problems = (SourceProblem("lvm_beyond_end", detail),)
        self.size_bytes = min(logical.size_bytes, volume.size_bytes)

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
        """Return none: damage is told of the source that the volume lies in."""
        return ()

    def problems(self) -> tuple[SourceProblem, ...]:
        """Return whether it reaches beyond its physical volume."""
        return self._problems


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)[:128]
