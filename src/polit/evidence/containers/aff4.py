"""AFF4 images (Standard 1.0): a disk as map and image stream, or files (AFF4-L), in a zip.

Everything is read by polit's own code over the descriptors: the zip, the statements, the map,
the chunks. A chunk is compared with its block hash where the image has one. All of it is
hostile: sizes are bounded, what is lost costs its range and is told by name.

Source: AFF4 Standard v1.0 and 1.0a (Schatz and Cohen, 2017 and 2022).
"""

from collections.abc import Sequence

from polit.base.errors import SourceUnreadable
from polit.evidence.acquisition import AcquisitionFacts, ContainerSource
from polit.evidence.containers._aff4_disk import Aff4Disk, stated_texts
from polit.evidence.containers._aff4_files import Aff4Files
from polit.evidence.containers._aff4_names import (
    DATA_STREAM,
    DISK_KINDS,
    ENCRYPTED_STREAM,
    LOGICAL_KINDS,
    MAP,
)
from polit.evidence.containers._aff4_volume import Aff4Volumes
from polit.evidence.containers.raw import RawSource
from polit.evidence.logical import LogicalSource
from polit.evidence.segments import Segment

ORDER = 150
NAME = "aff4"

_ZIP = b"PK\x03\x04"
_MARKS = (b"container.description", b"aff4%3A%2F%2F", b"aff4://")
_ENCRYPTED_KINDS = frozenset({ENCRYPTED_STREAM})


def detect(untrusted_head: bytes, names: Sequence[str], untrusted_tail: bytes) -> bool:
    """Claim a zip that is named as AFF4, or begins as one."""
    del untrusted_tail
    if not untrusted_head.startswith(_ZIP):
        return False
    return names[0].lower().endswith(".aff4") or any(mark in untrusted_head for mark in _MARKS)


def open_source(segments: Sequence[Segment]) -> ContainerSource:
    """Open an AFF4 image; see ``ContainerPlugin.open_source``.

    Returns:
        A disk, or a ``LogicalSource`` over the container's own bytes where it holds files.

    Raises:
        SourceUnreadable: A volume is cut short, or the image is encrypted or holds neither.
    """
    volumes = Aff4Volumes(segments)
    images = [image for image in volumes.of_types(DISK_KINDS) if _is_disk(volumes, image)]
    if images:
        if len(images) > 1:
            volumes.note("more_images", f"{len(images) - 1} more images in the same container")
        return Aff4Disk(volumes, images[0])
    if volumes.of_types(_ENCRYPTED_KINDS) and not volumes.of_types(LOGICAL_KINDS):
        raise SourceUnreadable(
            f"{segments[0].name} is an encrypted AFF4 image: decrypt it with the tool that made "
            "it, and record that in the case"
        )
    files = Aff4Files(volumes)
    facts = AcquisitionFacts(untrusted_texts=(*stated_texts(volumes), *files.texts))
    return LogicalSource(
        RawSource(segments), files.tree(), problems=tuple(volumes.problems), facts=facts
    )


def _is_disk(volumes: Aff4Volumes, image: str) -> bool:
    """Tell whether an image is of a device: a file's image is an image too."""
    is_of_files = any(volumes.has_type(image, kind) for kind in LOGICAL_KINDS)
    points = bool(volumes.graph.terms(image, DATA_STREAM)) or volumes.has_type(image, MAP)
    return points and not is_of_files
