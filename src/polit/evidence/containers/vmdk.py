"""VMDK images (VMware): sparse, flat and split ones, streamOptimized, and links to a parent.

Decoded by libvmdk. The descriptor is read by polit too: it says which files are wanted, and
which parent is the right one.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import pyvmdk

from polit.base.errors import SourceUnreadable
from polit.evidence.acquisition import AcquisitionFacts
from polit.evidence.companions import MAXIMUM_DEPTH
from polit.evidence.containers._chain import check_all_used, segment_of
from polit.evidence.containers._vmdk_facts import (
    VmdkFacts,
    extent_companion,
    is_vmdk,
    own_extent,
    parent_companion,
    read_vmdk,
)
from polit.evidence.containers._yal_image import Handle, SegmentFile, YalSource, opening, told
from polit.evidence.segments import Segment

ORDER = 310
NAME = "vmdk"
LIBRARY = pyvmdk

_KIND = "a VMDK"


@dataclass(slots=True)
class _Opened:
    """What was opened so far: handles from the youngest to the oldest, files, names used."""

    handles: list[pyvmdk.handle] = field(default_factory=list)
    files: list[SegmentFile] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)


def detect(untrusted_head: bytes, names: Sequence[str], untrusted_tail: bytes) -> bool:
    """Claim what has the signature of a descriptor or of a sparse extent."""
    del names, untrusted_tail
    return is_vmdk(untrusted_head)


def open_source(segments: Sequence[Segment]) -> YalSource:
    """Open a VMDK with its extents and parents; see ``ContainerPlugin.open_source``.

    Raises:
        SourceUnreadable: It is an extent alone, damaged, or its parent is another disk.
    """
    opened = _Opened()
    facts = _open(segments[0], segments, opened)
    youngest = facts
    segment = segments[0]
    while facts.has_parent:
        segment = segment_of(segments, parent_companion(segment, facts))
        parent = _open(segment, segments, opened)
        stated = facts.values.get("parentcid", "").lower()
        if parent.values.get("cid", "").lower() != stated:
            raise SourceUnreadable(
                f"{segment.name} is not the parent that {opened.images[-2]} was made on, or was "
                f"changed since (its CID is not {stated[:16]}): find the right one"
            )
        with opening(segment.name, _KIND, opened.files):
            opened.handles[-2].set_parent(opened.handles[-1])
        facts = parent
    check_all_used(segments, opened.used)
    handles = cast("list[Handle]", opened.handles)
    texts = _texts(youngest, handles[0])
    return YalSource(segments[0].name, handles, opened.files, facts=texts)


def _open(segment: Segment, segments: Sequence[Segment], opened: _Opened) -> VmdkFacts:
    if segment.name in opened.images or len(opened.images) > MAXIMUM_DEPTH:
        raise SourceUnreadable(f"{segment.name} is its own parent, or one of too many")
    facts = read_vmdk(segment)
    if facts is None or not facts.extents:
        raise SourceUnreadable(
            f"{segment.name} is an extent of a VMDK without its descriptor, or cut short: name "
            "the small .vmdk file that lists the extents"
        )
    opened.images.append(segment.name)
    opened.used.append(segment.name)
    handle = pyvmdk.handle()
    file = SegmentFile(segment)
    opened.files.append(file)
    extents: list[object] = []
    for extent in facts.extents:
        if extent.kind == "ZERO":
            extents.append(io.BytesIO())
            continue
        own = own_extent(segment, facts, extent)
        holder = segment if own else segment_of(segments, extent_companion(segment, extent))
        opened.used.append(holder.name)
        extents.append(SegmentFile(holder))
    opened.files += [one for one in extents if isinstance(one, SegmentFile)]
    with opening(segment.name, _KIND, opened.files):
        handle.open_file_object(file)
        handle.open_extent_data_files_as_file_objects(extents)
    opened.handles.append(handle)
    return facts


def _texts(facts: VmdkFacts, handle: Handle) -> AcquisitionFacts:
    return told(
        ("image_kind", "VMDK " + facts.values.get("createtype", "")),
        ("virtual_size_bytes", str(handle.get_media_size())),
        ("identifier", facts.values.get("cid", "")),
        ("parent", facts.parent_name),
    )
