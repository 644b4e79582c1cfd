"""Opens derivatives of one role of a package: its rows, its blobs, and both checked."""

import hashlib
import sqlite3
from dataclasses import dataclass

import msgspec

from polit.base.errors import IntegrityError
from polit.broker.protocol import Code
from polit.package.database import UNREADABLE
from polit.package.derivatives import MEDIA_TYPE
from polit.package.read import DerivativeReader
from polit.package.rows import DerivativeRow

_NAMES = tuple(DerivativeRow.__dataclass_fields__)
_SELECT = f"SELECT {', '.join(_NAMES)} FROM derivatives WHERE sha256 = ? AND role = ?"  # noqa: S608 - our own names
_COVER = f"{_SELECT} AND story = 0"
_STORY = f"{_SELECT} AND story > 0 ORDER BY story LIMIT 12"
_MAX_TEXT = 4096


@dataclass(frozen=True, slots=True)
class Derived:
    """An encoded derivative, or why there is none.

    Args:
        media_type: How it is encoded.
        data: The encoded picture, untrusted; empty where there is none.
        at_ms: Where it stands in a video.
        code: Why there is none.
    """

    media_type: str = ""
    data: bytes = b""
    at_ms: int | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class DerivedPictures:
    """An open package and the key of one role of it.

    Args:
        connection: Its rows.
        reader: What opens its blobs.
        role: ``tile`` or ``thumbnail``.
    """

    connection: sqlite3.Connection
    reader: DerivativeReader
    role: str

    def cover(self, sha256: bytes) -> Derived:
        """Return the derivative of a content, or why there is none."""
        try:
            rows = self._rows(_COVER, sha256)
            return self._opened(rows[0]) if rows else Derived(code=Code.NO_THUMBNAIL)
        except (IntegrityError, OSError, *UNREADABLE):
            return Derived(code=Code.DAMAGED)

    def story(self, sha256: bytes) -> tuple[Derived, ...]:
        """Return the derivatives of a story, in order.

        Raises:
            IntegrityError: One was altered.
            OSError: The pack is gone.
        """
        return tuple(map(self._opened, self._rows(_STORY, sha256)))

    def _rows(self, query: str, sha256: bytes) -> list[DerivativeRow]:
        try:
            return [
                msgspec.convert(dict(zip(_NAMES, row, strict=True)), DerivativeRow)
                for row in self.connection.execute(query, (sha256, self.role))
            ]
        except msgspec.ValidationError as error:
            raise IntegrityError("a picture's row has another form than it should have") from error

    def _opened(self, row: DerivativeRow) -> Derived:
        if row.media_type != MEDIA_TYPE:
            # It would choose the decoder, and what decoding may cost.
            raise IntegrityError("a picture's row states another coding than packages have")
        data = self.reader.plaintext(row)
        if hashlib.sha256(data).digest() != row.plaintext_sha256:
            raise IntegrityError("a picture differs from its digest")
        return Derived(row.media_type, data, row.at_ms)


def meta_of(connection: sqlite3.Connection) -> dict[str, str]:
    """Return what a package says of its id, case and key: untrusted, short texts."""
    rows = connection.execute(
        "SELECT key, value FROM meta WHERE key IN ('package_id', 'case', 'wrapped_key')"
    )
    return {str(key): str(value)[:_MAX_TEXT] for key, value in rows}
