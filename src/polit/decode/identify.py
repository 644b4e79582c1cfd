"""The type of a content by its bytes alone: signatures, then text, then libmagic.

The order is that of cost: a signature takes about a microsecond, a short text a few, libmagic
half a millisecond.
"""

from polit.base.errors import SandboxError
from polit.decode.families import by_family, targa
from polit.decode.kinds import EXTENSION_TYPES, kind_of
from polit.decode.libmagic import UNKNOWN, Libmagic
from polit.decode.plaintext import text_type
from polit.decode.signatures import at_start, by_signature, further_in
from polit.model.media import Identification, MediaKind

HEAD_BYTES = 65_536
"""How much of a content is looked at."""

_EMPTY = Identification("application/x-empty", MediaKind.OTHER, "empty")
_SAYS_NOTHING = frozenset({_EMPTY.mime})

_DECIDED_BEFORE = frozenset({
    "application/vnd.microsoft.portable-executable",
    "application/x-dosexec",
    "audio/aac",
    "audio/mpeg",
    "audio/x-hx-aac-adts",
    "audio/x-mp4a-latm",
    "image/vnd.microsoft.icon",
    "image/x-icon",
    "video/mp2t",
})  # fmt: skip
"""Types that were looked for more strictly above: libmagic's two-byte rules find them in noise
(2 of 100 random contents), and in NTFS's own $UpCase."""

_magic: Libmagic | None = None


def warm() -> dict[str, str]:
    """Load libmagic's database; must be called before the lockdown.

    Returns:
        The library's version, under ``libmagic``.

    Raises:
        SandboxError: It cannot be loaded.
    """
    global _magic  # noqa: PLW0603 - one database per process, loaded before it is locked down
    _magic = _magic or Libmagic()
    _magic.mime(b"\x01\x02 nothing known \x00\xff")
    return {"libmagic": _magic.version}


def identify(untrusted_head: bytes, *, size_bytes: int) -> Identification:
    """Identify a content, whatever it costs.

    Args:
        untrusted_head: Its first bytes, at most 64 KiB.
        size_bytes: The size of the whole content.

    Raises:
        SandboxError: ``warm`` was not called, and libmagic would be needed.
    """
    found = identify_quickly(untrusted_head, size_bytes=size_bytes)
    return found or identify_unknown(untrusted_head)


def identify_quickly(untrusted_head: bytes, *, size_bytes: int) -> Identification | None:
    """Identify a content by signature or as text, ``None`` where only libmagic may know it."""
    if not untrusted_head:
        return _EMPTY if size_bytes == 0 else by_signature(UNKNOWN)
    found = at_start(untrusted_head)
    if found is not None:
        return found
    mime = by_family(untrusted_head)
    if mime is not None:
        return by_signature(mime)
    return further_in(untrusted_head) or _by_text(untrusted_head, size_bytes)


def identify_unknown(untrusted_head: bytes) -> Identification:
    """Ask libmagic; not safe for threads: one thread at a time may ask.

    Raises:
        SandboxError: ``warm`` was not called.
    """
    if _magic is None:
        raise SandboxError("libmagic is not loaded: call warm() before the lockdown")
    mime = _magic.mime(untrusted_head)
    if mime in _DECIDED_BEFORE or (mime == "image/x-tga" and not targa(untrusted_head)):
        mime = UNKNOWN
    return Identification(mime, kind_of(mime), "libmagic")


def _by_text(untrusted_head: bytes, size_bytes: int) -> Identification | None:
    mime = text_type(untrusted_head, is_whole=len(untrusted_head) >= size_bytes)
    if mime is not None:
        return Identification(mime, kind_of(mime), "text")
    if untrusted_head.count(0) == len(untrusted_head):
        return by_signature(UNKNOWN)  # wiped or sparse: nothing for libmagic to see
    return None


def extension_agrees(raw_name: bytes, identification: Identification) -> bool | None:
    """Tell whether a name's extension fits the content.

    Args:
        raw_name: The name's bytes.
        identification: What the content is.

    Returns:
        ``None`` where the name has no known extension, or the content no bytes.
    """
    stem, dot, extension = raw_name.rpartition(b".")
    expected = EXTENSION_TYPES.get(extension.lower()) if dot and stem else None
    if expected is None or identification.mime in _SAYS_NOTHING:
        return None
    if identification.mime in expected:
        return True
    return f"{identification.mime.partition('/')[0]}/" in expected
