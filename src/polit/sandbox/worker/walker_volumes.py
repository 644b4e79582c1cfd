"""The volumes of the walker's source: those of its partition table, and those inside others."""

from collections.abc import Callable, Sequence

from polit.base import faults
from polit.base.errors import EvidenceChanged, SourceError, SourceUnreadable
from polit.evidence.filesystem import FileSystem
from polit.evidence.layer import Layer, VolumeLocked
from polit.evidence.layering import find_layer
from polit.evidence.opening import name_unopened, open_filesystem
from polit.evidence.source import BadRange, ByteSource, SourceProblem
from polit.model.evidence import VolumeFacts
from polit.sandbox import walking_messages as say

_TEXT_CHARS = 4096


class Volumes:
    """Which volumes there are, and what is open of them. Opened again after a restart."""

    def __init__(
        self,
        placed: dict[int, say.PlacedVolume],
        *,
        secrets: Sequence[bytes],
        journal: say.Journal,
        open_root: Callable[[], ByteSource],
        open_whole: Callable[[], FileSystem | None],
    ) -> None:
        """Note the volumes that are known already; open nothing yet.

        Args:
            placed: The volumes by their ids.
            secrets: Passwords and keys, as given.
            journal: Where a step is noted before it is made.
            open_root: Gives the bytes of the source itself.
            open_whole: Gives the file system of a source that is no disk (a host folder, a
                logical image), else ``None``.
        """
        self._placed, self._secrets, self._journal = placed, secrets, journal
        self._open_root, self._open_whole = open_root, open_whole
        self._mounted: dict[int, FileSystem] = {}
        self._layers: dict[int, tuple[str, Layer]] = {}

    def know(self, placed: dict[int, say.PlacedVolume]) -> None:
        """Note where volumes lie."""
        self._placed.update(placed)

    def open(self, volume_id: int, volume: say.PlacedVolume) -> say.VolumeOpened:
        """Open a volume and tell what it is.

        Raises:
            SourceError: It is damaged, and neither a file system nor a layer can be told.
        """
        self._placed[volume_id] = volume
        self._journal.enter(say.MOUNTING, volume_id)
        whole = self._open_whole()
        if whole is not None:
            faults.reach("walker.mount", str(volume_id).encode())
            self._mounted[volume_id] = whole
            return _opened(volume_id, whole)
        try:
            layer, problems = self._told_layer(volume_id, volume.facts), []
        except VolumeLocked as locked:
            name = name_unopened(self._source_of(volume_id), volume.facts)
            return say.VolumeOpened(volume_id, None, b"", name, locked=str(locked)[:_TEXT_CHARS])
        except EvidenceChanged:
            raise
        except SourceError as error:  # what stands beside it may still be whole
            layer, problems = None, [SourceProblem("layer_damaged", str(error))]
        system = self._mount(volume_id)
        if system is not None:
            return _opened(volume_id, system, layer, problems)
        if problems:
            raise SourceUnreadable(problems[0].detail)
        name = "" if layer else name_unopened(self._source_of(volume_id), volume.facts)
        return say.VolumeOpened(volume_id, None, b"", name, layer=layer)

    def system(self, volume_id: int) -> FileSystem:
        """Return the file system of a volume, mounting it where that is still to be done.

        Raises:
            SourceError: It has none.
        """
        system = self._open_whole() or self._mount(volume_id)
        if system is None:
            raise SourceError("its volume cannot be opened")
        return system

    def size_bytes(self, volume_id: int) -> int:
        """Return the size of a volume, 0 where it has none (a host folder)."""
        placed = self._placed.get(volume_id)
        return placed.facts.size_bytes if placed else 0

    def bad_ranges(self, volume_id: int) -> tuple[BadRange, ...]:
        """Return the bad ranges met so far of the bytes that a volume lies in.

        Those of a layer are its own: what is damaged around it, as it counts its bytes.

        Raises:
            SourceError: The layer around it cannot be opened.
        """
        if volume_id not in self._placed:
            return self._open_root().bad_ranges()
        return self._source_of(volume_id).bad_ranges()

    def source_of(self, volume_id: int) -> tuple[ByteSource, VolumeFacts]:
        """Return the source that a volume lies in, and where.

        Raises:
            SourceError: The layer around it cannot be opened.
        """
        return self._source_of(volume_id), self._placed[volume_id].facts

    def _mount(self, volume_id: int) -> FileSystem | None:
        if volume_id not in self._mounted:
            self._journal.enter(say.MOUNTING, volume_id)
            faults.reach("walker.mount", str(volume_id).encode())
            placed = self._placed[volume_id]
            system = None
            if placed.parent_id is not None:
                system = self._layer(placed.parent_id).filesystem(placed.facts.number)
            if system is None:
                source = self._source_of(volume_id)
                system = open_filesystem(source, placed.facts, on_read=self._journal.beat)
            if system is None:
                return None
            self._mounted[volume_id] = system
        return self._mounted[volume_id]

    def _source_of(self, volume_id: int) -> ByteSource:
        placed = self._placed[volume_id]
        if placed.parent_id is None:
            return self._open_root()
        return self._layer(placed.parent_id).source(placed.facts.number)

    def _layer(self, volume_id: int) -> Layer:
        found = self._find_layer(volume_id, self._placed[volume_id].facts)
        if found is None:
            raise SourceError("the volume around it has no layer any more")
        return found[1]

    def _find_layer(self, volume_id: int, volume: VolumeFacts) -> tuple[str, Layer] | None:
        if volume_id not in self._layers:
            source = self._source_of(volume_id)
            plugin = find_layer(source, volume)
            if plugin is None:
                return None
            secrets = _only(self._secrets, self._placed[volume_id].opened_by)
            layer = plugin.open_layer(source, volume, secrets=secrets, on_read=self._journal.beat)
            self._layers[volume_id] = plugin.NAME, layer
        return self._layers[volume_id]

    def _told_layer(self, volume_id: int, volume: VolumeFacts) -> say.LayerOpened | None:
        placed = self._placed[volume_id]
        if placed.parent_id is not None:
            inner = self._layer(placed.parent_id).filesystem(volume.number)
            if inner is not None:
                return None
        found = self._find_layer(volume_id, volume)
        if found is None:
            return None
        name, layer = found
        return say.LayerOpened(
            name,
            layer.opened_by[:_TEXT_CHARS],
            [(inner.facts, inner.locked[:_TEXT_CHARS]) for inner in layer.volumes],
            [(problem.code, problem.detail[:_TEXT_CHARS]) for problem in layer.problems()],
        )


def _opened(
    volume_id: int,
    system: FileSystem,
    layer: say.LayerOpened | None = None,
    problems: Sequence[SourceProblem] = (),
) -> say.VolumeOpened:
    told = [(problem.code, problem.detail[:_TEXT_CHARS]) for problem in problems]
    return say.VolumeOpened(volume_id, system.facts, system.root, "", layer=layer, problems=told)


def _only(secrets: Sequence[bytes], opened_by: str) -> Sequence[bytes]:
    """Return the list with only the secrets that opened a volume; numbers stay theirs.

    A container of several volumes is opened by several: ``password 1, password 3``.
    """
    numbers = set()
    for told in opened_by.split(", "):
        number = told.rpartition(" ")[2]
        if not (number.isascii() and number.isdecimal()) or not 1 <= int(number) <= len(secrets):
            return secrets
        numbers.add(int(number))
    return [secret if at in numbers else b"" for at, secret in enumerate(secrets, 1)]
