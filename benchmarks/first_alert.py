"""How soon a known picture in a camera roll is announced, among very many small files.

    python -m benchmarks.first_alert [--files 1000000] [--folders 1000] [--sets 5]
                                     [--keys 1000000] [--json]

The known picture is the last name of the last camera roll. The clock runs from the start of
``polit examine``, sandbox test included, to the line of the announcement.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from evidence.many_files import Shape, build_image, cached

from benchmarks._hash_sets import add_list, random_sets
from polit.model.matching import SetStatus

MOST_S = 60.0


def main() -> None:
    """Build image and sets, examine, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--files", type=int, default=1_000_000)
    parser.add_argument("--folders", type=int, default=1_000)
    parser.add_argument("--sets", type=int, default=5)
    parser.add_argument("--keys", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    image, counts = cached(build_image, Shape(options.files, options.folders))
    loaded = random_sets(options.sets, options.keys)
    with tempfile.TemporaryDirectory(prefix="alert-") as made:
        place = Path(made)
        store = place / "hashsets"
        shutil.copytree(loaded, store, copy_function=os.link)
        add_list(store, "planted", hashlib.sha256(_planted(image)).hexdigest(), SetStatus.ALERT)
        figures = {
            "files": counts.files,
            "sets": options.sets + 1,
            **_measured(image, place, store),
        }
    if options.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:<24}{value}")


def _planted(image: Path) -> bytes:
    """Return the content of the last name of the last camera roll."""
    roll = max(_names(image, "/DCIM"))
    last = max(_names(image, f"/DCIM/{roll}"))
    return _debugfs(image, f"cat /DCIM/{roll}/{last}")


def _names(image: Path, folder: str) -> list[str]:
    lines = _debugfs(image, f"ls -p {folder}").decode().splitlines()
    names = [line.split("/")[5] for line in lines if line.startswith("/")]
    return [name for name in names if not name.startswith(".")]


def _debugfs(image: Path, request: str) -> bytes:
    return subprocess.run(
        ["debugfs", "-R", request, str(image)], capture_output=True, check=True
    ).stdout


def _measured(image: Path, place: Path, store: Path) -> dict[str, object]:
    began_s = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "polit", "examine", str(image), "--case", "B-1", "--exhibit",
         "AB/1", "--examiner", "benchmark", "--out", str(place / "out"), "--json"],
        env={**os.environ, "POLIT_DATA": str(place / "data"), "POLIT_HASHSETS": str(store)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    announced_s = None
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("ALERT") and announced_s is None:
            announced_s = time.monotonic() - began_s
    summary = json.loads(process.communicate()[0])
    return {
        "announced_s": round(announced_s, 1) if announced_s is not None else None,
        "most_s": MOST_S,
        "examined_s": round(time.monotonic() - began_s, 1),
        "matches": summary["matches"],
        "entries": summary["tally"]["entries"],
    }


if __name__ == "__main__":
    main()
