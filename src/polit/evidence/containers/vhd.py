"""VHD images (Virtual PC, Hyper-V, Azure): fixed, dynamic, and differencing with their parents.

Decoded by libvhdi. A fixed one is told by its last sector alone.
"""

from collections.abc import Sequence

import pyvhdi

from polit.base.errors import SourceUnreadable
from polit.evidence.companions import Companion
from polit.evidence.containers._vhd_facts import (
    COOKIE,
    KINDS,
    footer_in,
    parent_companion,
    read_vhd,
)
from polit.evidence.containers._vhd_image import open_chain
from polit.evidence.containers._yal_image import YalSource, told
from polit.evidence.segments import Segment
from polit.evidence.source import SourceProblem

ORDER = 320
NAME = "vhd"
LIBRARY = pyvhdi


def detect(untrusted_head: bytes, names: Sequence[str], untrusted_tail: bytes) -> bool:
    """Claim what ends in a footer whose checksum holds, and what begins with the copy of one."""
    del names
    return untrusted_head.startswith(COOKIE) or bool(footer_in(b"", untrusted_tail))


def open_source(segments: Sequence[Segment]) -> YalSource:
    """Open a VHD with its parents; see ``ContainerPlugin.open_source``.

    Raises:
        SourceUnreadable: No footer holds, it is damaged, or a parent is another disk.
    """
    facts = read_vhd(segments[0])
    if facts is None or facts.kind not in KINDS.values():
        raise SourceUnreadable(
            f"{segments[0].name} has the signature of a VHD and no footer that holds: it is "
            "damaged or cut short"
        )
    texts = told(
        ("image_kind", f"VHD {facts.kind}"),
        ("virtual_size_bytes", str(facts.size_bytes)),
        ("software_version", facts.untrusted_creator),
        ("acquired_at", facts.created_at),
        ("identifier", facts.identifier),
        ("parent", " | ".join(facts.parent_paths)),
        ("parent_identifier", facts.parent_identifier),
    )
    problems: tuple[SourceProblem, ...] = ()
    if not facts.is_sound:
        text = (
            "the checksum of the VHD's footer does not hold; what it states was read all the same"
        )
        problems = (SourceProblem("header_checksum", text),)
    return open_chain(segments, "a VHD", _parent_of, facts=texts, problems=problems)


def _parent_of(segment: Segment) -> Companion | None:
    facts = read_vhd(segment)
    if facts is None or facts.kind != "differencing":
        return None
    return parent_companion(segment, facts.parent_paths)
