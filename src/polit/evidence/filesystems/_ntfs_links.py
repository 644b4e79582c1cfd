"""What a reparse point means: a link with its target, or content kept elsewhere.

Source: Microsoft, [MS-FSCC] 2.1.2 (Reparse Point Data Structures).
"""

import struct
from typing import NamedTuple

_MOUNT_POINT, _SYMBOLIC_LINK, _WSL_LINK = 0xA0000003, 0xA000000C, 0xA000001D
_ELSEWHERE = {
    0x80000017: "compressed by the Windows Overlay Filter (its bytes: stream WofCompressedData)",
    0x80000013: "deduplicated: its bytes lie in the chunk store under System Volume Information",
}
_CLOUD_MASK, _CLOUD = 0xFFFF0FFF, 0x9000001A


class Reparse(NamedTuple):
    """A reparse point's meaning.

    Args:
        is_link: It is a link or a junction.
        target: The link's target as UTF-8.
        reason: Why the unnamed content is not the file's content, or nothing.
    """

    is_link: bool
    target: bytes
    reason: str


def read_reparse(untrusted_data: bytes) -> Reparse:
    """Tell what the content of a ``$REPARSE_POINT`` means."""
    if len(untrusted_data) < 8:
        return Reparse(is_link=False, target=b"", reason="")
    tag, length = struct.unpack_from("<IH", untrusted_data)
    body = untrusted_data[8 : 8 + length]
    if tag in (_MOUNT_POINT, _SYMBOLIC_LINK):
        return Reparse(is_link=True, target=_target(body, tag), reason="")
    if tag == _WSL_LINK:
        return Reparse(is_link=True, target=body[4:], reason="")
    reason = _ELSEWHERE.get(tag, "")
    if tag & _CLOUD_MASK == _CLOUD:
        reason = "a cloud placeholder: its content is not on the device"
    return Reparse(is_link=False, target=b"", reason=reason)


def _target(body: bytes, tag: int) -> bytes:
    names_at = 12 if tag == _SYMBOLIC_LINK else 8
    if len(body) < names_at:
        return b""
    offset, length = struct.unpack_from("<HH", body)
    units = body[names_at + offset : names_at + offset + length]
    units = units[: len(units) & ~1]
    return units.decode("utf-16-le", "surrogatepass").encode("utf-8", "surrogatepass")
