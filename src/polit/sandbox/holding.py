"""Which contents a walker holds for a decoder, and how much of each."""

from typing import Annotated

import msgspec

VIDEO_TAIL_BYTES = 32 << 20
"""Where the index of a video lies at its end, it lies in here."""

_Bytes = Annotated[int, msgspec.Meta(ge=0, le=1 << 40)]


class Holding(msgspec.Struct, frozen=True, array_like=True):
    """How long contents may be that are put into a slot; 0 means none.

    Args:
        still_bytes: The longest picture.
        holder_bytes: The longest document, mail or cache.
        video_bytes: The longest video that is held whole; of a longer one the first bytes and
            the last ``VIDEO_TAIL_BYTES`` are held, together so many.
    """

    still_bytes: _Bytes = 0
    holder_bytes: _Bytes = 0
    video_bytes: _Bytes = 0

    @property
    def slot_bytes(self) -> int:
        """How large a slot must be."""
        return max(self.still_bytes, self.holder_bytes, self.video_bytes, 1)
