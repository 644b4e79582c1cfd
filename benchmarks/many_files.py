"""Very many small files in an ext4 image: entries a second, and memory, hashing included.

    python -m benchmarks.many_files [--files 1000000] [--folders 1000] [--as-folder] [--json]

One whole ``polit examine``, from start to seal. Memory is the proportional share (PSS) of the
coordinator, the walker and the zygotes, summed, sampled twice a second; decoders apart.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from evidence.many_files import Shape, build_folder, build_image, cached

TARGET_PER_S, GOAL_PER_S, MOST_MB = 5_000, 10_000, 600
_SAMPLE_S = 0.5


def measure(source: Path, place: Path) -> dict[str, object]:
    """Examine a source and return figures of the whole run."""
    began_s = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "polit", "examine", str(source), "--case", "B-1", "--exhibit",
         "AB/1", "--examiner", "benchmark", "--out", str(place / "out"), "--json"],
        env={**os.environ, "POLIT_DATA": str(place / "data")},
        stdout=(place / "stdout").open("wb"),
        stderr=(place / "stderr").open("wb"),
    )  # fmt: skip
    peak_mb = decoder_mb = 0.0
    while process.poll() is None:
        shares = _shares(process.pid)
        peak_mb = max(peak_mb, sum(size for name, size in shares if name != "decoder"))
        decoder_mb = max([decoder_mb, *(size for name, size in shares if name == "decoder")])
        time.sleep(_SAMPLE_S)
    seconds = time.monotonic() - began_s
    summary = json.loads((place / "stdout").read_bytes())
    entries = summary["tally"]["entries"]
    return {
        "entries": entries,
        "bytes_read": summary["bytes_read"],
        "exit_code": process.returncode,
        "seconds": round(seconds, 1),
        "entries_per_s": round(entries / seconds),
        "target_per_s": TARGET_PER_S,
        "goal_per_s": GOAL_PER_S,
        "peak_pss_mb": round(peak_mb),
        "most_pss_mb": MOST_MB,
        "largest_decoder_pss_mb": round(decoder_mb),
        "rows_sha256": summary["rows_sha256"],
    }


def _shares(pid: int) -> list[tuple[str, float]]:
    """Return ``(role, PSS in MB)`` of a process and everything below it."""
    found = []
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        role = next((w.decode() for w in words if w in {b"decoder", b"walker"}), "coordinator")
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        share = next(line for line in rollup.splitlines() if line.startswith("Pss:"))
        found.append((role, int(share.split()[1]) / 1000))
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += _shares(int(child))
    except (OSError, StopIteration):
        pass
    return found


def main() -> None:
    """Build what is to be examined, examine it, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--files", type=int, default=1_000_000)
    parser.add_argument("--folders", type=int, default=1_000)
    parser.add_argument("--as-folder", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    builder = build_folder if options.as_folder else build_image
    source, _ = cached(builder, Shape(options.files, options.folders))
    with tempfile.TemporaryDirectory(prefix="many-") as place:
        figures = measure(source, Path(place))
    if options.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:<24}{value}")


if __name__ == "__main__":
    main()
