# ruff: noqa: PLC0415 - models can be imported only once Django is ready
"""One officer's decisions, one after the other, each with its audit row and committed to the disk.

    python -m benchmarks.decisions [--decisions 300] [--json]

A fresh SQLite database as it is run. Beside each decision a bare transaction of one row is
committed to a database with the same settings on the same disk: the disk's own share of it.
"""

import argparse
import json
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

_WARM = 10


def measure(count: int, folder: Path) -> dict[str, object]:
    """Fill a database and decide."""
    decide_at = _deciding(count + _WARM)
    commit = _bare(folder / "bare.sqlite3")
    decided, bare, used = [], [], []
    for place in range(1, count + _WARM + 1):
        began_cpu_s = time.process_time()
        decided.append(_timed_ms(lambda: decide_at(place)))  # noqa: B023 - called at once
        used.append((time.process_time() - began_cpu_s) * 1000)
        bare.append(_timed_ms(commit))
    decided, bare, used = decided[_WARM:], bare[_WARM:], used[_WARM:]
    p50, p95 = _percentiles(decided)
    bare_p50, bare_p95 = _percentiles(bare)
    return {
        "decisions": count, "decide_p50_ms": p50, "decide_p95_ms": p95,
        "bare_commit_p50_ms": bare_p50, "bare_commit_p95_ms": bare_p95,
        "cpu_p50_ms": _percentiles(used)[0], "commit_share_p50": round(bare_p50 / p50, 2),
        "times_bare_p95": round(p95 / bare_p95, 1), "load": round(os.getloadavg()[0], 1),
    }  # fmt: skip


def _deciding(items: int) -> Callable[[int], object]:
    from polit.web.site.boot import boot
    from polit.web.site.places import make_web_folder

    make_web_folder()
    boot()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from polit.web.cases.rules import CaseHeader, CaseStatus, GrantedAccess
    from polit.web.cases.services import case_open
    from polit.web.core.acting import SYSTEM, Actor
    from polit.web.core.rules import Purpose
    from polit.web.grading.rules import Change
    from polit.web.grading.services import Wish, decide
    from polit.web.items.models import Item, ReviewSet
    from polit.web.items.rules import item_number

    case = case_open(SYSTEM, reason="a benchmark", reference="OP-1", title="A benchmark")
    review_set = ReviewSet.objects.create(case=case)
    Item.objects.bulk_create([
        Item(id=item_number(review_set.pk, place), review_set=review_set, kind=1, rank=place,
             sha256=sha256(b"%d" % place).digest(), content_id=place, occurrences=1, size_bytes=1,
             lead_place=place)
        for place in range(1, items + 1)
    ])  # fmt: skip
    header = CaseHeader(case.id, case.reference, case.title, CaseStatus(case.status))
    access = GrantedAccess(header, next(iter(Purpose)), "member")
    officer = Actor("user", str(case.pk), "a.example")
    wish = Wish(Change("uk-2014/1/A"))
    return lambda place: decide(officer, access=access, places=[place], wish=wish)


def _bare(path: Path) -> Callable[[], object]:
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE n(a);")

    def commit() -> None:
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO n VALUES (1)")
        database.execute("COMMIT")

    return commit


def _timed_ms(work: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    work()
    return (time.perf_counter() - began_s) * 1000


def _percentiles(values: Sequence[float]) -> tuple[float, float]:
    cuts = statistics.quantiles(values, n=20)
    return round(cuts[9], 1), round(cuts[18], 1)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--decisions", type=int, default=300)
    parser.add_argument("--json", action="store_true", help="One JSON object.")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="decisions-") as folder:
        Path(folder, "web").mkdir()
        os.environ["POLIT_DATA"] = folder
        figures = measure(asked.decisions, Path(folder))
    if asked.json:
        print(json.dumps(figures))
    else:
        for name, figure in figures.items():
            print(f"{name:24} {figure}")


if __name__ == "__main__":
    main()
