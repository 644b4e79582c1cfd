"""Which ranges of a source are volumes: every byte is told of once, or named as a problem.

Runs in the walker only.
"""

from dataclasses import dataclass

from polit.evidence.source import ByteSource, SourceProblem
from polit.model.evidence import VolumeFacts


@dataclass(frozen=True, slots=True)
class FoundVolumes:
    """What a source is divided into.

    Args:
        scheme: ``mbr``, ``gpt`` or ``none``.
        volumes: In the order of their offsets; gaps between volumes among them.
        problems: What is wrong with the table.
    """

    scheme: str
    volumes: tuple[VolumeFacts, ...]
    problems: tuple[SourceProblem, ...]


def find_volumes(source: ByteSource) -> FoundVolumes:
    """Return the volumes of a source; the whole source where it has no partition table."""
    whole = VolumeFacts(0, "none", "no partition table", 0, source.size_bytes, allocated=True)
    return FoundVolumes("none", (whole,), ())
