"""One volume as the Sleuth Kit sees it: a window on a byte source, and nothing beyond it."""

from collections.abc import Callable

import pytsk3

from polit.base.errors import PolitError
from polit.evidence.source import ByteSource
from polit.model.evidence import VolumeFacts


class VolumeImage(pytsk3.Img_Info):
    """Hands a volume's bytes to native code, which cannot read past the volume's end.

    The library keeps a cache of its own (32 blocks of 64 KiB); a second one here was measured
    and did not pay.
    """

    def __init__(
        self,
        source: ByteSource,
        volume: VolumeFacts,
        on_read: Callable[[], None] | None = None,
    ) -> None:
        """Make a window on ``volume``; ``on_read`` is called before every read."""
        self._source = source
        self._on_read = on_read
        self.offset_bytes = volume.offset_bytes
        self.size_bytes = max(min(volume.size_bytes, source.size_bytes - volume.offset_bytes), 0)
        self.failure: PolitError | None = None
        super().__init__(url="", type=pytsk3.TSK_IMG_TYPE_EXTERNAL)

    def get_size(self) -> int:
        """Return the size of the volume in bytes."""
        return self.size_bytes

    def close(self) -> None:
        """Do nothing: the source belongs to who opened it."""

    def read(self, off: int, len: int) -> bytes:  # noqa: A002 - the library passes it by name
        """Read for native code, which turns any error raised here into "read error".

        The error is kept in ``failure``, for ``raise_failure`` once native code returned.
        """
        try:
            return self.read_at(off, len)
        except PolitError as error:
            self.failure = error
            raise

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return bytes of the volume, shorter only at its end."""
        if self._on_read is not None:
            self._on_read()
        wanted = min(length_bytes, self.size_bytes - offset_bytes)
        if offset_bytes < 0 or wanted <= 0:
            return b""
        return self._source.read_at(self.offset_bytes + offset_bytes, wanted)

    def raise_failure(self) -> None:
        """Raise what the source raised under native code since the last call, if anything."""
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure
