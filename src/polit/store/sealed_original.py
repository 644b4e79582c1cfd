"""The file of one original at rest: sealed in segments, so that a part can be read alone.

::

    magic 16 | salt 32 | header 272 | segment 0 | segment 1 | …

Each file has a key of its own: HKDF of the case's vault key with the file's random salt. So the
nonces can be counters: a pair of key and nonce never comes twice. The header (digest, size, type)
is sealed with the file's name as context, each segment with the content's digest, its index, and
whether it is the last: nothing can be cut, reordered, renamed or moved between cases unnoticed.

What is sealed is padded (Padmé: Nikitin et al., "Reducing Metadata Leakage from Encrypted Files",
PoPETs 2019, section 4.4), because sizes to the byte would tell that two cases hold the same video.
"""

import hashlib
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from polit.base.errors import DigestMismatch, VaultDamaged
from polit.base.ids import random_bytes
from polit.store.cipher import KeyRole, derive_key

SEGMENT_BYTES = 1 << 20
_MAGIC = b"polit original 1"
_SALT_BYTES = 32
_TAG_BYTES = 16
_MIME_BYTES = 216
_HEADER = struct.Struct(f">32sQ{_MIME_BYTES}s")
_HEADER_STORED = _HEADER.size + _TAG_BYTES
_BODY_OFFSET = len(_MAGIC) + _SALT_BYTES + _HEADER_STORED
_LEAST_PADDED = 1024
_HEADER_NONCE = b"\xff" * 12


@dataclass(frozen=True, slots=True)
class Original:
    """What is kept: its digest, its size, and what it was identified as."""

    sha256: bytes
    size_bytes: int
    mime: str


@dataclass(frozen=True, slots=True)
class Binding:
    """What a file is sealed for: the case's key and safe name, and the file's own name."""

    case_key: bytes
    case: str
    name: str


def padded_bytes(size_bytes: int) -> int:
    """Return the size that is sealed: at most 12 % more, commonly 1 to 2 %."""
    size_bytes = max(size_bytes, _LEAST_PADDED)
    exponent = size_bytes.bit_length() - 1
    spare_bits = exponent - exponent.bit_length()
    mask = (1 << spare_bits) - 1
    return (size_bytes + mask) & ~mask


def stored_bytes(size_bytes: int) -> int:
    """Return the length of the file of an original of this size."""
    padded = padded_bytes(size_bytes)
    return _BODY_OFFSET + padded + _segments(padded) * _TAG_BYTES


def seal_original(original: Original, descriptor: int, binding: Binding) -> Iterator[bytes]:
    """Yield the file of an original piece by piece, at most a segment in memory.

    Args:
        original: What its bytes are.
        descriptor: Where its bytes are, from offset 0.
        binding: What it is sealed for.

    Raises:
        DigestMismatch: At the latest after the last piece: there are fewer bytes than promised, or
            their digest is another.
    """
    salt = random_bytes(_SALT_BYTES)
    cipher = _Cipher(binding, salt)
    yield _MAGIC + salt + cipher.seal_header(original)
    seen, padded = hashlib.sha256(), padded_bytes(original.size_bytes)
    last = _segments(padded) - 1
    for index in range(last + 1):
        start = index * SEGMENT_BYTES
        wanted = max(0, min(SEGMENT_BYTES, original.size_bytes - start))
        data = _read(descriptor, wanted, start)
        if len(data) < wanted:
            raise DigestMismatch("the bytes are not those that their digest promises")
        seen.update(data)
        filled = data.ljust(min(SEGMENT_BYTES, padded - start), b"\0")
        yield cipher.seal(filled, original.sha256, index, is_last=index == last)
    if seen.digest() != original.sha256:
        raise DigestMismatch("the bytes are not those that their digest promises")


class SealedOriginal:
    """An original's file, opened for reading; any part of it can be read alone."""

    def __init__(self, descriptor: int, binding: Binding) -> None:
        """Read and check the header; the descriptor stays the caller's.

        Raises:
            VaultDamaged: It is no such file, of another length, of another name, case or key.
        """
        self._descriptor = descriptor
        head = _read(descriptor, _BODY_OFFSET, 0)
        if len(head) < _BODY_OFFSET or not head.startswith(_MAGIC):
            raise VaultDamaged("it is no original of this format")
        salt = head[len(_MAGIC) : len(_MAGIC) + _SALT_BYTES]
        self._cipher = _Cipher(binding, salt)
        self.original = self._cipher.open_header(head[-_HEADER_STORED:])
        if os.lseek(descriptor, 0, os.SEEK_END) != stored_bytes(self.original.size_bytes):
            raise VaultDamaged("it is cut, or longer than it was")
        self._padded = padded_bytes(self.original.size_bytes)

    def read(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return a part of the content; only the segments that it lies in are opened.

        Args:
            offset_bytes: Where it begins, 0 or more.
            length_bytes: How long it is; cut at the content's end.

        Raises:
            VaultDamaged: A segment was altered.
        """
        end = min(offset_bytes + length_bytes, self.original.size_bytes)
        if offset_bytes >= end:
            return b""
        first, last = offset_bytes // SEGMENT_BYTES, (end - 1) // SEGMENT_BYTES
        data = b"".join(self._segment(index) for index in range(first, last + 1))
        start = first * SEGMENT_BYTES
        return data[offset_bytes - start : end - start]

    def pieces(self) -> Iterator[bytes]:
        """Yield the whole content in pieces of at most a segment; the padding is opened too.

        Raises:
            VaultDamaged: A segment was altered.
        """
        for index in range(_segments(self._padded)):
            left = self.original.size_bytes - index * SEGMENT_BYTES
            yield self._segment(index)[: max(0, left)]

    def check(self) -> None:
        """Open all of it and compare the digest.

        Raises:
            VaultDamaged: Something does not open, or its digest is another.
        """
        seen = hashlib.sha256()
        for piece in self.pieces():
            seen.update(piece)
        if seen.digest() != self.original.sha256:
            raise VaultDamaged("its digest is not the one that it was kept under")

    def _segment(self, index: int) -> bytes:
        last = _segments(self._padded) - 1
        length = min(SEGMENT_BYTES, self._padded - index * SEGMENT_BYTES) + _TAG_BYTES
        start = _BODY_OFFSET + index * (SEGMENT_BYTES + _TAG_BYTES)
        sealed = _read(self._descriptor, length, start)
        return self._cipher.open(sealed, self.original.sha256, index, is_last=index == last)


class _Cipher:
    """The key of one file, and what each part of it is bound to."""

    def __init__(self, binding: Binding, salt: bytes) -> None:
        self._aead = AESGCM(derive_key(binding.case_key, KeyRole.VAULT, salt=salt))
        self._binding = binding

    def seal_header(self, original: Original) -> bytes:
        mime = original.mime.encode("ascii", "replace")[:_MIME_BYTES]
        plain = _HEADER.pack(original.sha256, original.size_bytes, mime)
        return self._aead.encrypt(_HEADER_NONCE, plain, self._header_context())

    def open_header(self, sealed: bytes) -> Original:
        plain = self._decrypt(_HEADER_NONCE, sealed, self._header_context())
        sha256, size_bytes, mime = _HEADER.unpack(plain)
        return Original(sha256, size_bytes, mime.rstrip(b"\0").decode("ascii"))

    def seal(self, data: bytes, sha256: bytes, index: int, *, is_last: bool) -> bytes:
        context = self._segment_context(sha256, index, is_last=is_last)
        return self._aead.encrypt(index.to_bytes(12, "big"), data, context)

    def open(self, sealed: bytes, sha256: bytes, index: int, *, is_last: bool) -> bytes:
        context = self._segment_context(sha256, index, is_last=is_last)
        return self._decrypt(index.to_bytes(12, "big"), sealed, context)

    def _decrypt(self, nonce: bytes, sealed: bytes, context: bytes) -> bytes:
        try:
            return self._aead.decrypt(nonce, sealed, context)
        except InvalidTag as error:
            raise VaultDamaged("it does not open: altered, or of another name or case") from error

    def _header_context(self) -> bytes:
        return f"{self._binding.case}|{self._binding.name}|header|1".encode()

    def _segment_context(self, sha256: bytes, index: int, *, is_last: bool) -> bytes:
        return f"{self._binding.case}|{sha256.hex()}|original|1|{index}|{is_last:d}".encode()


def _segments(padded: int) -> int:
    return -(-padded // SEGMENT_BYTES)


def _read(descriptor: int, length: int, offset: int) -> bytes:
    """Read so many bytes, fewer only at the end."""
    data = os.pread(descriptor, length, offset)
    while 0 < len(data) < length:
        more = os.pread(descriptor, length - len(data), offset + len(data))
        if not more:
            break
        data += more
    return data
