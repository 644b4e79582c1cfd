"""Taking a package of very many entries into the record, and pages over it.

    python -m benchmarks.intake [--entries 1000000] [--database sqlite|postgresql] [--json]

The package is made once (``wide_packages``). A fresh database is migrated, the package imported
in a process of its own, and imported again into another fresh database: the rows must be the same.
Then the pages of the list are asked for through Django's test client, each a hundred times.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from postgres_server import start_postgres
from wide_packages import Shape, cached

MOST_S = {"sqlite": 120, "postgresql": 180}
MOST_MB, PAGE_P95_MS = 500, 200


def measure(package: Path, database: str) -> dict[str, object]:
    """Import into two fresh databases, measure pages on the second."""
    figures: dict[str, object] = {"database": database, "most_s": MOST_S[database]}
    digests = set()
    for turn in (1, 2):
        with tempfile.TemporaryDirectory(prefix="intake-") as folder:
            server = start_postgres() if database == "postgresql" else None
            try:
                given = {"POLIT_DATABASE": server.url} if server else {}
                words = ["--pages"] if turn == 2 else []
                told = _run(package, Path(folder), given, words)
            finally:
                if server:
                    server.stop()
        digests.add(told.pop("rows_digest"))
        figures |= {f"{name}_{turn}" if turn == 1 else name: told[name] for name in told}
    figures |= {"same_rows_twice": len(digests) == 1, "page_p95_most_ms": PAGE_P95_MS}
    return figures | {"most_rss_mb": MOST_MB}


def _run(package: Path, data: Path, given: dict[str, str], words: list[str]) -> dict[str, object]:
    command = [sys.executable, "-m", "benchmarks._intake_run", str(package), *words]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("POLIT_")}
    done = subprocess.run(
        command,
        env={**kept, "POLIT_DATA": str(data), **given},
        stdout=subprocess.PIPE,
        check=True,
    )
    told: dict[str, object] = json.loads(done.stdout)
    return told


def main() -> None:
    """Make the package, import it, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--folders", type=int, default=1_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    place = cached(Shape(options.entries, options.folders))
    figures = measure(place, options.database)
    if options.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:<28}{value}")


if __name__ == "__main__":
    main()
