"""Every reader of hash sets over lists of ``count`` rows, and over thousands of damaged ones.

Each kind of list is read whole in a process of its own: every row must be a record, whatever the
size, and the greatest resident size must not grow with it (compared with a tenth of the rows).
Reads of the tenth that begin at batches spread over it must give the rest. Then lists with one to
four things wrong with them are read: nothing but ``HashSetUnreadable`` may be raised, and no record
may come without a key.
"""

import multiprocessing
import random
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from hash_lists import FRAMES, KINDS, write_list
from hash_mutations import mutated

from polit.base.clock import monotonic_s
from polit.base.errors import HashSetUnreadable
from polit.match.detecting import format_of
from polit.match.reading import ReadBatch, ReadStart

NAME = "hash_formats"
FULL_COUNT = 10_000_000

_MUTATIONS = 5000
_RESUMES = 5
_GROWTH_MB = 60
"""What a batch of other rows may differ by; a list of ten million rows has a gigabyte."""
_SLOWEST_S = 5.0


def prove(count: int, scratch: Path) -> dict[str, object]:
    """Read lists of ``count`` rows of every kind.

    Raises:
        AssertionError: A row is missing, memory grew, a resumed read differs, or damage did more.
    """
    figures: dict[str, object] = {"rows": count, "mutations_each": _MUTATIONS}
    for kind in KINDS:
        rows = max(count // FRAMES, 1) if kind == "vpdq" else count
        small, large = scratch / "small.list", scratch / "large.list"
        write_list(small, kind, max(rows // 10, 1))
        write_list(large, kind, rows)
        tenth = _in_a_process(_read, small, max(rows // 10, 1))
        whole = _in_a_process(_read, large, rows)
        grown = whole["peak_mb"] - tenth["peak_mb"]
        assert grown <= _GROWTH_MB, f"{kind}: {grown} MB more for ten times the rows"
        again = _in_a_process(_resumed, small, max(rows // 10, 1))
        figures[kind] = {
            **whole, "peak_mb_of_a_tenth": tenth["peak_mb"], **again, **_damaged(kind, scratch),
        }  # fmt: skip
        for path in (small, large):
            path.unlink()
    return figures


def _in_a_process(
    read: Callable[[Path, int], dict[str, float]], path: Path, rows: int
) -> dict[str, float]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        return executor.submit(read, path, rows).result()


def _read(path: Path, rows: int) -> dict[str, float]:
    reader = format_of(path)
    began_s = time.process_time()
    given = 0
    for batch in reader.read(path, ReadStart()):
        assert not batch.rejected, batch.rejected[0]
        given += len(batch.records)
    seconds = time.process_time() - began_s
    assert given == rows, f"{given} of {rows}"
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"rows_per_cpu_s": round(rows / seconds), "peak_mb": round(peak_kib / 1000)}


def _resumed(path: Path, rows: int) -> dict[str, float]:
    """Read the rest behind some of the batches."""
    reader = format_of(path)
    given, marks = 0, []
    for batch in reader.read(path, ReadStart()):
        given += len(batch.records)
        marks.append((given, batch.position))
    for before, position in marks[:: max(len(marks) // _RESUMES, 1)]:
        rest = sum(len(batch.records) for batch in reader.read(path, ReadStart(position)))
        assert before + rest == rows, f"{rest} behind {position}"
    return {"resumed": len(marks[:: max(len(marks) // _RESUMES, 1)])}


def _damaged(kind: str, scratch: Path) -> dict[str, float]:
    path = scratch / "damaged"
    reader = format_of(write_list(path, kind, 60))
    good = path.read_bytes()
    randomness = random.Random(kind)
    refused, slowest_s = 0, 0.0
    for _ in range(_MUTATIONS):
        path.write_bytes(mutated(good, randomness))
        began_s = monotonic_s()
        try:
            for batch in reader.read(path, ReadStart()):
                _check(batch)
        except HashSetUnreadable:
            refused += 1
        slowest_s = max(slowest_s, monotonic_s() - began_s)
    path.unlink()
    assert slowest_s <= _SLOWEST_S, f"{kind}: {slowest_s} s for one damaged list"
    return {"damaged_refused": refused, "damaged_slowest_ms": round(slowest_s * 1000)}


def _check(batch: ReadBatch) -> None:
    for record in batch.records:
        sizes = tuple(map(len, (record.md5, record.sha1, record.sha256, record.pdq)))
        assert any(sizes) or record.frames
        assert all(
            size in (0, wanted) for size, wanted in zip(sizes, (16, 20, 32, 32), strict=True)
        )
        for name, text in record.fields:
            (name + text).encode()
