"""Sort the keys of a set, however many, in little memory: runs on the disk, then by shares.

Imported by ``polit.match.importing`` alone. A row is a key and its record's number, so that no
two rows are alike: shares are cut between rows, and a list whose keys all begin alike, or are
all the same, is cut as well as any other. Everything is NumPy on whole rows; nothing is
compiled, and the order is that of the bytes.
"""

import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from polit.base import faults
from polit.match.exact import top_bits

RUN_BYTES = 16 << 20
"""How much of the rows is sorted at a time; sorting takes about five times this memory."""

_NUMBER_BYTES = 4
_SAMPLES = 64

Rows = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class SortedKeys:
    """How many keys were sorted, and how many of them repeat the one before."""

    count: int
    duplicates: int


@dataclass(frozen=True, slots=True)
class SortPlaces:
    """Files of a sort: what the records state, where the sorted parts go, where runs may lie."""

    stated: Path
    keys: Path
    records: Path
    top: Path
    scratch: Path


def sort_keys(places: SortPlaces, width: int, *, run_bytes: int = RUN_BYTES) -> SortedKeys:
    """Sort what records state into keys, record numbers and a radix index over them.

    Args:
        places: Its files. What stands where the parts go is written over.
        width: The bytes of a key; a key of zeros alone was not stated.
        run_bytes: How much is sorted at a time.
    """
    sorter = _Sorter(places, width, max(run_bytes // (width + _NUMBER_BYTES), 2 * _SAMPLES))
    return sorter.sort()


def rows_sorted(rows: Rows) -> Rows:
    """Return rows ``(n, w) uint8`` in the order of their bytes."""
    words = _words(rows)
    order = np.argsort(words[:, 0])
    first = words[order, 0]
    same = np.zeros(len(rows), dtype=np.bool_)
    equal = first[1:] == first[:-1]
    same[1:] |= equal
    same[:-1] |= equal
    tied = np.flatnonzero(same)
    if len(tied):
        among = words[order[tied]]
        columns = tuple(among[:, at] for at in range(among.shape[1] - 1, -1, -1))
        order[tied] = order[tied][np.lexsort(columns)]
    return rows[order]


def _words(rows: Rows) -> NDArray[np.uint64]:
    count, width = rows.shape
    padded = np.zeros((count, -(-width // 8) * 8), dtype=np.uint8)
    padded[:, :width] = rows
    return padded.view(">u8").astype(np.uint64)


class _Sorter:
    def __init__(self, places: SortPlaces, width: int, run_rows: int) -> None:
        self._places, self._width, self._run_rows = places, width, run_rows
        self._row_bytes = width + _NUMBER_BYTES
        self._count = self._duplicates = 0
        self._last = b""

    def sort(self) -> SortedKeys:
        self._places.scratch.mkdir(exist_ok=True)
        runs = [self._write_run(number, rows) for number, rows in enumerate(self._read_runs())]
        total = sum(len(run) for run in runs)
        bits = top_bits(total)
        counts = np.zeros((1 << bits) + 1, dtype=np.uint32)
        with self._places.keys.open("wb") as keys, self._places.records.open("wb") as records:
            for share in self._shares(runs, total):
                self._write_share(share, keys, records)
                add_prefix_counts(counts, share)
        # In its own place: at 50 million keys the index is 34 MB, and three copies 100.
        np.cumsum(counts, out=counts)
        counts.astype("<u4", copy=False).tofile(self._places.top)
        for path in sorted(self._places.scratch.iterdir()):
            path.unlink()
        self._places.scratch.rmdir()
        return SortedKeys(self._count, self._duplicates)

    def _read_runs(self) -> Iterator[Rows]:
        with self._places.stated.open("rb") as stream:
            first = 0
            while raw := stream.read(self._run_rows * self._width):
                faults.reach("hashsets.run")
                keys = np.frombuffer(raw, dtype=np.uint8).reshape(-1, self._width)
                numbers = np.arange(first, first + len(keys), dtype=">u4")
                first += len(keys)
                stated = keys.any(axis=1)
                rows = np.empty((int(stated.sum()), self._row_bytes), dtype=np.uint8)
                rows[:, : self._width] = keys[stated]
                rows[:, self._width :] = numbers[stated].view(np.uint8).reshape(-1, 4)
                yield rows_sorted(rows)

    def _write_run(self, number: int, rows: Rows) -> "_Run":
        path = self._places.scratch / f"run-{number:06}"
        with path.open("wb") as stream:
            stream.write(rows.data)
        every = max(len(rows) // _SAMPLES, 1)
        return _Run(path, len(rows), self._row_bytes, rows[every // 2 :: every].copy())

    def _shares(self, runs: list["_Run"], total: int) -> Iterator[Rows]:
        """Yield all rows in order, about a run's worth at a time."""
        samples = rows_sorted(np.concatenate([run.samples for run in runs])) if runs else _NO_ROWS
        pieces = max(-(-total // self._run_rows), 1)
        cuts = [bytes(samples[at * len(samples) // pieces]) for at in range(1, pieces)]
        starts = [0] * len(runs)
        for cut in [*cuts, None]:
            ends = [len(run) if cut is None else run.place_of(cut) for run in runs]
            parts = [
                run.rows(start, end) for run, start, end in zip(runs, starts, ends, strict=True)
            ]
            starts = ends
            joined = [part for part in parts if len(part)]
            if joined:
                faults.reach("hashsets.share")
                yield joined[0] if len(joined) == 1 else rows_sorted(np.concatenate(joined))

    def _write_share(self, share: Rows, keys: BinaryIO, records: BinaryIO) -> None:
        sorted_keys = np.ascontiguousarray(share[:, : self._width])
        keys.write(sorted_keys.data)
        numbers = np.ascontiguousarray(share[:, self._width :]).view(">u4")
        records.write(numbers.astype("<u4").data)
        alike = (sorted_keys[1:] == sorted_keys[:-1]).all(axis=1)
        self._duplicates += int(alike.sum()) + (bytes(sorted_keys[0]) == self._last)
        self._last = bytes(sorted_keys[-1])
        self._count += len(share)


def add_prefix_counts(counts: NDArray[np.uint32], rows: Rows) -> None:
    """Add how many sorted rows have each leading value.

    Args:
        counts: ``(2^bits + 1,)``; the count of a value goes behind its own place.
        rows: ``(n, w) uint8`` in order, at least one.
    """
    shift = 33 - (len(counts) - 1).bit_length()
    leading = np.ascontiguousarray(rows[:, :4]).view(">u4").ravel().astype(np.int64) >> shift
    first = int(leading[0])
    found = np.bincount(leading - first)
    counts[first + 1 : first + 1 + len(found)] += found.astype(np.uint32)


class _Run:
    """Sorted rows in a file."""

    def __init__(self, path: Path, count: int, row_bytes: int, samples: Rows) -> None:
        self._path, self._count, self._row_bytes = path, count, row_bytes
        self.samples = samples

    def __len__(self) -> int:
        return self._count

    def place_of(self, row: bytes) -> int:
        """Return how many rows come before this one."""
        with self._path.open("rb") as stream:

            def read(place: int) -> bytes:
                stream.seek(place * self._row_bytes)
                return stream.read(self._row_bytes)

            return bisect.bisect_left(range(self._count), row, key=read)

    def rows(self, start: int, end: int) -> Rows:
        """Read rows from one place up to another."""
        flat = np.fromfile(
            self._path,
            dtype=np.uint8,
            count=(end - start) * self._row_bytes,
            offset=start * self._row_bytes,
        )
        return flat.reshape(-1, self._row_bytes)


_NO_ROWS: Rows = np.empty((0, 1), dtype=np.uint8)
