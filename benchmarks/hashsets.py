"""Importing generated lists of every format: records a second, and the greatest resident size.

    python -m benchmarks.hashsets [--rows 200000] [--kinds plain-md5,csv] [--json]

Each import is a process of its own, `polit hashset import` as people call it, into an empty store.
With 10,000,000 rows it shows that memory does not grow with the file. Lists are made beforehand
and do not count; they take up to 6 GB of the temporary folder, one after the other.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hash_lists import KINDS, write_list

_CODE = "from polit.cli import main; main()"


def measure(kind: str, rows: int, place: Path) -> dict[str, object]:
    """Import one list; return its figures."""
    path = write_list(place / "made.list", kind, rows)
    command = [sys.executable, "-c", _CODE, "hashset", "import", str(path), "--status", "alert"]
    environment = {**os.environ, "POLIT_HASHSETS": str(place / "store")}
    began_s = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - began_s
    return {
        "kind": kind,
        "rows": rows,
        "exit_code": os.waitstatus_to_exitcode(status),
        "file_mb": round(path.stat().st_size / 1e6, 1),
        "seconds": round(seconds, 1),
        "rows_per_s": round(rows / seconds),
        "mb_per_s": round(path.stat().st_size / 1e6 / seconds, 1),
        "peak_mb": usage.ru_maxrss * 1024 // 1_000_000,
        "store_mb": round(
            sum(each.stat().st_size for each in (place / "store").rglob("*") if each.is_file())
            / 1e6,
            1,
        ),
    }


def main() -> None:
    """Measure the kinds asked for, or all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--kinds", default=",".join(kind for kind in KINDS if kind != "nsrl-sql"))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = []
    for kind in options.kinds.split(","):
        with tempfile.TemporaryDirectory(prefix="bench-hashsets-") as scratch:
            figures.append(measure(kind, options.rows, Path(scratch)))
        if not options.json:
            print(json.dumps(figures[-1]), flush=True)
    if options.json:
        print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
