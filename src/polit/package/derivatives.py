"""Derivatives: pixels that crossed the border, encoded, encrypted, appended to packed files.

A blob is written and synced before the row that names it is committed; what a crash left
behind the last named blob is cut off before the next one is written.
"""

import errno
import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from polit.base import faults
from polit.base.errors import PackageDamaged, StorageFull
from polit.model.media import PixelBlock
from polit.package.derivative_cipher import PACK_OF, cipher_of, context_of
from polit.package.layout import PACKS
from polit.package.rows import DerivativeRow

MEDIA_TYPE = "image/webp"
_QUALITY = {"tile": 60, "thumbnail": 75}
_METHOD = 0
_PACK_FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


def encode_pixels(block: PixelBlock, role: str) -> bytes:
    """Encode pixels as WebP (lossy, method 0): the same bytes for the same pixels and version.

    Raises:
        KeyError: The role is not ``tile`` or ``thumbnail``.
    """
    mode = "L" if block.channels == 1 else "RGB"
    image = Image.frombytes(mode, (block.width_px, block.height_px), block.data)
    room = io.BytesIO()
    image.save(room, "WEBP", quality=_QUALITY[role], method=_METHOD)
    return room.getvalue()


@dataclass(frozen=True, slots=True)
class NewDerivative:
    """Pixels to be kept: of which content, in which role, at which place of its story."""

    sha256: bytes
    role: str
    pixels: PixelBlock
    story: int = 0
    at_ms: int | None = None


class DerivativeWriter:
    """Appends encrypted derivatives to the packed files of one package."""

    def __init__(self, package: Path, *, package_id: str, package_key: bytes) -> None:
        """Open (or make) the packs; ``cut`` must be called before the first ``add``."""
        self._package_id = package_id
        self._ciphers = {role: cipher_of(package_key, role) for role in PACK_OF}
        (package / "derivatives").mkdir(exist_ok=True)
        self._files = {name: os.open(package / name, _PACK_FLAGS, 0o600) for name in PACKS}
        # The names must outlive a power cut as the blobs do: rows will point into these files.
        for folder in (package / "derivatives", package):
            _sync_folder(folder)
        self._ends = dict.fromkeys(PACKS, 0)
        self._dirty: set[str] = set()

    def cut(self, ends: dict[str, int]) -> None:
        """Cut each pack after its last named blob, at the given byte.

        Raises:
            PackageDamaged: A pack is shorter than that: pictures are lost, nothing is cut.
        """
        for name, descriptor in self._files.items():
            size, end = os.fstat(descriptor).st_size, ends.get(name, 0)
            if size < end:
                raise PackageDamaged(
                    f"{name} has {size} bytes, its rows name {end}: restore the package from a "
                    "copy, or examine the source again into another folder"
                )
        for name, descriptor in self._files.items():
            self._ends[name] = ends.get(name, 0)
            os.ftruncate(descriptor, self._ends[name])

    def add(self, made: NewDerivative) -> DerivativeRow:
        """Encode, encrypt and append one derivative; it is safe after ``sync``.

        Raises:
            StorageFull: No room; nothing names the bytes that were written.
        """
        role, block = made.role, made.pixels
        plaintext = encode_pixels(block, role)
        context = context_of(self._package_id, made.sha256, role, made.story)
        sealed = self._ciphers[role].seal(plaintext, context=context)
        name = PACK_OF[role]
        offset = self._ends[name]
        with _room_for_writing():
            faults.reach("derivatives.write")
            _write_at(self._files[name], sealed, offset)
        self._ends[name] += len(sealed)
        self._dirty.add(name)
        return DerivativeRow(
            sha256=made.sha256,
            role=role,
            story=made.story,
            at_ms=made.at_ms,
            media_type=MEDIA_TYPE,
            width_px=block.width_px,
            height_px=block.height_px,
            size_bytes=len(plaintext),
            plaintext_sha256=hashlib.sha256(plaintext).digest(),
            pack=name,
            offset_bytes=offset,
            stored_bytes=len(sealed),
        )

    def sync(self) -> None:
        """Make every appended blob durable.

        Raises:
            StorageFull: No room; try again when there is.
        """
        for name in sorted(self._dirty):
            with _room_for_writing():
                faults.reach("derivatives.sync")
                os.fsync(self._files[name])
        self._dirty.clear()

    def close(self) -> None:
        """Close the packs."""
        for descriptor in self._files.values():
            os.close(descriptor)


@contextmanager
def _room_for_writing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise StorageFull(f"no room for pictures: {error.strerror}") from error
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_at(descriptor: int, data: bytes, offset: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(descriptor, view, offset)
        view, offset = view[written:], offset + written
