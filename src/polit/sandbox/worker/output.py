"""The output memory from the decoder's side: pixels at fixed places, then the facts."""

import mmap
from dataclasses import dataclass

import msgspec

from polit.decode.derive import Derivatives
from polit.sandbox.facts import (
    FACTS_BYTES,
    FACTS_OFFSET,
    PICTURE_BYTES,
    TILE_BYTES,
    Facts,
    Size,
    encode_facts,
)


@dataclass(frozen=True, slots=True)
class Made:
    """What decoding gave; the sizes in ``facts`` are filled in when it is put out.

    Args:
        library: Which library decoded it.
        facts: What it says of itself.
        main: Tile and thumbnail of the picture.
        story: Tile and thumbnail of each place of ``facts.story``.
    """

    library: str
    facts: Facts
    main: Derivatives
    story: tuple[Derivatives, ...] = ()


NO_SIZE = Size(1, 1, 1, 1)


class Output:
    """Writes what was made to the memory that the coordinator reads."""

    def __init__(self, memory: mmap.mmap) -> None:
        """Write to ``memory``, of ``OUTPUT_BYTES``."""
        self._memory = memory

    def put(self, made: Made) -> int:
        """Write pixels and facts; return the length of the facts in bytes.

        Raises:
            ValueError: The facts are longer than their place.
        """
        story = tuple(
            msgspec.structs.replace(place, size=self._put_pictures(number, derivatives))
            for number, (place, derivatives) in enumerate(
                zip(made.facts.story, made.story, strict=True), start=1
            )
        )
        size = self._put_pictures(0, made.main)
        return self.put_text(
            encode_facts(msgspec.structs.replace(made.facts, size=size, story=story))
        )

    def put_text(self, text: bytes) -> int:
        """Write facts or a listing; return its length.

        Raises:
            ValueError: It is longer than its place.
        """
        if len(text) > FACTS_BYTES:
            raise ValueError(f"{len(text)} bytes of facts")
        self._memory[FACTS_OFFSET : FACTS_OFFSET + len(text)] = text
        return len(text)

    def _put_pictures(self, number: int, derivatives: Derivatives) -> Size:
        start = number * PICTURE_BYTES
        for offset, picture in ((0, derivatives.tile), (TILE_BYTES, derivatives.thumbnail)):
            pixels = picture.tobytes()
            self._memory[start + offset : start + offset + len(pixels)] = pixels
        return Size(*derivatives.tile.size, *derivatives.thumbnail.size)
