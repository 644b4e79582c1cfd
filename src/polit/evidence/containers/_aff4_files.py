"""The files of an AFF4 logical image (AFF4-L): a tree built from their original names.

A file's bytes are a member of the zip, or a map or image stream. Members that no statement
describes are told as well, without times: nothing in the volume is passed over.

Source: AFF4-L (Schatz, 2019), as pyaff4 1.1 writes it; version 1.1 of the volume.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from polit.base.errors import SourceUnreadable
from polit.evidence.acquisition import StoredDigest
from polit.evidence.containers import _aff4_names as names
from polit.evidence.containers._aff4_map import Target
from polit.evidence.containers._aff4_volume import Aff4Volumes
from polit.evidence.containers._aff4_zip import MemberReader
from polit.evidence.logical import (
    MAXIMUM_ENTRIES,
    LogicalContent,
    LogicalFile,
    LogicalTree,
    check_reach,
    fitting_name,
)
from polit.model.evidence import (
    ContentState,
    EntryTimes,
    EntryType,
    FileSystemFacts,
    TimeBasis,
    TimeFacts,
)

KIND = "aff4l"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STEP_NS = 1_000
_KEPT = ("created", "modified", "accessed", "changed")
_FACTS = FileSystemFacts(
    kind=KIND,
    block_size_bytes=0,
    time_facts=TimeFacts(
        TimeBasis.UTC, tuple((name, _STEP_NS) for name in _KEPT), "information.turtle"
    ),
    unallocated_bytes=None,
)
_OWN_MEMBERS = frozenset({names.METADATA, names.DESCRIPTION, names.VERSION})
_ESCAPED_SCHEME = "aff4%3A%2F%2F"
_DRIVE_COLON = 1


@dataclass(frozen=True, slots=True)
class _Held:
    """Where a file's bytes are: a member of a volume, or a stream of this name."""

    iri: str
    volume: int = -1
    member: str = ""
    digests: tuple[StoredDigest, ...] = ()


class Aff4Files:
    """Builds the tree of a logical image and opens its files."""

    def __init__(self, volumes: Aff4Volumes) -> None:
        """Build the tree from what the volumes state."""
        self._volumes = volumes
        self._files: list[LogicalFile] = []
        self._held: list[_Held] = []
        self._folders: dict[tuple[int, bytes], int] = {}
        self._bases: list[int] = []
        base = 0
        for volume in volumes.volumes:
            self._bases.append(base)
            base += volume.segment.size_bytes
        self._carrier_bytes = base
        self._is_full = False
        self.texts: tuple[tuple[str, str], ...] = ()
        used = self._add_described()
        self._add_undescribed(used)

    def tree(self) -> LogicalTree:
        """Return the tree."""
        return LogicalTree(_FACTS, self._files, self._open)

    def _add_described(self) -> set[tuple[int, str]]:
        used: set[tuple[int, str]] = set()
        for iri in self._volumes.of_types(names.LOGICAL_KINDS):
            path = self._path_of(iri)
            times = self._times(iri)
            if not self._volumes.has_type(iri, names.FILE_IMAGE):
                self._folder(path, times)
                continue
            held = self._find(iri)
            used.add((held.volume, held.member))
            size = self._size(iri, held)
            self._add(self._folder(path[:-1]), path[-1], size, times, held)
        return used

    def _add_undescribed(self, used: set[tuple[int, str]]) -> None:
        count = 0
        for number, volume in enumerate(self._volumes.volumes):
            for name, member in volume.members.items():
                is_own = name in _OWN_MEMBERS or name.startswith(_ESCAPED_SCHEME)
                if is_own or name.endswith("/") or (number, name) in used:
                    continue
                path = _split(name)
                held = _Held("", number, name)
                self._add(self._folder(path[:-1]), path[-1], member.size_bytes, EntryTimes(), held)
                count += 1
        if count:
            text = f"{count} members of the zip that no statement describes"
            self.texts = (("undescribed", text),)

    def _path_of(self, iri: str) -> list[bytes]:
        stated = self._volumes.graph.value(iri, names.ORIGINAL_NAME)
        if not stated:
            stated = iri.removeprefix("aff4://").partition("/")[2]
        return _split(stated)

    def _times(self, iri: str) -> EntryTimes:
        graph = self._volumes.graph
        return EntryTimes(
            created_ns=_instant_ns(graph.value(iri, names.SCHEMA + "birthTime")),
            modified_ns=_instant_ns(graph.value(iri, names.SCHEMA + "lastWritten")),
            accessed_ns=_instant_ns(graph.value(iri, names.SCHEMA + "lastAccessed")),
            changed_ns=_instant_ns(graph.value(iri, names.SCHEMA + "recordChanged")),
        )

    def _find(self, iri: str) -> _Held:
        volumes = self._volumes
        digests = volumes.digests_of(iri)
        for number, (volume, candidates) in enumerate(volumes.holders(iri)):
            for name in candidates:
                if name in volume.members:
                    return _Held(iri, number, name, digests)
        stream = volumes.graph.value(iri, names.DATA_STREAM) or iri
        return _Held(stream, digests=digests)

    def _size(self, iri: str, held: _Held) -> int:
        if held.member:
            return self._volumes.volumes[held.volume].members[held.member].size_bytes
        return self._volumes.graph.number(iri, names.SIZE) or 0

    def _folder(self, path: Sequence[bytes], times: EntryTimes | None = None) -> int:
        """Return the number of a folder, made with all above it where it is not there yet."""
        number = 0
        for depth, name in enumerate(path, 1):
            found = self._folders.get((number, name), 0)
            is_last = depth == len(path)
            if not found:
                entry = LogicalFile(
                    number, name, EntryType.FOLDER, content=ContentState.NONE,
                    times=(times if is_last else None) or EntryTimes(),
                )  # fmt: skip
                found = self._append(entry, _Held(""))
                if not found:
                    return number
                self._folders[number, name] = found
            elif is_last and times is not None:
                known = self._files[found - 1]
                self._files[found - 1] = LogicalFile(
                    known.parent, name, EntryType.FOLDER, content=ContentState.NONE, times=times
                )
            number = found
        return number

    def _add(
        self, parent: int, name: bytes, size_bytes: int, times: EntryTimes, held: _Held
    ) -> None:
        entry = LogicalFile(parent, name, EntryType.FILE, size_bytes=size_bytes, times=times)
        self._append(entry, held)

    def _append(self, entry: LogicalFile, held: _Held) -> int:
        if len(self._files) >= MAXIMUM_ENTRIES:
            if not self._is_full:
                self._is_full = True
                self._volumes.note(
                    "too_many_entries", f"more than {MAXIMUM_ENTRIES}: the rest is not examined"
                )
            return 0
        self._files.append(entry)
        self._held.append(held)
        return len(self._files)

    def _open(self, number: int) -> LogicalContent:
        held, size = self._held[number - 1], self._files[number - 1].size_bytes
        if not held.member:
            stream = self._volumes.open_stream(held.iri)
            check_reach(stream.size_bytes, self._carrier_bytes)
            return LogicalContent(
                _SoundOnly(stream), size_bytes=stream.size_bytes, digests=held.digests
            )
        volume = self._volumes.volumes[held.volume]
        member = volume.member(held.member)
        reader = MemberReader(volume, member)
        place = (self._bases[held.volume] + reader.begin_bytes, member.packed_bytes)
        return LogicalContent(reader, size_bytes=size, places=(place,), digests=held.digests)


class _SoundOnly:
    """A stream of which a damaged part is an error and no zeros: the file fails, by name."""

    def __init__(self, stream: Target) -> None:
        self._stream = stream

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        data = self._stream.read_at(offset_bytes, length_bytes)
        bad = self._stream.bad_within(offset_bytes, length_bytes)
        if bad:
            raise SourceUnreadable(f"{bad[0].code} at byte {bad[0].offset_bytes} of the file")
        return data


def _split(stated: str) -> list[bytes]:
    """Return the names of a path; one written on Windows is parted at backslashes."""
    is_windows = stated[_DRIVE_COLON : _DRIVE_COLON + 2] == ":\\" or stated.startswith("\\\\")
    parts = stated.replace("\\", "/").split("/") if is_windows else stated.split("/")
    kept = [part for part in parts if part not in {"", "."}] or [""]
    return [fitting_name(part.encode("utf-8", "surrogateescape")) for part in kept]


def _instant_ns(text: str) -> int | None:
    """Return an xsd:dateTime with its offset as UTC; one without an offset says too little."""
    try:
        instant = datetime.fromisoformat(text)
        since = instant - _EPOCH
    except (ValueError, TypeError, OverflowError):
        return None
    return since // timedelta(microseconds=1) * 1000
