"""PDQ of decoded pictures: polit's against PyPI's pdqhash, which is built here for it.

    python -m benchmarks.pdq [--pictures 24] [--json]

The pictures are drawn landscapes with the grain of a photograph, as a JPEG comes from the decoder
(RGBX). polit's side gives more: the hash of all pixels, its seven turns and the second variant;
pdqhash's gives the first alone. Decoding is excluded on both. The two alternate, picture by
picture, in one process; milliseconds are processor time. A second table tells what warming up
costs a zygote. Without a C++ compiler pdqhash is left out.
"""

import argparse
import contextlib
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from prove.prove_pdq import References

from polit.decode import pdq
from polit.decode._pdq_blocks import folded
from polit.decode._pdq_pixels import pixels_of_picture

TARGET_MS = 8.0
_SIZES = {"12 MP": (4000, 3000), "8 MP": (3264, 2448), "2 MP": (1600, 1200)}
_WARMING = """
import json, time
from pathlib import Path
def pss_mb():
    rows = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith("Pss:")) / 1024
import numpy, PIL.Image
before, started = pss_mb(), time.perf_counter()
from polit.decode import pdq
imported = time.perf_counter()
pdq.warm()
ended = time.perf_counter()
print(json.dumps({"import_s": imported - started, "warm_s": ended - imported,
                  "pss_mb": pss_mb() - before}))
"""

Pixels = NDArray[np.uint8]


def photograph(size: tuple[int, int], seed: int) -> Pixels:
    """Return ``(height, width, 4) uint8 RGBX``: hills, panes and grain."""
    chance = np.random.default_rng(seed)
    width, height = size
    x, y = np.arange(width, dtype=np.float32)[None], np.arange(height, dtype=np.float32)[:, None]
    grain = np.resize(chance.normal(0, 4, 1 << 20).astype(np.float32), (height, width))
    pixels = np.full((height, width, 4), 255, dtype=np.uint8)
    for band in range(3):
        tone = grain + 128
        for octave in range(1, 7):
            turn, phase = chance.uniform(-18, 18, 2), chance.uniform(0, 6, 2)
            across = np.sin(x * np.float32(turn[0] * octave / width) + np.float32(phase[0]))
            down = np.cos(y * np.float32(turn[1] * octave / height) + np.float32(phase[1]))
            tone += np.float32(60 / octave) * across * down
        pixels[:, :, band] = np.clip(tone, 0, 255)
    for _ in range(25):
        place, side = chance.integers(0, (width, height)), chance.integers(20, width // 6)
        part = pixels[place[1] : place[1] + side, place[0] : place[0] + side]
        part[:] = part // 2 + chance.integers(0, 128, 4, dtype=np.uint8)
    return pixels


def compare(size: tuple[int, int], pictures: int, peer: Any | None) -> dict[str, float]:
    """Hash so many pictures of a size on both sides; they must agree."""
    ours: list[float] = []
    theirs: list[float] = []
    slower = 0
    for seed in range(pictures):
        pixels = photograph(size, seed)
        picture = Image.frombuffer("RGBX", size, pixels, "raw", "RGBX", 0, 1)
        pdq.hash_picture(picture)  # the tables of the size, and the caches, are warm on both sides
        found = _timed(ours, partial(pdq.hash_picture, picture))
        block = folded(pixels_of_picture(picture))
        # Which way was taken is no part of the result.
        slower += not pdq._is_clear(block, pdq._transformed(block))  # noqa: SLF001
        if peer is not None:
            rgb = np.ascontiguousarray(pixels[:, :, :3])
            bits, quality = _timed(theirs, partial(peer.compute, rgb))
            if (np.packbits(bits).tobytes(), quality) != (found[0].value, found[0].quality):
                raise RuntimeError("the two sides differ: the figures mean nothing")
    row = _row("polit", ours) | {"blurred": slower, "pictures": pictures}
    if theirs:
        row |= _row("pdqhash", theirs)
        row["ratio"] = statistics.mean(theirs) / statistics.mean(ours)
    return row


def _timed(times_ms: list[float], call: Callable[[], Any]) -> Any:
    started = time.process_time()
    found = call()
    times_ms.append((time.process_time() - started) * 1000)
    return found


def _row(side: str, times_ms: list[float]) -> dict[str, float]:
    return {
        f"{side}_median_ms": statistics.median(times_ms),
        f"{side}_mean_ms": statistics.mean(times_ms),
        f"{side}_worst_ms": max(times_ms),
    }


def warming() -> dict[str, float]:
    """Measure, in a fresh process, what loading and warming PDQ costs."""
    command = [sys.executable, "-c", _WARMING]
    found = [
        json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        for _ in range(5)
    ]
    return {name: statistics.median(one[name] for one in found) for name in found[0]}


@contextlib.contextmanager
def _peer() -> Iterator[Any | None]:
    if shutil.which("c++") is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="bench-pdq-") as folder:
        yield References(Path(folder)).pdqhash


def run(pictures: int) -> dict[str, object]:
    """Measure every size, and the warming."""
    pdq.warm()
    with _peer() as peer:
        rows = {name: compare(size, pictures, peer) for name, size in _SIZES.items()}
    return {"benchmark": "pdq", "target_ms": TARGET_MS, "rows": rows, "warming": warming()}


def main() -> int:
    """Print a table, or one JSON object."""
    parser = argparse.ArgumentParser(description="PDQ of decoded pictures against pdqhash")
    parser.add_argument("--pictures", type=int, default=24)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = run(options.pictures)
    print(json.dumps(result) if options.json else _table(result))
    return 0


def _table(result: dict[str, Any]) -> str:
    lines = [f"target at 12 MP: {result['target_ms']} ms"]
    lines.append("         polit ms: median  mean  worst   blurred   pdqhash ms: mean   ratio")
    lines += [
        f"{name:9s}{row['polit_median_ms']:16.1f} {row['polit_mean_ms']:5.1f} "
        f"{row['polit_worst_ms']:6.1f} {row['blurred']:4.0f}/{row['pictures']:2.0f} "
        f"{row.get('pdqhash_mean_ms', 0):16.0f} {row.get('ratio', 0):12.0f}"
        for name, row in result["rows"].items()
    ]
    warmed = result["warming"]
    lines.append(
        f"a zygote: import {warmed['import_s']:.2f} s, warm {warmed['warm_s']:.2f} s, "
        f"{warmed['pss_mb']:.0f} MB more (PSS)"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
