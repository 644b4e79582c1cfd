"""No partition table: the whole source is one volume. Runs in the walker only."""

from polit.evidence.source import ByteSource
from polit.evidence.volumes._cover import FoundVolumes
from polit.model.evidence import VolumeFacts

ORDER = 90
NAME = "none"


def find_volumes(source: ByteSource) -> FoundVolumes | None:
    """Return the whole source as volume 0."""
    whole = VolumeFacts(0, "none", "no partition table", 0, source.size_bytes, allocated=True)
    return FoundVolumes("none", (whole,), ())
