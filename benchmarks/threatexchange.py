"""The photo corpus through polit, and through python-threatexchange's own file hashing.

    python -m benchmarks.threatexchange [--pictures 600] [--rounds 3] [--json]

The peer's call is ``PdqSignal.hash_from_file`` on every JPEG and PNG (it reads no HEIC), from an
environment of its own that this module makes with pip; it needs a compiler there. *One process
each*: the bare loop of ``benchmarks._photos`` in one process, which also takes three digests,
identifies, makes a second fingerprint, tile and thumbnail and reads the camera's facts, against the
peer in one process. *Whole machine*: a whole examination, from its start to its seal, against the
peer on every core.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from evidence.photo_corpus import PhotoShape, build_photos

from benchmarks._photos import bare_loop, examine, files_below

TARGET = 8.0
PEER = "threatexchange==1.2.17"
_PEER = """
import multiprocessing, pathlib, sys, time
from threatexchange.signal_type.pdq.signal import PdqSignal

def one(path):
    return bool(PdqSignal.hash_from_file(pathlib.Path(path)))

def main():
    paths = sys.stdin.read().splitlines()
    processes = int(sys.argv[1])
    with multiprocessing.Pool(processes) as pool:
        pool.map(abs, range(processes * 4), chunksize=1)
        began_s = time.monotonic()
        hashed = sum(pool.imap_unordered(one, paths, chunksize=8))
        print(time.monotonic() - began_s, hashed)

main()
"""


def make_peer() -> Path:
    """Return the peer's interpreter, in an environment made once on this machine."""
    place = Path(tempfile.gettempdir()) / f"polit-peer-{os.getuid()}-{PEER.replace('==', '-')}"
    python = place / "bin" / "python"
    if not (place / "built").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", place], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", PEER], check=True)
        (place / "built").touch()
    return python


def run_peer(python: Path, paths: list[str], processes: int) -> float:
    """Hash files through the peer; return the seconds it took once its processes had started."""
    done = subprocess.run(
        [python, "-c", _PEER, str(processes)], input="\n".join(paths), text=True,
        stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    return float(done.stdout.split()[0])


def main() -> None:
    """Build corpus and peer, run both sides in turn, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--pictures", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    folder = build_photos(PhotoShape(options.pictures)) / "DCIM"
    paths = [path for path in files_below(folder) if not path.endswith(".HEIC")]
    python, cores = make_peer(), os.cpu_count() or 1
    one, peer_one, whole, peer_whole = [], [], [], []
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory(prefix="threatexchange-") as name:
            place = Path(name)
            one.append(bare_loop(paths, place / "bare.sqlite", processes=1))
            peer_one.append(run_peer(python, paths, 1))
            whole.append(examine(folder, place, workers=cores).seconds)
            peer_whole.append(run_peer(python, paths, cores))
    figures = {
        "pictures": len(paths),
        "one_process_s": [round(seconds, 2) for seconds in one],
        "peer_one_process_s": [round(seconds, 2) for seconds in peer_one],
        "times_faster_one_process": _median_ratio(peer_one, one),
        "whole_machine_s": [round(seconds, 2) for seconds in whole],
        "peer_whole_machine_s": [round(seconds, 2) for seconds in peer_whole],
        "times_faster_whole_machine": _median_ratio(peer_whole, whole),
        "target": TARGET,
        "peer": PEER,
    }
    if options.json:
        print(json.dumps(figures))
        return
    for label, value in figures.items():
        print(f"{label:<28}{value}")


def _median_ratio(slower: list[float], faster: list[float]) -> float:
    return round(statistics.median(a / b for a, b in zip(slower, faster, strict=True)), 2)


if __name__ == "__main__":
    main()
