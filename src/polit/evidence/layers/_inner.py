"""What layers over one or more rows of bytes share: their answers to ``Layer``."""

from collections.abc import Callable, Mapping, Sequence

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystem import FileSystem
from polit.evidence.layer import InnerVolume
from polit.evidence.source import ByteSource, SourceProblem
from polit.model.evidence import VolumeFacts


class BytesLayer:
    """A layer whose volumes are rows of bytes; see ``polit.evidence.layer.Layer``."""

    def __init__(
        self,
        volumes: Sequence[InnerVolume],
        sources: Mapping[int, Callable[[], ByteSource]],
        *,
        opened_by: str = "",
        problems: Sequence[SourceProblem] = (),
    ) -> None:
        """Keep what was found.

        Args:
            volumes: In the order of their numbers.
            sources: What opens the bytes of each volume, by its number; it may raise
                ``SourceUnreadable``.
            opened_by: Which key opened the layer.
            problems: What is wrong with it.
        """
        self._volumes, self._sources = tuple(volumes), sources
        self._opened_by, self._problems = opened_by, tuple(problems)
        self._opened: dict[int, ByteSource] = {}

    @property
    def opened_by(self) -> str:
        """Which kind of key opened it."""
        return self._opened_by

    @property
    def volumes(self) -> tuple[InnerVolume, ...]:
        """The volumes in it."""
        return self._volumes

    def problems(self) -> tuple[SourceProblem, ...]:
        """Return what is wrong with it."""
        return self._problems

    def source(self, number: int) -> ByteSource:
        """Return the bytes of one volume; opened once."""
        if number not in self._opened:
            if number not in self._sources:
                raise SourceUnreadable(f"there is no volume {number} in it")
            self._opened[number] = self._sources[number]()
        return self._opened[number]

    def filesystem(self, number: int) -> FileSystem | None:
        """Return ``None``: the drivers of file systems read the bytes."""
        del number
        return None


def inner_volume(number: int, scheme: str, description: str, size_bytes: int) -> InnerVolume:
    """Return a volume that has bytes of its own, from 0 on."""
    return InnerVolume(VolumeFacts(number, scheme, description, 0, size_bytes, allocated=True))
