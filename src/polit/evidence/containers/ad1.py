"""AD1 images (FTK Imager's custom content images, versions 3 and 4): files, not a disk.

Read by polit's own code: no kept-up library opens them. The format keeps no mark for deleted
files that is known, so all are told as live. An image encrypted with AD Encryption has another
signature and is refused by name.

Source: "AccessData Format (AD1)" (Bjelland, 2018); "Adventures in AD1" (al3ks1s, 2023).
"""

from collections.abc import Sequence

from polit.evidence.acquisition import AcquisitionFacts
from polit.evidence.containers._ad1_items import Ad1Files
from polit.evidence.containers._ad1_payload import SEGMENT_SIGNATURE, Payload
from polit.evidence.containers.raw import RawSource
from polit.evidence.logical import LogicalSource
from polit.evidence.segments import Segment

ORDER = 160
NAME = "ad1"


def detect(untrusted_head: bytes, names: Sequence[str], untrusted_tail: bytes) -> bool:
    """Claim what has the signature of a segment."""
    del names, untrusted_tail
    return untrusted_head.startswith(SEGMENT_SIGNATURE)


def open_source(segments: Sequence[Segment]) -> LogicalSource:
    """Open an AD1 image; see ``ContainerPlugin.open_source``.

    Raises:
        SourceUnreadable: The first segment is missing or states no image.
    """
    payload = Payload(segments)
    name = payload.header.source_name.decode("utf-8", "replace").strip("\0")
    facts = AcquisitionFacts(untrusted_texts=(("imaged", name),) if name else ())
    return LogicalSource(
        RawSource(segments), Ad1Files(payload), problems=payload.problems, facts=facts
    )
