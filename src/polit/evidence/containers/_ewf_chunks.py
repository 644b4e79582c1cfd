"""Decode chunks: read a run of them at once, inflate, compare every checksum, keep, read ahead.

Inflating is libdeflate's (it checks the stream's Adler-32 and never writes beyond the chunk's
size). What it refuses is tried once more with zlib, which also tells a wrong checksum from a
broken stream. Threads start with the first sequential reads of a process, never before.
"""

import errno
import os
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deflate import DeflateError, adler32, zlib_decompress

from polit.base.errors import SourceUnreadable
from polit.evidence.containers._ewf_tables import LOST, UNKNOWN, ChunkPlace
from polit.evidence.segments import Segment, read_segment

if TYPE_CHECKING:
    from concurrent.futures import Future

Buffer = bytes | bytearray

_RUN_BYTES = 1 << 20
_CACHE_BYTES = 16 << 20
_RUNS_AHEAD = 6
_STREAMS = 8
_STREAK = 3
"""So many reads in a row before chunks are decoded that nobody asked for yet."""


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring chunks of one segment, to be decoded together.

    Args:
        first_chunk: The first one's number.
        places: Where each is stored.
        chunk_size_bytes: Decoded size of each.
        last_size_bytes: Decoded size of the last in this run.
    """

    first_chunk: int
    segment: Segment
    places: Sequence[ChunkPlace]
    chunk_size_bytes: int
    last_size_bytes: int


@dataclass(frozen=True, slots=True)
class DecodedRun:
    """Decoded chunks; ``bad`` gives the code of each that is zeros instead."""

    first_chunk: int
    chunks: list[Buffer]
    bad: tuple[tuple[int, str], ...]


def decode_run(run: Run) -> DecodedRun:
    """Read and decode a run.

    Raises:
        SourceUnreadable: The operating system refused a read, other than for a fault of the
            medium.
        EvidenceChanged: The segment is shorter than it was when it was opened.
    """
    bad: list[tuple[int, str]] = []
    chunks: list[Buffer] = []
    sizes = [run.chunk_size_bytes] * (len(run.places) - 1) + [run.last_size_bytes]
    stored = _read_stored(run)
    for index, (place, size, raw) in enumerate(zip(run.places, sizes, stored, strict=True)):
        if isinstance(raw, str):
            code = raw
        elif place.is_compressed:
            data, code = _inflate(raw, size, run.chunk_size_bytes)
        else:
            data, code = _plain(raw, size, run.chunk_size_bytes)
        if code:
            bad.append((run.first_chunk + index, code))
            data = bytes(size)
        chunks.append(data)
    return DecodedRun(run.first_chunk, chunks, tuple(bad))


def _read_stored(run: Run) -> list[memoryview | str]:
    """Return the stored bytes of each chunk, or the code of why there are none."""
    lengths = [_stored_length(place, run.chunk_size_bytes) for place in run.places]
    first, last = run.places[0], run.places[-1]
    end = last.offset_bytes + lengths[-1]
    whole = end - first.offset_bytes
    if first.offset_bytes > 0 and whole == sum(lengths) and _is_in_line(run.places, lengths):
        try:
            blob = memoryview(read_segment(run.segment, first.offset_bytes, whole))
        except SourceUnreadable as error:
            if error.errno != errno.EIO:
                raise
        else:
            return _cut(blob, lengths)
    return [
        _read_one(run.segment, place, length)
        for place, length in zip(run.places, lengths, strict=True)
    ]


def _stored_length(place: ChunkPlace, chunk_size_bytes: int) -> int:
    # Deflate grows data by far less; what lies beyond belongs to something else.
    return min(place.length_bytes, chunk_size_bytes + (chunk_size_bytes >> 3) + 1024)


def _is_in_line(places: Sequence[ChunkPlace], lengths: Sequence[int]) -> bool:
    return all(
        place.offset_bytes + length == following.offset_bytes
        for place, length, following in zip(places, lengths, places[1:], strict=False)
    )


def _cut(blob: memoryview, lengths: Sequence[int]) -> list[memoryview | str]:
    pieces: list[memoryview | str] = []
    start = 0
    for length in lengths:
        pieces.append(blob[start : start + length])
        start += length
    return pieces


def _read_one(segment: Segment, place: ChunkPlace, length: int) -> memoryview | str:
    if place.offset_bytes == UNKNOWN.offset_bytes:
        return "table_checksum"
    if place.offset_bytes == LOST.offset_bytes or place.offset_bytes >= segment.size_bytes:
        return "chunk_missing"
    try:
        return memoryview(read_segment(segment, place.offset_bytes, length))
    except SourceUnreadable as error:
        if error.errno != errno.EIO:
            raise
    return "read_error"


def _plain(raw: memoryview, size: int, full_size: int) -> tuple[Buffer, str]:
    # Some tools store a short last chunk at full size.
    for length in (size,) if size == full_size else (size, full_size):
        stored = raw[length : length + 4]
        if len(stored) == 4 and adler32(raw[:length]) == int.from_bytes(stored, "little"):
            return bytes(raw[:size]), ""
    return b"", "chunk_checksum" if len(raw) >= size + 4 else "chunk_missing"


def _inflate(raw: memoryview, size: int, full_size: int) -> tuple[Buffer, str]:
    try:
        data: Buffer = zlib_decompress(raw, full_size)
    except DeflateError:
        data, code = _inflate_again(raw, full_size)
        if code:
            return b"", code
    if len(data) == size:
        return data, ""
    return (data[:size], "") if len(data) == full_size else (b"", "chunk_inflate")


def _inflate_again(raw: memoryview, full_size: int) -> tuple[bytes, str]:
    stream = zlib.decompressobj()
    try:
        data = stream.decompress(raw, full_size + 1)
    except zlib.error as error:
        return b"", "chunk_checksum" if "data check" in str(error) else "chunk_inflate"
    return (data, "") if stream.eof and len(data) <= full_size else (b"", "chunk_inflate")


class ChunkReader:
    """Gives decoded chunks, the latest from memory and, in sequence, ahead of the asking.

    Args:
        plan: Gives the run that begins with a chunk and has at most so many.
        chunks: How many chunks there are.
        chunk_size_bytes: Decoded size of a chunk.
        on_bad: Called with a chunk's number and the code, once per decoding of a bad one.
        threads: How many decode ahead; 0 decodes in the caller alone.
    """

    def __init__(
        self,
        plan: Callable[[int, int], Run],
        *,
        chunks: int,
        chunk_size_bytes: int,
        on_bad: Callable[[int, str], None],
        threads: int,
    ) -> None:
        self._plan = plan
        self._chunks = chunks
        self._on_bad = on_bad
        self._per_run = max(_RUN_BYTES // chunk_size_bytes, 1)
        self._keep = max(_CACHE_BYTES // chunk_size_bytes, 2 * self._per_run)
        self._cache: dict[int, Buffer] = {}
        self._streams: dict[int, int] = {}
        self._ahead: dict[int, Future[DecodedRun]] = {}
        self._threads = threads if chunk_size_bytes <= _RUN_BYTES else 0
        self._pool: ThreadPoolExecutor | None = None
        self._pool_pid = 0

    def chunks(self, first: int, last: int) -> list[Buffer]:
        """Return the decoded chunks ``first`` to ``last``, both included."""
        if self._pool_pid not in (0, os.getpid()):
            # A fork takes along the pool's book-keeping and none of its threads.
            self._ahead.clear()
            self._pool, self._pool_pid = None, 0
        is_stream = self._note_stream(first, last)
        found: list[Buffer] = []
        while first <= last:
            data = self._cache.pop(first, None)
            if data is not None:
                self._cache[first] = data
                found.append(data)
                first += 1
                continue
            if is_stream:
                self._decode_ahead(first)
            run = self._fetch(first, last)
            begin = first - run.first_chunk
            taken = run.chunks[begin : begin + last + 1 - first]
            found += taken
            first += len(taken)
        return found

    def _note_stream(self, first: int, last: int) -> bool:
        """Tell whether this read continues an earlier one, or is long in itself."""
        streak = self._streams.pop(first, None) or self._streams.pop(first - 1, 0)
        self._streams.pop(last, None)
        self._streams[last] = streak + 1
        if len(self._streams) > _STREAMS:
            del self._streams[next(iter(self._streams))]
        return streak >= _STREAK or last - first >= 2 * self._per_run

    def _fetch(self, first: int, last: int) -> DecodedRun:
        begin = first - first % self._per_run
        future = self._ahead.pop(begin, None)
        if future is None or future.cancel():
            count = min(last + 1 - first, self._per_run)
            run = decode_run(self._plan(first, count))
        else:
            run = future.result()
            if first >= run.first_chunk + len(run.chunks):
                run = decode_run(self._plan(first, min(last + 1 - first, self._per_run)))
        self._keep_run(run)
        return run

    def _keep_run(self, run: DecodedRun) -> None:
        for chunk, code in run.bad:
            self._on_bad(chunk, code)
        for index, data in enumerate(run.chunks, run.first_chunk):
            self._cache[index] = data
        while len(self._cache) > self._keep:
            del self._cache[next(iter(self._cache))]

    def _decode_ahead(self, first: int) -> None:
        """Let the threads decode the runs from the one that holds ``first`` on."""
        pool = self._started_pool()
        if pool is None:
            return
        begin = first - first % self._per_run
        end = min(begin + _RUNS_AHEAD * self._per_run, self._chunks)
        wanted = range(begin, end, self._per_run)
        for stale in [run for run in self._ahead if run not in wanted]:
            self._ahead.pop(stale).cancel()
        try:
            for run in wanted:
                if run not in self._ahead and run not in self._cache:
                    self._ahead[run] = pool.submit(decode_run, self._plan(run, self._per_run))
        except RuntimeError:
            # No thread may start here: decode in the caller from now on.
            self._threads = 0
            self._ahead.clear()

    def _started_pool(self) -> ThreadPoolExecutor | None:
        if self._threads and self._pool is None:
            self._pool = ThreadPoolExecutor(self._threads, "polit-chunks")
            self._pool_pid = os.getpid()
        return self._pool if self._threads else None

    def close(self) -> None:
        """Stop the threads and forget what was decoded."""
        if self._pool is not None and self._pool_pid == os.getpid():
            self._pool.shutdown(cancel_futures=True)
        self._pool, self._pool_pid, self._threads = None, 0, 0
        self._ahead.clear()
        self._cache.clear()
