"""GIF: block by block to the trailer; the codes of each frame must fill it exactly.

Source: GIF89a specification, 15 to 27 and appendix F.
"""

from polit.evidence.carvers._content import Content
from polit.evidence.carvers._gif_codes import broken_at
from polit.evidence.carving import Carved, CarvingTally, FreeSpace

ORDER = 30
NAME = "gif"
SIGNATURES = ((b"GIF8", 0),)

_MIME = "image/gif"
_MOST_BYTES = 64 << 20
_MOST_BLOCKS = 1 << 20
_MOST_FOLLOWED_BYTES = 4 << 20
"""Codes of so many bytes are followed a file; what comes behind is only measured."""

_LEAST_SHARE = 1 / 16
_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_LABELS = frozenset({0x01, 0xF9, 0xFE, 0xFF})


class _Break(ValueError):
    """Raised where a block makes no sense; caught by ``carve``."""


class _Walk:
    """One GIF being followed: where it stands and how much of its first frame made sense."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.place = 0
        self.blocks = 0
        self.frames = 0
        self.followed = 0
        self.share = 0.0

    def cost(self) -> int:
        """Return what following it has cost, in bytes: for the budget of a search."""
        return self.place + 16 * min(self.followed, _MOST_FOLLOWED_BYTES) + 256 * self.blocks

    def run(self) -> None:
        """Follow it to its trailer.

        Raises:
            _Break: Something makes no sense.
        """
        head = self._take(13)
        if head[:6] not in {b"GIF87a", b"GIF89a"} or not all(map(any, (head[6:8], head[8:10]))):
            raise _Break("header")
        self._take(3 << ((head[10] & 7) + 1) if head[10] & 0x80 else 0)
        while (kind := self._take(1)[0]) != _TRAILER:
            if kind == _IMAGE:
                self._image()
            elif kind == _EXTENSION:
                if self._take(1)[0] not in _LABELS:
                    raise _Break("extension")
                self._blocks()
            else:
                raise _Break("block")
        if not self.frames:
            raise _Break("no_picture")

    def _image(self) -> None:
        head = self._take(9)
        pixels = int.from_bytes(head[4:6], "little") * int.from_bytes(head[6:8], "little")
        self._take(3 << ((head[8] & 7) + 1) if head[8] & 0x80 else 0)
        bits = self._take(1)[0]
        if not pixels or not 1 <= bits <= 11:
            raise _Break("frame")
        began = self.place
        codes, is_whole = self._blocks_read()
        if self.followed < _MOST_FOLLOWED_BYTES:
            self.followed += len(codes)
            beginning = codes[:_MOST_FOLLOWED_BYTES]
            done = broken_at(beginning, bits, pixels)
            if not self.frames:
                self.share = done[0] / pixels
            is_cut = len(beginning) < len(codes) and done[2] == len(beginning)
            if (done[1] and not is_cut) or not is_whole:
                self.place = self._source_place(began, done[2])
                raise _Break("codes")
        elif not is_whole:
            raise _Break("block")
        self.frames += 1

    def _source_place(self, began: int, used: int) -> int:
        """Return the place of the ``used``-th byte of the codes that begin in blocks at a place."""
        place = began
        while used > 0:
            size = (self.content.read(place, 1) or b"\0")[0]
            if size == 0:
                break
            place += 1 + min(size, used)
            used -= size
        return place

    def _blocks_read(self) -> tuple[bytes, bool]:
        parts: list[bytes] = []
        while True:
            self.blocks += 1
            size = self.content.read(self.place, 1)
            if not size or self.blocks > _MOST_BLOCKS:
                return b"".join(parts), False
            self.place += 1
            if not size[0]:
                return b"".join(parts), True
            parts.append(self.content.read(self.place, size[0]))
            self.place += size[0]

    def _blocks(self) -> None:
        while size := self._take(1)[0]:
            self.blocks += 1
            if self.blocks > _MOST_BLOCKS:
                raise _Break("blocks")
            self._take(size)

    def _take(self, length: int) -> bytes:
        taken = self.content.read(self.place, length)
        if len(taken) < length:
            raise _Break("space_ends")
        self.place += length
        return taken


def warm() -> None:
    """Nothing to compile."""


def carve(space: FreeSpace, start_bytes: int, tally: CarvingTally) -> Carved | None:
    """Measure the GIF that begins at a place; see ``CarverPlugin.carve``."""
    walk = _Walk(Content(space, start_bytes, most_bytes=_MOST_BYTES))
    try:
        walk.run()
    except _Break as error:
        tally.search_left -= walk.cost()
        if not walk.frames and walk.share < _LEAST_SHARE:
            return None
        end = max(walk.place, 1)
        return Carved(NAME, _MIME, walk.content.extents(end), False, True, str(error))
    tally.search_left -= walk.cost()
    is_followed = walk.followed < _MOST_FOLLOWED_BYTES
    return Carved(NAME, _MIME, walk.content.extents(walk.place), True, is_followed)
