"""What a VMDK says of itself: its descriptor, its extents, its parent. Pure Python, bounded.

Source: VMware, Virtual Disk Format 5.0 (technical note, 2011).
"""

import re
import struct
from dataclasses import dataclass

from polit.base.errors import SourceUnreadable
from polit.evidence.companions import MAXIMUM_FILES, Companion, companion
from polit.evidence.segments import Segment, read_segment

SPARSE = b"KDMV"
ESX_SPARSE = b"COWD"
DESCRIPTOR = b"# Disk DescriptorFile"
NO_PARENT = "ffffffff"

_SECTOR_BYTES = 512
_MAXIMUM_DESCRIPTOR_BYTES = 1 << 20
_EXTENT = re.compile(
    r"^\s*(?:RW|RDONLY|NOACCESS)\s+(\d{1,19})\s+(\w{1,20})(?:\s+\"([^\"]*)\")?(?:\s+(\d{1,19}))?"
)
_KEY = re.compile(r"[\w.]{1,64}")


@dataclass(frozen=True, slots=True)
class VmdkExtent:
    """One line of the descriptor: ``untrusted_name`` is empty where no file holds the extent."""

    sectors: int
    kind: str
    untrusted_name: str


@dataclass(frozen=True, slots=True)
class VmdkFacts:
    """A descriptor.

    Args:
        is_embedded: Whether it stands inside the sparse file that holds the data.
        values: The last value of each key, as stated; keys are lower-case.
        extents: In their order on the disk.
    """

    is_embedded: bool
    values: dict[str, str]
    extents: tuple[VmdkExtent, ...]

    @property
    def parent_name(self) -> str:
        """The stated path of the parent, empty where there is none."""
        stated = self.values.get("parentcid", NO_PARENT).lower()
        return "" if stated == NO_PARENT else self.values.get("parentfilenamehint", "")

    @property
    def has_parent(self) -> bool:
        """Whether the image holds only what differs from another."""
        return self.values.get("parentcid", NO_PARENT).lower() != NO_PARENT


def is_vmdk(untrusted_head: bytes) -> bool:
    """Tell whether the first bytes are those of a VMDK."""
    return untrusted_head.startswith((SPARSE, ESX_SPARSE)) or (
        untrusted_head[: len(DESCRIPTOR)].lower() == DESCRIPTOR.lower()
    )


def read_vmdk(segment: Segment) -> VmdkFacts | None:
    """Read the descriptor of a VMDK; ``None`` where the file holds none.

    Raises:
        SourceUnreadable: It states more extents than an image can have.
    """
    untrusted_head = read_segment(segment, 0, _SECTOR_BYTES)
    if not is_vmdk(untrusted_head) or untrusted_head.startswith(ESX_SPARSE):
        return None
    offset, length = 0, _MAXIMUM_DESCRIPTOR_BYTES
    is_embedded = untrusted_head.startswith(SPARSE)
    if is_embedded:
        if len(untrusted_head) < _SECTOR_BYTES:
            return None
        first, sectors = struct.unpack_from("<QQ", untrusted_head, 28)
        if not first or first > segment.size_bytes // _SECTOR_BYTES:
            return None
        offset, length = first * _SECTOR_BYTES, min(sectors * _SECTOR_BYTES, length)
    raw = read_segment(segment, offset, length).split(b"\0", 1)[0]
    return _parsed(segment.name, raw.decode("utf-8", "surrogateescape"), is_embedded=is_embedded)


def _parsed(name: str, untrusted_text: str, *, is_embedded: bool) -> VmdkFacts:
    values: dict[str, str] = {}
    extents: list[VmdkExtent] = []
    for line in untrusted_text.splitlines():
        if (match := _EXTENT.match(line)) is not None:
            extents.append(VmdkExtent(int(match[1]), match[2].upper(), match[3] or ""))
        elif (stated := _assignment(line)) is not None:
            values[stated[0].lower()] = stated[1]
    if len(extents) > MAXIMUM_FILES:
        raise SourceUnreadable(
            f"{name} states {len(extents)} extents, more than {MAXIMUM_FILES}: convert it to one "
            "file with the tool that made it"
        )
    return VmdkFacts(is_embedded, values, tuple(extents))


def _assignment(line: str) -> tuple[str, str] | None:
    # No expression: one that takes spaces in three places takes for ever on a megabyte of them.
    key, equals, value = line.partition("=")
    key, value = key.strip(), value.strip().removeprefix('"').removesuffix('"')
    if not equals or _KEY.fullmatch(key) is None or '"' in value:
        return None
    return key, value


def extent_companion(segment: Segment, extent: VmdkExtent) -> Companion:
    """Return the file that holds an extent.

    Raises:
        SourceUnreadable: The name it states is none.
    """
    return companion([extent.untrusted_name], "an extent of the disk", of=segment.name)


def parent_companion(segment: Segment, facts: VmdkFacts) -> Companion:
    """Return the file of the parent.

    Raises:
        SourceUnreadable: The name it states is none.
    """
    return companion([facts.parent_name], "its parent", of=segment.name, is_parent=True)


def own_extent(segment: Segment, facts: VmdkFacts, extent: VmdkExtent) -> bool:
    """Tell whether an extent lies in the file with the descriptor: it may have been renamed."""
    if not facts.is_embedded:
        return False
    return len(facts.extents) == 1 or extent.untrusted_name == segment.name


def companions_of(segment: Segment) -> tuple[Companion, ...]:
    """Return the extents and the parent that a VMDK asks for.

    Raises:
        SourceUnreadable: They are too many, or have no names.
    """
    facts = read_vmdk(segment)
    if facts is None:
        return ()
    wanted = [
        extent_companion(segment, extent)
        for extent in facts.extents
        if extent.kind != "ZERO" and not own_extent(segment, facts, extent)
    ]
    if facts.has_parent:
        wanted.append(parent_companion(segment, facts))
    return tuple(wanted)
