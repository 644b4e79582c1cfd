"""VHD and VHDX through libvhdi: a disk, its parents behind one another, each checked."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

import pyvhdi

from polit.base.errors import SourceUnreadable
from polit.evidence.acquisition import AcquisitionFacts
from polit.evidence.companions import MAXIMUM_DEPTH, Companion
from polit.evidence.containers._chain import check_all_used, segment_of
from polit.evidence.containers._yal_image import SegmentFile, YalSource, opening
from polit.evidence.segments import Segment
from polit.evidence.source import SourceProblem

if TYPE_CHECKING:
    from polit.evidence.containers._yal_image import Handle


def open_chain(
    segments: Sequence[Segment],
    kind: str,
    parent_of: Callable[[Segment], Companion | None],
    *,
    facts: AcquisitionFacts,
    problems: tuple[SourceProblem, ...],
) -> YalSource:
    """Open a disk with all its parents.

    Args:
        segments: The disk first, then its parents in any order.
        kind: For messages, such as ``a VHD``.
        parent_of: Says which parent a file wants, ``None`` for none.
        facts: What the disk says of itself.
        problems: What is wrong with it.

    Raises:
        SourceUnreadable: A file is damaged, a parent is another disk, or they go in a circle.
        SourceMissing: A parent is not there.
    """
    handles: list[pyvhdi.file] = []
    files: list[SegmentFile] = []
    used: list[str] = []
    segment: Segment | None = segments[0]
    while segment is not None:
        if segment.name in used or len(used) > MAXIMUM_DEPTH:
            raise SourceUnreadable(f"{segment.name} is its own parent, or one of too many")
        used.append(segment.name)
        files.append(SegmentFile(segment))
        handle = pyvhdi.file()
        with opening(segment.name, kind, files):
            handle.open_file_object(files[-1])
            if handles:
                _check_parent(segment.name, handles[-1], handle, child=used[-2])
                handles[-1].set_parent(handle)
        handles.append(handle)
        wanted = parent_of(segment)
        segment = segment_of(segments, wanted) if wanted is not None else None
    check_all_used(segments, used)
    shown = cast("list[Handle]", handles)
    return YalSource(segments[0].name, shown, files, facts=facts, problems=problems)


def _check_parent(name: str, child_handle: pyvhdi.file, parent: pyvhdi.file, *, child: str) -> None:
    stated, found = child_handle.get_parent_identifier(), parent.get_identifier()
    if stated != found:
        raise SourceUnreadable(
            f"{name} is not the parent that {child} was made on: its identifier is {found}, and "
            f"{stated} is wanted; find the right one"
        )
