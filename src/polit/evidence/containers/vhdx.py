"""VHDX images (Hyper-V): fixed, dynamic, and differencing with their parents.

Decoded by libvhdi, which does not replay the log: a log that waits is named as a problem.
"""

from collections.abc import Sequence

import pyvhdi

from polit.base.errors import SourceUnreadable
from polit.evidence.companions import Companion
from polit.evidence.containers._vhd_facts import parent_companion
from polit.evidence.containers._vhd_image import open_chain
from polit.evidence.containers._vhdx_facts import SIGNATURE, read_vhdx
from polit.evidence.containers._yal_image import YalSource, told
from polit.evidence.segments import Segment
from polit.evidence.source import SourceProblem

ORDER = 325
NAME = "vhdx"
LIBRARY = pyvhdi


def detect(untrusted_head: bytes, names: Sequence[str], untrusted_tail: bytes) -> bool:
    """Claim what has the signature."""
    del names, untrusted_tail
    return untrusted_head.startswith(SIGNATURE)


def open_source(segments: Sequence[Segment]) -> YalSource:
    """Open a VHDX with its parents; see ``ContainerPlugin.open_source``.

    Raises:
        SourceUnreadable: It is damaged, or a parent is another disk.
    """
    facts = read_vhdx(segments[0])
    if facts is None:
        raise SourceUnreadable(f"{segments[0].name} is cut short: it has no VHDX header")
    problems: tuple[SourceProblem, ...] = ()
    if facts.is_log_pending:
        text = "changes wait in the log of the VHDX and are not in what is read: it was not closed"
        problems = (SourceProblem("image_not_closed", text),)
    texts = told(
        ("image_kind", "VHDX differencing" if facts.has_parent else "VHDX"),
        ("virtual_size_bytes", str(facts.size_bytes)),
        ("software_version", facts.untrusted_creator),
        ("parent", " | ".join(facts.parent_paths)),
        ("parent_identifier", facts.parent.get("parent_linkage", "")),
    )
    return open_chain(segments, "a VHDX", _parent_of, facts=texts, problems=problems)


def _parent_of(segment: Segment) -> Companion | None:
    facts = read_vhdx(segment)
    if facts is None or not facts.has_parent:
        return None
    return parent_companion(segment, facts.parent_paths)
