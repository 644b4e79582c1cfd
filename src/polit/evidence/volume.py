"""Which ranges of a source are volumes: every byte is told of once, or named as a problem.

Runs in the walker only. One module per scheme lives in ``evidence/volumes/``.
"""

from polit.base.plugins import modules_of
from polit.evidence import volumes
from polit.evidence.source import ByteSource
from polit.evidence.volumes._cover import FoundVolumes

__all__ = ["FoundVolumes", "find_volumes"]

_SCHEMES = modules_of(volumes)


def find_volumes(source: ByteSource) -> FoundVolumes:
    """Return the volumes of a source and the gaps between them.

    A damaged or hostile table ends in problems, never in an exception and in bounded time.

    Raises:
        SourceUnreadable: The operating system refused a read.
    """
    for scheme in _SCHEMES:
        found: FoundVolumes | None = scheme.find_volumes(source)
        if found is not None:
            return found
    raise AssertionError("the scheme without a table takes every source")
