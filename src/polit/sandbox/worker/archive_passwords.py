"""Finds out which of the given passwords opens a ZIP: by reading a member of it to its end.

A ZIP keeps one byte, or two, to tell a wrong password from the right one; only the checksum of
a whole member says it for sure.
"""

from collections.abc import Callable, Sequence

from polit.evidence import archive
from polit.evidence.filesystem import Content
from polit.evidence.libarchive import ArchiveDamage, Reader

_MOST_BYTES = 64 << 20
"""So much of one member is read for each password."""

_MOST_MEMBERS = 10_000
"""In so many members the first encrypted one is looked for."""


def find_password(
    content: Content, mime: str, secrets: Sequence[bytes], mark: Callable[[], None]
) -> int:
    """Return the number of the password, from 1; 0 where nothing is encrypted or none opens it.

    Args:
        content: The archive.
        mime: What it is; only ZIPs can be decrypted.
        secrets: The passwords.
        mark: Gives a sign of life.
    """
    if not secrets or archive.KINDS[mime].step != "zip" or not _opens(content, mime, None, mark):
        return 0
    for number, secret in enumerate(secrets, start=1):
        if secret and b"\0" not in secret and _opens(content, mime, secret, mark):
            return number
    return 0


def _opens(content: Content, mime: str, secret: bytes | None, mark: Callable[[], None]) -> bool:
    """Tell whether a password opens the first encrypted member; without one, if there is one."""
    try:
        reader = archive.open_archive(content, mime, password=secret)
    except ArchiveDamage:
        return False
    try:
        for _ in range(_MOST_MEMBERS):
            mark()
            header = reader.next_header()
            if header is None:
                return False
            if header.has("is_data_encrypted") and header.size_bytes != 0:
                return secret is None or _reads(reader, mark)
    except ArchiveDamage:
        return False
    finally:
        reader.close()
    return False


def _reads(reader: Reader, mark: Callable[[], None]) -> bool:
    given = 0
    while given < _MOST_BYTES and (part := reader.read()):
        given += len(part)
        mark()
    return True
