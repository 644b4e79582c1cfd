"""Sequential reading of a compressed E01: polit's reader against libewf, on the same bytes.

    python -m benchmarks.e01 [--size-mib 384] [--rounds 5] [--json]

The image is a mix by chunks of what a seized disk holds: a quarter incompressible (pictures,
video), a quarter machine code and libraries, three eighths text and tables, an eighth empty,
acquired by ``ewfacquire -c fast`` as EnCase 6. Both sides read it from end to end in pieces of
1 MiB, in alternating rounds, in a fresh process each, pinned to the same cores; all checksums
of both are on. What was read is hashed once per side, outside the measured rounds.
"""

import argparse
import contextlib
import hashlib
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyewf

from polit.evidence.container import open_container
from polit.evidence.segments import close_segments, find_segments, open_segments

_PIECE_BYTES = 1 << 20
_BLOCK_BYTES = 256 << 10
_LIBRARIES = ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib")
_TEXTS = (sys.prefix, "/usr/lib/python3", "/usr/share")

Reader = Callable[[int, int], bytes]


def _files(folders: tuple[str, ...], pattern: str) -> Iterator[bytes]:
    for folder in folders:
        for path in sorted(Path(folder).rglob(pattern)):
            if path.is_file() and not path.is_symlink():
                yield path.read_bytes()


def _gathered(folders: tuple[str, ...], pattern: str, size_bytes: int) -> bytes:
    gathered = bytearray()
    for data in _files(folders, pattern):
        gathered += data
        if len(gathered) >= size_bytes:
            break
    while len(gathered) < size_bytes:
        gathered += gathered[: size_bytes - len(gathered)]
    return bytes(gathered[:size_bytes])


def build_image(folder: Path, size_mib: int) -> Path:
    """Write the mixed device and acquire it; return the first segment."""
    chooser = random.Random(1)
    size_bytes = size_mib << 20
    kinds = [
        *[chooser.randbytes(size_bytes // 4)],
        *[_gathered(_LIBRARIES, "*.so*", size_bytes // 4)],
        *[_gathered(_TEXTS, "*.py", size_bytes * 3 // 8)],
        *[bytes(size_bytes // 8)],
    ]
    blocks = [
        kind[start : start + _BLOCK_BYTES]
        for kind in kinds
        for start in range(0, len(kind), _BLOCK_BYTES)
    ]
    chooser.shuffle(blocks)
    raw = folder / "mix.dd"
    raw.write_bytes(b"".join(blocks))
    command = ["ewfacquire", "-u", "-q", "-f", "encase6", "-c", "fast", "-t", "mix", raw.name]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    raw.unlink()
    return folder / "mix.E01"


@contextlib.contextmanager
def _polit(path: Path) -> Iterator[tuple[int, Reader]]:
    segments = open_segments(find_segments(path).paths)
    source = open_container(segments).source
    yield source.size_bytes, source.read_at
    if source.bad_ranges() or source.problems():
        raise RuntimeError("the image was read with problems: the figures mean nothing")
    source.close()
    close_segments(segments)


@contextlib.contextmanager
def _libewf(path: Path) -> Iterator[tuple[int, Reader]]:
    handle = pyewf.handle()
    handle.open([str(one) for one in find_segments(path).paths])
    yield (
        handle.get_media_size(),
        lambda offset, length: handle.read_buffer_at_offset(length, offset),
    )
    handle.close()


_SIDES = {"polit": _polit, "libewf": _libewf}


def measure(side: str, path: Path, cores: int, *, with_hash: bool) -> dict[str, object]:
    """Read the image once on so many cores; runs in a process of its own."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
    digest = hashlib.sha256()
    started, started_cpu = time.perf_counter(), time.process_time()
    with _SIDES[side](path) as (size, read):
        for offset in range(0, size, _PIECE_BYTES):
            piece = read(offset, _PIECE_BYTES)
            if with_hash:
                digest.update(piece)
    return {
        "seconds": time.perf_counter() - started,
        "cpu_s": time.process_time() - started_cpu,
        "bytes": size,
        "sha256": digest.hexdigest() if with_hash else "",
    }


def _in_child(side: str, path: Path, cores: int, *, with_hash: bool = False) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.e01", "--side", side, "--image", str(path)]
    command += ["--cores", str(cores), *(["--hash"] if with_hash else [])]
    done = subprocess.run(command, check=True, capture_output=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def compare(path: Path, cores: int, rounds: int) -> dict[str, float]:
    """Measure both sides in alternating rounds and return medians and their ratio."""
    times: dict[str, list[dict[str, float]]] = {side: [] for side in _SIDES}
    for turn in range(rounds):
        for side in sorted(_SIDES, reverse=turn % 2 == 1):
            times[side].append(_in_child(side, path, cores))
    row: dict[str, float] = {"cores": cores, "rounds": rounds}
    for side, found in times.items():
        row[f"{side}_s"] = statistics.median(one["seconds"] for one in found)
        row[f"{side}_cpu_s"] = statistics.median(one["cpu_s"] for one in found)
        row[f"{side}_mb_per_s"] = found[0]["bytes"] / row[f"{side}_s"] / 1e6
    row["ratio_wall"] = row["libewf_s"] / row["polit_s"]
    row["ratio_cpu"] = row["libewf_cpu_s"] / row["polit_cpu_s"]
    return row


def run(size_mib: int, rounds: int) -> dict[str, object]:
    """Build the image, check that both sides read the same bytes, and compare."""
    with tempfile.TemporaryDirectory(prefix="bench-e01-") as folder:
        path = build_image(Path(folder), size_mib)
        hashes = {_in_child(side, path, 1, with_hash=True)["sha256"] for side in _SIDES}
        if len(hashes) != 1:
            raise RuntimeError("the two sides read different bytes")
        cores = [n for n in (1, 2) if n <= len(os.sched_getaffinity(0))]
        return {
            "benchmark": "e01",
            "size_mib": size_mib,
            "stored_bytes": path.stat().st_size,
            "libewf": pyewf.get_version(),
            "target_ratio": 6,
            "rows": [compare(path, n, rounds) for n in cores],
        }


def main() -> int:
    """Print a table, or one JSON object."""
    parser = argparse.ArgumentParser(description="E01 sequential read against libewf")
    parser.add_argument("--size-mib", type=int, default=384)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--side", choices=sorted(_SIDES), help=argparse.SUPPRESS)
    parser.add_argument("--image", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--cores", type=int, default=1, help=argparse.SUPPRESS)
    parser.add_argument("--hash", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        found = measure(options.side, options.image, options.cores, with_hash=options.hash)
        print(json.dumps(found))
        return 0
    result = run(options.size_mib, options.rounds)
    print(json.dumps(result) if options.json else _table(result))
    return 0


def _table(result: dict[str, object]) -> str:
    rows = result["rows"]
    lines = [f"{result['size_mib']} MiB, {result['stored_bytes']} bytes stored"]
    lines.append("cores   polit MB/s   libewf MB/s   ratio (wall)   ratio (CPU)")
    lines += [
        f"{row['cores']:5d} {row['polit_mb_per_s']:12.0f} {row['libewf_mb_per_s']:13.0f} "
        f"{row['ratio_wall']:14.1f} {row['ratio_cpu']:13.1f}"
        for row in (rows if isinstance(rows, list) else [])
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
