"""The walker: opens evidence that it was handed, tells names, reads contents. Ring 1, isolated.

Runs in a child of the zygote. It opens no file (for a host folder: only beneath the folder's
descriptor), holds no key, and may crash or hang at any call: its place stands in the journal.
"""

from collections.abc import Iterator, Sequence
from socket import socket
from typing import TYPE_CHECKING

import msgspec
import pytsk3

from polit.base import faults
from polit.base.errors import EvidenceChanged, SourceError
from polit.decode.identify import warm as warm_identify
from polit.evidence import libarchive
from polit.evidence.acquisition import AcquisitionFacts
from polit.evidence.carved_places import unpack_places
from polit.evidence.container import library_versions, open_container
from polit.evidence.filesystem import Content, FileSystem, dropped_by
from polit.evidence.free_space import PlacedContent
from polit.evidence.layering import layer_versions
from polit.evidence.logical import LogicalSource, logical_volumes
from polit.evidence.opening import open_folder
from polit.evidence.segments import Segment
from polit.evidence.source import ByteSource
from polit.evidence.source_digests import digest_source
from polit.evidence.volume import FoundVolumes, find_volumes
from polit.evidence.watched import WatchedSource, damage_code
from polit.model.evidence import Address, FoundEntry, VolumeFacts
from polit.sandbox import walking_messages as say
from polit.sandbox.carving_messages import Carve
from polit.sandbox.walking_checks import fitted, weight_bytes
from polit.sandbox.worker.archive_walker import ArchiveWalker
from polit.sandbox.worker.carving_search import CarvingSearch
from polit.sandbox.worker.content_reader import ContentReader
from polit.sandbox.worker.walker_channel import WalkerChannel
from polit.sandbox.worker.walker_volumes import Volumes

if TYPE_CHECKING:
    from polit.evidence.container import OpenedContainer

_HEAD_BYTES = 65_536
_READ_BYTES = 1 << 20
_LISTED_AT_ONCE = 2048
_LISTED_BYTES = 2 << 20
_RESULTS_AT_ONCE = 128
_FLUSH_S = 0.05
_PROGRESS_BYTES = 64 << 20
_SECTOR_RANGES = 10_000


class _SkipSlot(Exception):
    """Raised in the journal callback, before the native call that would load a bad slot."""


def warm() -> dict[str, str]:
    """Load every library before the lockdown; return their versions."""
    libarchive.prepare()
    return {
        "pytsk3": str(pytsk3.get_version()),
        "libarchive": libarchive.version(),
        **library_versions(),
        **layer_versions(),
        **warm_identify(),
    }


def serve(channel: socket, fds: Sequence[int], arguments: bytes) -> None:
    """Carry out requests until the coordinator hangs up."""
    setup = msgspec.msgpack.decode(arguments, type=say.WalkSetup)
    Walker(channel, fds, setup).run()


class Walker:
    """One walker process: its source, the file systems it has mounted, its slots."""

    def __init__(self, channel: socket, fds: Sequence[int], setup: say.WalkSetup) -> None:
        """Map the journal; open nothing yet."""
        self._channel, self._setup = WalkerChannel(channel), setup
        self._journal = say.Journal(fds[0])
        given = list(fds[1 + setup.slot_count :])
        self._evidence = given or self._channel.take_evidence(len(setup.segment_names))
        self._folder: FileSystem | None = None
        self._volumes = Volumes(
            dict(setup.volumes),
            secrets=setup.secrets,
            journal=self._journal,
            open_root=self._open_source,
            open_whole=self._open_whole,
        )
        self._opened: OpenedContainer | None = None
        self._source: WatchedSource | None = None
        self._told_state = (0, 0)
        self._reader = ContentReader(
            self, self._channel, self._journal, setup, fds[1 : 1 + setup.slot_count]
        )

    def run(self) -> None:
        """Answer requests in order until the channel closes."""
        while (request := self._channel.next_request()) is not None:
            try:
                self._answer(request)
            except EvidenceChanged as error:
                self._channel.send(say.WalkRefused("evidence_changed", str(error)[:4096]))
            except SourceError as error:
                self._channel.send(say.WalkRefused("source_unreadable", str(error)[:4096]))
            self._journal.enter(say.IDLE, 0)

    def _answer(self, request: say.Request) -> None:  # noqa: C901 - one arm for each request
        match request:
            case say.ReadContents():
                self._reader.read(request.jobs)
                self._tell_state()
            case say.StreamArchive():
                self._stream_archive(request)
            case say.ListFolder():
                self._list_folder(request)
            case say.OpenVolume() | say.KnowVolumes():
                self._place(request)
            case say.FindVolumes():
                self._find_volumes()
            case say.MeasureSource():
                self._measure_source()
            case Carve():
                self._carve(request)
            case say.ReleaseSlot():
                self._reader.release(request.slot)

    def _stream_archive(self, request: say.StreamArchive) -> None:
        ArchiveWalker(self, self._reader, self._channel, self._journal, self._setup, request).run()
        self._tell_state()

    def _carve(self, request: Carve) -> None:
        CarvingSearch(self, self._reader, self._channel, self._journal, request).run()
        self._tell_state()

    # The source and its volumes

    def _open_source(self) -> WatchedSource:
        if self._source is None:
            names, sizes = self._setup.segment_names, self._setup.segment_sizes
            self._opened = open_container(
                [
                    Segment(name, descriptor, size, self._journal.beat)
                    for name, descriptor, size in zip(names, self._evidence, sizes, strict=True)
                ]
            )
            self._source = WatchedSource(self._opened.source, self._journal.beat)
        return self._source

    def _find_volumes(self) -> None:
        self._journal.enter(say.FINDING, 0)
        if self._setup.is_folder:
            whole = VolumeFacts(0, "folder", "host folder", 0, 0, allocated=True)
            self._channel.send(say.VolumesFound("folder", 0, [whole], [], [], [], {}, {}))
            return
        source = self._open_source()
        faults.reach("walker.volumes")
        opened = self._opened
        logical = logical_volumes(opened.name, opened.source) if opened else ()
        found = FoundVolumes("", logical, ()) if logical else find_volumes(source)
        acquired = opened.source.acquisition() if opened else AcquisitionFacts()
        unread = [(one.first_sector, one.sectors) for one in acquired.acquisition_errors]
        stored = opened.source.stored_digests() if opened else ()
        self._channel.send(
            say.VolumesFound(
                opened.name if opened else "",
                source.size_bytes,
                list(found.volumes),
                [(p.code, p.detail[:4096]) for p in source.problems()],
                [(p.code, p.detail[:4096]) for p in found.problems],
                unread[:_SECTOR_RANGES],
                {digest.algorithm: digest.value_hex for digest in stored},
                {key: text[:4096] for key, text in acquired.untrusted_texts},
            )
        )

    def _open_whole(self) -> FileSystem | None:
        """Return the files of a source that is no disk (a folder, a logical image), or ``None``."""
        if self._setup.is_folder and self._folder is None:
            self._folder = open_folder(self._evidence[0], no_atime=self._setup.no_atime)
        if not self._setup.is_folder and self._opened is None:
            self._open_source()
        if self._opened is not None and isinstance(self._opened.source, LogicalSource):
            return self._opened.source.filesystem
        return self._folder

    def _place(self, request: say.OpenVolume | say.KnowVolumes) -> None:
        if isinstance(request, say.KnowVolumes):
            self._volumes.know(request.volumes)
            return
        self._channel.send(self._volumes.open(request.volume_id, request.volume))
        self._tell_state()

    def source_of(self, volume_id: int) -> tuple[ByteSource, VolumeFacts]:
        """Return the source that a volume lies in, and where."""
        return self._volumes.source_of(volume_id)

    def carved_content(self, volume_id: int, address: bytes) -> Content:
        """Return the content at the places that an address holds."""
        source, _ = self._volumes.source_of(volume_id)
        return PlacedContent(source, unpack_places(address, source_bytes=source.size_bytes))

    def volume_size_bytes(self, volume_id: int) -> int:
        """Return the size of a volume, 0 where it has none (a host folder)."""
        return self._volumes.size_bytes(volume_id)

    def damage(self, volume_id: int, content: Content) -> str:
        """Return the code of the damage that a content lies on, empty where there is none."""
        bad_ranges = self._volumes.bad_ranges(volume_id) if self._source is not None else ()
        if not bad_ranges:
            return ""
        return damage_code(content.places(), bad_ranges, size_bytes=content.size_bytes)

    def mounted_system(self, volume_id: int) -> FileSystem:
        """Return the file system of a volume, mounting it where that is still to be done."""
        return self._volumes.system(volume_id)

    # Names

    def _list_folder(self, request: say.ListFolder) -> None:
        entries: list[tuple[int, FoundEntry]] = []
        error, weight = "", 0
        try:
            for index, entry in self._found(request):
                faults.reach("walker.list", entry.raw_name)
                full = len(entries) >= _LISTED_AT_ONCE or weight > _LISTED_BYTES
                # Never between a file and its streams: a walk goes on behind a whole slot.
                if full and index != entries[-1][0]:
                    self._channel.send(say.Listed(request.folder_id, entries, done=False, error=""))
                    entries, weight = [], 0
                entries.append((index, fitted(entry)))
                weight += weight_bytes(entry)
        except EvidenceChanged:
            raise
        except SourceError as problem:
            error = str(problem)[:4096] or "it cannot be listed"
        dropped = dropped_by(self.mounted_system(request.volume_id)) if not error else {}
        self._channel.send(
            say.Listed(request.folder_id, entries, done=True, error=error, dropped=dropped)
        )
        self._tell_state()

    def _found(self, request: say.ListFolder) -> Iterator[tuple[int, FoundEntry]]:
        """Yield a folder's names from the start index on, without the slots to be skipped."""
        system = self.mounted_system(request.volume_id)
        start = request.start_index
        skipped = sorted(index for index in request.skip if index >= start)
        while True:
            stop = skipped.pop(0) if skipped else None
            self._journal.enter(say.LISTING, request.folder_id, say.OPENING)

            def journal(index: int, stop: int | None = stop) -> None:
                if index == stop:
                    raise _SkipSlot
                self._journal.enter(say.LISTING, request.folder_id, index)

            try:
                if request.kind == "orphans":
                    yield from system.list_orphans(start_index=start, journal=journal)
                else:
                    yield from system.list_folder(
                        Address(request.address), start_index=start, journal=journal
                    )
            except _SkipSlot:
                start = (stop or 0) + 1
            else:
                return

    # The whole source

    def _measure_source(self) -> None:
        self._journal.enter(say.MEASURING, 0)
        told = 0

        def progress(done_bytes: int) -> None:
            nonlocal told
            self._journal.enter(say.MEASURING, 0, done_bytes)
            if done_bytes - told >= _PROGRESS_BYTES:
                told = done_bytes
                self._channel.send(say.SourceProgress(done_bytes))

        found = digest_source(self._open_source(), progress=progress).digests
        self._tell_state()
        self._channel.send(
            say.SourceMeasured(found.size_bytes, found.md5, found.sha1, found.sha256)
        )

    # The channel

    def _tell_state(self) -> None:
        if self._source is None:
            return
        ranges, problems = self._source.bad_ranges(), self._source.problems()
        if (len(ranges), len(problems)) != self._told_state:
            self._told_state = (len(ranges), len(problems))
            self._channel.send(
                say.SourceState(
                    [(r.offset_bytes, r.length_bytes, r.code) for r in ranges],
                    [(p.code, p.detail) for p in problems],
                )
            )
