"""Looks for pictures and videos in bytes that no file owns, and reads what it finds.

Every step stands in the journal before it is done: the place of a search, and of a candidate
that is being read. A walker that is lost costs the one place where it stood.
"""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

import numpy.ma  # noqa: F401 - numba asks for it when it meets a read-only array: too late then

from polit.base import faults
from polit.base.clock import monotonic_s
from polit.base.errors import EvidenceChanged, SourceError
from polit.evidence.carve import PART_BYTES, Carved, CarvingTally, find_candidates
from polit.evidence.carving import FreeSpace
from polit.evidence.filesystem import Content, FileSystem, TellsFreeSpace
from polit.evidence.free_space import JoinedSpace, PlacedContent
from polit.evidence.opening import name_unopened
from polit.evidence.source import ByteSource
from polit.model.evidence import VolumeFacts
from polit.sandbox import carving_messages as told
from polit.sandbox import walking_messages as say
from polit.sandbox.worker.walker_channel import WalkerChannel

_ENCRYPTED = frozenset({"BitLocker", "LUKS"})
"""What lies in these is noise: none of their bytes is searched."""
_BLOCK_BYTES = 512
_TELL_S = 0.5


class Evidence(Protocol):
    """What the search needs of the walker."""

    def source_of(self, volume_id: int) -> tuple[ByteSource, VolumeFacts]:
        """Return the source that a volume lies in, and where."""

    def mounted_system(self, volume_id: int) -> FileSystem:
        """Return the file system of a volume."""


class CandidateReader(Protocol):
    """What reads a candidate."""

    def read_candidate(self, job: say.ReadJob, content: Content) -> say.ReadResult:
        """Read it and hold its bytes for a decoder."""


class _Taken(NamedTuple):
    """An extent of a complete candidate, and where that begins."""

    begin_bytes: int
    offset_bytes: int
    length_bytes: int
    is_verified: bool


class _SkipPlace(Exception):
    """Raised by the journal at a place that cost a walker."""


class CarvingSearch:
    """Carries out one ``Carve`` request."""

    def __init__(
        self,
        evidence: Evidence,
        reader: CandidateReader,
        channel: WalkerChannel,
        journal: say.Journal,
        request: told.Carve,
    ) -> None:
        """Make ready; nothing is read yet."""
        self._evidence, self._reader = evidence, reader
        self._channel, self._journal, self._request = channel, journal, request
        self._next_bytes = request.start_bytes
        self._taken = [_Taken(0, *one) for one in request.taken]
        self._found: list[told.Candidate] = []
        self._told_at = monotonic_s()
        self._size_bytes = 0
        self._tally = CarvingTally()
        self._passed_over: int | None = None
        """Beginnings told as passed over; ``None`` before the place where the request begins."""

    def run(self) -> None:
        """Search, tell what was found, and end with a message that is ``done``."""
        request = self._request
        self._journal.enter(say.CARVING, request.search_id, self._next_bytes)
        code = detail = ""
        try:
            source, volume = self._evidence.source_of(self._request.volume_id)
            space = self._space(source, volume)
            if isinstance(space, str):
                code = space
            else:
                self._size_bytes = space.size_bytes
                self._search(source, space)
                self._next_bytes = space.size_bytes
        except EvidenceChanged:
            raise
        except SourceError as error:
            code, detail = "unreadable", str(error)[:4096]
        self._tell(done=True, code=code, detail=detail)

    def _space(self, source: ByteSource, volume: VolumeFacts) -> JoinedSpace | str:
        """Return the bytes to search, or the code of why there are none."""
        request = self._request
        if request.ranges:
            if name_unopened(source, volume) in _ENCRYPTED:
                return "encrypted"
            return JoinedSpace(source, request.ranges, block_bytes=_BLOCK_BYTES)
        system = self._evidence.mounted_system(request.volume_id)
        if not isinstance(system, TellsFreeSpace):
            return "unknown"
        block_bytes = system.facts.block_size_bytes or _BLOCK_BYTES
        return JoinedSpace(source, system.unallocated(), block_bytes=block_bytes)

    def _search(self, source: ByteSource, space: JoinedSpace) -> None:
        for found in self._candidates(space):
            start = found.start_bytes
            if found.is_complete:
                self._taken += [_Taken(start, *one, found.is_verified) for one in found.extents]
            if start < self._request.start_bytes:
                continue  # told before: only what it takes counts
            faults.reach("walker.carve", str(start).encode())
            self._read(source, space, found)
            self._next_bytes = start + 1
            if len(self._found) >= told.FOUND_AT_ONCE or self._found[-1].result.slot >= 0:
                self._tell()

    def _candidates(self, space: FreeSpace) -> Iterator[Carved]:
        """Yield candidates without those that begin where a walker was lost.

        What carvers may spend is measured by parts of the space: a search that goes on begins
        with the part that it was in, so that it finds what a single one does.
        """
        skipped = frozenset(self._request.skip)
        begin = _part_of(self._request.start_bytes)

        def progress(at_bytes: int) -> None:
            if at_bytes in skipped and at_bytes >= begin:
                raise _SkipPlace(at_bytes)
            self._journal.enter(say.CARVING, self._request.search_id, at_bytes)
            if self._passed_over is None and at_bytes >= self._request.start_bytes:
                self._passed_over = self._tally.crowded
            self._next_bytes = max(self._next_bytes, at_bytes)
            if monotonic_s() - self._told_at > _TELL_S:
                self._tell()

        while True:
            before = [
                Carved("", "", ((one.offset_bytes, one.length_bytes),), True, one.is_verified)
                for one in self._taken
            ]
            try:
                yield from find_candidates(
                    space,
                    start_bytes=begin,
                    on_progress=progress,
                    found_before=before,
                    tally=self._tally,
                )
            except _SkipPlace as place:
                begin = place.args[0] + 1
            else:
                return

    def _read(self, source: ByteSource, space: JoinedSpace, found: Carved) -> None:
        places = space.places(found.extents)[: told.EXTENTS_AT_MOST]
        content = PlacedContent(source, places)
        job = say.ReadJob(found.start_bytes, self._request.volume_id, b"", b"", content.size_bytes)
        result = self._reader.read_candidate(job, content)
        self._found.append(told.Candidate(result, places, len(found.extents)))

    def _tell(self, *, done: bool = False, code: str = "", detail: str = "") -> None:
        part = _part_of(self._next_bytes)
        self._taken = [
            one
            for one in self._taken
            if one.begin_bytes >= part or one.offset_bytes + one.length_bytes > part
        ]
        passed_over = 0
        if self._passed_over is not None:
            passed_over = self._tally.crowded - self._passed_over
            self._passed_over = self._tally.crowded
        self._channel.send(
            told.Carved(
                search_id=self._request.search_id,
                candidates=self._found,
                next_bytes=self._next_bytes,
                size_bytes=self._size_bytes,
                taken=[one[1:] for one in self._taken if one.begin_bytes < part],
                done=done,
                passed_over=passed_over,
                code=code,
                detail=detail,
            )
        )
        self._found = []
        self._told_at = monotonic_s()


def _part_of(at_bytes: int) -> int:
    """Return where the part of the space begins that a place lies in."""
    return at_bytes - at_bytes % PART_BYTES
