"""The photo corpus: a whole examination, isolated, against a bare loop with the same outputs.

    python -m benchmarks.photos [--pictures 600] [--rounds 3] [--sets 5 --keys 1000000] [--json]

Both sides take two processes that decode; the ratio is that of the clock, in pairs of rounds
one after the other. The start of an examination (zygotes, compiling, self-test of the sandbox)
counts in ``ratio``; the bare loop has none, its imports are not counted. ``ratio_without_start``
leaves out what examining an empty folder takes. With ``--sets`` each round also examines with so
many hash sets of ``--keys`` records each; ``ratio_of_sets`` is that against the same without.
"""

import argparse
import json
import statistics
import tempfile
from pathlib import Path

from evidence.photo_corpus import PhotoShape, build_photos

from benchmarks._hash_sets import random_sets
from benchmarks._photos import bare_loop, examine, files_below

TARGET = 1.15
_WORKERS = 2


def main() -> None:
    """Build the corpus, run both sides in turn, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--pictures", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sets", type=int, default=0)
    parser.add_argument("--keys", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    shape = PhotoShape(options.pictures)
    folder = build_photos(shape)
    paths = files_below(folder)
    store = random_sets(options.sets, options.keys) if options.sets else None
    bare, isolated, asking = [], [], []
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory(prefix="photos-") as place:
            bare.append(bare_loop(paths, Path(place) / "bare.sqlite", processes=_WORKERS))
            isolated.append(examine(folder, Path(place) / "none", workers=_WORKERS))
            if store is not None:
                here = Path(place) / "asking"
                asking.append(examine(folder, here, workers=_WORKERS, sets=store))
    pairs = list(zip(isolated, bare, strict=True))
    figures = {
        "pictures": shape.pictures,
        "files": len(paths),
        "bare_s": [round(seconds, 2) for seconds in bare],
        "isolated_s": [round(one.seconds, 2) for one in isolated],
        "start_s": [round(one.start_s, 2) for one in isolated],
        "ratio": round(statistics.median(one.seconds / other for one, other in pairs), 3),
        "ratio_without_start": round(
            statistics.median((one.seconds - one.start_s) / other for one, other in pairs), 3
        ),
        "target": TARGET,
        **dict(isolated[-1].counts()),
    }
    if asking:
        both = list(zip(asking, isolated, strict=True))
        figures["asking_s"] = [round(one.seconds, 2) for one in asking]
        figures["ratio_of_sets"] = round(
            statistics.median(one.seconds / other.seconds for one, other in both), 3
        )
    if options.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:<24}{value}")


if __name__ == "__main__":
    main()
