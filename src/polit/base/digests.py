"""The three digests of a content, computed while its bytes pass by once."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from polit.base.errors import UsageError

_STEP_BYTES = 1 << 18
_TOLD_BYTES = 1 << 24
_LENGTHS = {"md5": 32, "sha1": 40, "sha256": 64}
_STATED = re.compile(r"^(md5|sha1|sha256):([0-9a-fA-F]+)$")


@dataclass(frozen=True, slots=True)
class Digests:
    """Size and raw digests of a content (MD5 16, SHA-1 20, SHA-256 32 bytes)."""

    size_bytes: int
    md5: bytes
    sha1: bytes
    sha256: bytes


class DigestMeter:
    """MD5, SHA-1 and SHA-256 over bytes that are read once."""

    __slots__ = ("_md5", "_sha1", "_sha256", "size_bytes")

    def __init__(self) -> None:
        """Begin with no bytes."""
        self.size_bytes = 0
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sha1 = hashlib.sha1(usedforsecurity=False)
        self._sha256 = hashlib.sha256()

    def update(self, data: bytes | memoryview) -> None:
        """Take the next bytes."""
        self.size_bytes += len(data)
        self._md5.update(data)
        self._sha1.update(data)
        self._sha256.update(data)

    def digests(self) -> Digests:
        """Return the digests of all bytes taken so far."""
        return Digests(
            self.size_bytes, self._md5.digest(), self._sha1.digest(), self._sha256.digest()
        )


@dataclass(frozen=True, slots=True)
class StatedDigest:
    """A digest as somebody stated it: ``md5``, ``sha1`` or ``sha256``, and lower-case hex."""

    algorithm: str
    value_hex: str

    @property
    def text(self) -> str:
        """The form it is stated in, ``algorithm:hex``."""
        return f"{self.algorithm}:{self.value_hex}"


def stated_digest(text: str) -> StatedDigest:
    """Read a digest stated as ``md5:…``, ``sha1:…`` or ``sha256:…``.

    Raises:
        UsageError: Unknown algorithm, no hex, or the wrong length for it.
    """
    match = _STATED.match(text.strip())
    if match is None:
        raise UsageError(f"{text!r} is no digest: write md5:HEX, sha1:HEX or sha256:HEX")
    algorithm, value = match[1], match[2].lower()
    if len(value) != _LENGTHS[algorithm]:
        raise UsageError(
            f"{text!r} has {len(value)} hex digits: {algorithm} has {_LENGTHS[algorithm]}"
        )
    return StatedDigest(algorithm, value)


def file_sha256(descriptor: int, watch: Callable[[int], None] = lambda _: None) -> str:
    """Return the SHA-256 of a whole open file as lower-case hex, read from its start.

    Args:
        descriptor: The file; its place is moved.
        watch: Told how many bytes are done, at the start and every 16 MiB.
    """
    digest = hashlib.sha256()
    buffer = bytearray(_STEP_BYTES)
    done_bytes = told_bytes = 0
    watch(0)
    with open(descriptor, "rb", buffering=0, closefd=False) as stream:
        stream.seek(0)
        while count := stream.readinto(buffer):
            digest.update(memoryview(buffer)[:count])
            done_bytes += count
            if done_bytes - told_bytes >= _TOLD_BYTES:
                told_bytes = done_bytes
                watch(done_bytes)
    return digest.hexdigest()
