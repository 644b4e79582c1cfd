"""Containers that polit knows by signature and cannot open yet: refused by name.

Without this, raw would take them, find no partition in compressed or encrypted bytes, and an
examination would end with nothing found.
"""

from collections.abc import Sequence
from typing import NoReturn

from polit.base.errors import SourceUnreadable
from polit.evidence.segments import Segment, read_segment

ORDER = 200
NAME = "refused"

_HEAD_BYTES = 4096
_SIGNATURES = (
    ("an Lx01 image (EWF 2, logical)", b"LEF2\x0d\x0a\x81\x00"),
    ("an image encrypted with AD Encryption", b"ADCRYPT\x00"),
    ("an AFF image", b"AFF10\x0d\x0a\x00"),
    ("an image made by VirtualBox", b"<<< "),
    ("an Apple sparse image", b"sprs"),
    ("an encrypted Apple disk image", b"encrcdsa"),
    ("a Windows image (WIM)", b"MSWIM\x00\x00\x00"),
)
_ZIP = b"PK\x03\x04"


def _kind(untrusted_head: bytes, names: Sequence[str]) -> str:
    for kind, signature in _SIGNATURES:
        if untrusted_head.startswith(signature):
            return kind
    if untrusted_head.startswith(_ZIP) and names[0].lower().endswith((".zip", ".ufdr")):
        return "an archive"
    return ""


def detect(untrusted_head: bytes, names: Sequence[str], untrusted_tail: bytes) -> bool:
    """Claim what has the signature of a container that no other plugin opens."""
    del untrusted_tail
    return bool(_kind(untrusted_head, names))


def open_source(segments: Sequence[Segment]) -> NoReturn:
    """Refuse the image by name; see ``ContainerPlugin.open_source``.

    Raises:
        SourceUnreadable: Always.
    """
    names = [segment.name for segment in segments]
    kind = _kind(read_segment(segments[0], 0, _HEAD_BYTES), names) or "an unknown container"
    raise SourceUnreadable(
        f"{names[0]} is {kind}, which polit does not open yet: convert it to E01 or raw with a "
        "tool that verifies the digests, and record that in the case"
    )
