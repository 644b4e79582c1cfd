r"""Text of EXIF fields: what a camera or a program wrote, cleaned in form only.

Bytes that their encoding does not know stand as ``\xNN``: nothing is guessed and nothing is
lost. Marks of direction and other controls stay, because they are data; who shows them makes
them visible. No NUL is ever kept.

Source: CIPA DC-008 (Exif 3.0), section 4.6.5 and the entry UserComment.
"""

MAX_CHARS = 256
"""The most characters that a value keeps; a longer one ends in an ellipsis."""

_CODES = {b"ASCII": "ascii", b"UNICODE": "unicode", b"JIS": "jis", b"": "ascii"}


def clean(text: str) -> str:
    """Return the text up to its first NUL, without blanks around it, at most 256 characters."""
    kept = text.split("\0", 1)[0].strip()
    return kept if len(kept) <= MAX_CHARS else kept[: MAX_CHARS - 1] + "\u2026"


def plain(untrusted: bytes) -> str:
    """Return a text field: UTF-8, of which ASCII is a part."""
    return clean(untrusted.split(b"\0", 1)[0].decode("utf-8", errors="backslashreplace"))


def copyrights(untrusted: bytes) -> str:
    """Return the copyright field: the photographer's, then the editor's after a NUL."""
    parts = [plain(part) for part in untrusted.split(b"\0")[:2]]
    return clean("; ".join(part for part in parts if part))


def windows(untrusted: bytes) -> str:
    """Return a field of Windows Explorer: UTF-16, little-endian."""
    return clean(untrusted.decode("utf-16-le", errors="backslashreplace"))


def comment(untrusted: bytes, *, is_little_endian: bool) -> str:
    """Return a field that starts with eight bytes that name its encoding.

    Where these name none, everything is text. Of Unicode without a mark the order of bytes is
    the one that gives more Latin letters, else that of the block: programs write either.
    """
    code = _CODES.get(untrusted[:8].rstrip(b"\0 ").upper())
    if code is None:
        return plain(untrusted)
    if code == "jis":
        return _japanese(untrusted[8:])
    if code == "unicode":
        return clean(_unicode(untrusted[8:], is_little_endian=is_little_endian))
    return plain(untrusted[8:])


def _unicode(untrusted: bytes, *, is_little_endian: bool) -> str:
    if untrusted[:2] in (b"\xff\xfe", b"\xfe\xff"):
        is_little_endian = untrusted[:2] == b"\xff\xfe"
        untrusted = untrusted[2:]
    else:
        little, big = untrusted[1::2].count(0), untrusted[0::2].count(0)
        is_little_endian = is_little_endian if little == big else little > big
    return untrusted.decode(
        "utf-16-le" if is_little_endian else "utf-16-be", errors="backslashreplace"
    )


def _japanese(untrusted: bytes) -> str:
    """Decode as the standard says, else as many cameras do it, else show the bytes."""
    stripped = untrusted.rstrip(b"\0 ")
    for encoding in ("iso2022_jp", "shift_jis", "euc_jp"):
        try:
            return clean(stripped.decode(encoding))
        except UnicodeDecodeError:
            continue
    return plain(stripped)
