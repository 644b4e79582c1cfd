"""The contents of a sealed package with all that matching asks of them, one after another."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from polit.base.digests import Digests
from polit.base.errors import PackageDamaged
from polit.model.media import PerceptualHash

_CONTENTS_SQL = """
SELECT sha256, max(bytes_read), max(md5), max(sha1), max(mime LIKE 'video/%')
FROM results WHERE sha256 IS NOT NULL GROUP BY sha256 ORDER BY sha256
"""
_HASHES_SQL = """
SELECT sha256, algorithm, variant, value, quality, frame, frame_ms,
       coalesce(dihedral, x'')
FROM perceptual_hashes ORDER BY sha256, algorithm, variant, frame
"""
_LENGTHS = {"md5": {0, 16}, "sha1": {0, 20}, "sha256": {32}}
_VALUE_BYTES, _TURNS = 32, 7


@dataclass(frozen=True, slots=True)
class StoredContent:
    """A content of a package.

    Args:
        digests: Its size and digests.
        hashes: Its fingerprints by algorithm, variant, frame; empty where it was not decoded.
        is_video: Whether it was decoded as a video.
    """

    digests: Digests
    hashes: tuple[PerceptualHash, ...]
    is_video: bool


def read_contents(connection: sqlite3.Connection) -> Iterator[StoredContent]:
    """Yield the contents of a package by their SHA-256, each once, with bounded memory.

    Raises:
        PackageDamaged: A digest or fingerprint is not what it claims to be.
    """
    hashes = HashesInOrder(connection)
    for sha256, size_bytes, md5, sha1, is_video in connection.execute(_CONTENTS_SQL):
        digests = Digests(size_bytes, md5 or b"", sha1 or b"", sha256)
        if any(len(getattr(digests, name)) not in sizes for name, sizes in _LENGTHS.items()):
            raise PackageDamaged("a digest in the rows has a wrong length: verify the package")
        yield StoredContent(digests, hashes.of(sha256), bool(is_video))


class HashesInOrder:
    """The fingerprints of contents that are asked for in order."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._rows = connection.execute(_HASHES_SQL)
        self._next = self._rows.fetchone()

    def of(self, sha256: bytes) -> tuple[PerceptualHash, ...]:
        """Return those of one content; each call asks for a higher digest than the one before.

        Raises:
            PackageDamaged: A fingerprint is not what it claims to be.
        """
        found = []
        while self._next is not None and self._next[0] <= sha256:
            # What belongs to a content that no entry has is passed over.
            if self._next[0] == sha256:
                found.append(_checked(PerceptualHash(*self._next[1:])))
            self._next = self._rows.fetchone()
        return tuple(found)


def _checked(one: PerceptualHash) -> PerceptualHash:
    if len(one.value) != _VALUE_BYTES or not 0 <= one.quality <= 100:
        raise PackageDamaged("a fingerprint in the rows is none: verify the package")
    if len(one.dihedral) not in {0, _TURNS * _VALUE_BYTES}:
        raise PackageDamaged("a turned fingerprint in the rows is none: verify the package")
    return one
