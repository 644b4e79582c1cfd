"""What the messages between coordinator and walker are made of; imported by their modules."""

from typing import Annotated

import msgspec

from polit.model.media import MediaKind

_INT63 = 1 << 63

Figure = Annotated[int, msgspec.Meta(ge=0, le=_INT63 - 1)]
Length = Annotated[int, msgspec.Meta(ge=1, le=_INT63 - 1)]
Name = Annotated[bytes, msgspec.Meta(max_length=65_535)]
Text = Annotated[str, msgspec.Meta(max_length=4_096)]
Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]{0,40}\Z")]
Mime = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9.+-]{1,64}/[a-z0-9.+-]{1,127}\Z")]
Range = tuple[Figure, Length]


class Message(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Root of all messages."""


class ReadResult(msgspec.Struct, frozen=True, array_like=True):
    """What reading one content gave. ``code`` is empty, or why it failed.

    ``held_bytes`` of it are in the slot, of which the last ``tail_bytes`` are its end.
    ``slack`` is what lies behind its end in its clusters, in bytes of the source; ``mismatch``
    tells which digest that the image states for it differs from what was read.
    """

    entry_id: Figure
    code: Code
    detail: Text
    size_bytes: Figure = 0
    md5: bytes = b""
    sha1: bytes = b""
    sha256: bytes = b""
    mime: Mime = "application/octet-stream"
    kind: MediaKind = MediaKind.OTHER
    basis: Code = ""
    extension_agrees: bool | None = None
    slot: Annotated[int, msgspec.Meta(ge=-1, le=1024)] = -1
    held_bytes: Figure = 0
    tail_bytes: Figure = 0
    slack: Annotated[list[Range], msgspec.Meta(max_length=8)] = []
    mismatch: Text = ""
