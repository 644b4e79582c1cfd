"""What is held of one content, as a file that a demuxer can read and seek in."""

import errno
import os


class HeldBytes:
    """A read-only file over the first and last bytes of a content; never a path, never a name.

    It presents the whole size. What is not held between head and tail reads as the end: zeros
    would be decoded as if they had been recorded. Bytes are read by their place (``pread``), so
    a large video needs no address space.
    """

    def __init__(
        self, descriptor: int, size_bytes: int, *, head_bytes: int, tail_bytes: int = 0
    ) -> None:
        """Read from a descriptor that stays open for as long.

        Args:
            descriptor: Holds the first bytes, and right behind them the last ones.
            size_bytes: The size of the content.
            head_bytes: How many of its first bytes are held.
            tail_bytes: How many of its last bytes.
        """
        self._descriptor = descriptor
        self._at = 0
        self.size_bytes = size_bytes
        self.head_bytes = min(head_bytes, size_bytes)
        self.tail_bytes = min(tail_bytes, size_bytes - self.head_bytes)

    @property
    def is_whole(self) -> bool:
        """Whether all of the content is held."""
        return self.head_bytes + self.tail_bytes == self.size_bytes

    @property
    def tail_at(self) -> int:
        """Where the held end begins."""
        return self.size_bytes - self.tail_bytes

    def read(self, count: int = -1) -> bytes:
        """Return up to ``count`` bytes from where it stands, none at the end or in the gap."""
        untrusted = self.read_at(self._at, count)
        self._at += len(untrusted)
        return untrusted

    def read_at(self, at: int, count: int) -> bytes:
        """Return up to ``count`` bytes from a place, fewer at the end or before the gap."""
        if at < self.head_bytes:
            left, place = self.head_bytes - at, at
        elif at >= self.tail_at:
            left, place = self.size_bytes - at, at - self.tail_at + self.head_bytes
        else:
            return b""
        wanted = left if count < 0 else min(left, count)
        return os.pread(self._descriptor, wanted, place) if wanted > 0 else b""

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move, and return the new place; a negative error number where that is before the start.

        It does not raise: the exception would surface in a later, unrelated call of the demuxer.
        """
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size_bytes}.get(whence)
        if base is None or base + offset < 0:
            return -errno.EINVAL
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        """Return where it stands."""
        return self._at
