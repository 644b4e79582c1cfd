"""Open an image through the plugin that knows its container. Runs in the walker.

Each module in ``evidence/containers/`` states ``ORDER`` (the lower is asked first), ``NAME``
(recorded in the manifest), ``detect`` and ``open_source``; one that decodes with a native
library names it in ``LIBRARY``. Raw takes what nobody else claims.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from polit.base.errors import SourceUnreadable
from polit.base.plugins import modules_of
from polit.evidence import containers
from polit.evidence.acquisition import ContainerSource
from polit.evidence.segments import Segment, read_segment

HEAD_BYTES = 4096
"""How much of the first segment a plugin sees before it is asked to open it."""
TAIL_BYTES = 4096
"""And how much of its end: a fixed VHD and a DMG say there what they are."""


class ContainerPlugin(Protocol):
    """What every module of ``evidence/containers/`` offers."""

    ORDER: int
    NAME: str

    def detect(self, untrusted_head: bytes, names: Sequence[str], untrusted_tail: bytes) -> bool:
        """Tell whether the plugin takes this image.

        Args:
            untrusted_head: The first bytes of the first segment, up to ``HEAD_BYTES``.
            names: The file names of all segments, in order.
            untrusted_tail: The last bytes of the first segment, up to ``TAIL_BYTES``: what
                follows it may be a part of it or a companion.
        """

    def open_source(self, segments: Sequence[Segment]) -> ContainerSource:
        """Open the image; from then on nothing but the descriptors is needed.

        Raises:
            SourceUnreadable: The segments do not form what they claim to be.
        """


# Imported with this module, not when an image is opened: the sandbox can open no file.
_PLUGINS = tuple(cast("ContainerPlugin", module) for module in modules_of(containers))


@dataclass(frozen=True, slots=True)
class OpenedContainer:
    """An opened image and the name of the plugin that opened it."""

    name: str
    source: ContainerSource


def container_plugins() -> tuple[ContainerPlugin, ...]:
    """Return all container plugins in the order in which they are asked."""
    return _PLUGINS


def library_versions() -> dict[str, str]:
    """Return the versions of the libraries that the plugins decode with: their ``LIBRARY``."""
    libraries = [getattr(plugin, "LIBRARY", None) for plugin in _PLUGINS]
    found = [library for library in libraries if library is not None]
    return {str(library.__name__): str(library.get_version()) for library in found}


def open_container(segments: Sequence[Segment]) -> OpenedContainer:
    """Open an image with the first plugin that claims it.

    Args:
        segments: All its files, opened, in segment order; at least one.

    Raises:
        SourceUnreadable: No segment was given, or the plugin that claims it cannot read it.
        EvidenceChanged: A segment is shorter than it was when it was opened.
    """
    if not segments:
        raise SourceUnreadable("an image needs at least one segment")
    untrusted_head = read_segment(segments[0], 0, HEAD_BYTES)
    tail_at = max(segments[0].size_bytes - TAIL_BYTES, 0)
    untrusted_tail = read_segment(segments[0], tail_at, TAIL_BYTES)
    names = tuple(segment.name for segment in segments)
    for plugin in container_plugins():
        if plugin.detect(untrusted_head, names, untrusted_tail):
            return OpenedContainer(plugin.NAME, plugin.open_source(segments))
    raise SourceUnreadable(f"{names[0]} is in no container that polit knows")
