# ruff: noqa: PLC0415 - models can be imported only once Django is ready; SQL of constants
"""The order of a review of very many items, as the gallery asks for it.

    python -m benchmarks.review_order [--items 1000000] [--json]

A fresh database is filled with rows of contents and stacks, and the items are built as the worker
does. Figures: seconds of the build and its memory; of the order, cold as a process meets it first
and warm; of facets, filters, and of marking one item within its act.
"""

import argparse
import json
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

_TIMES = 5
_CONTENTS = """
INSERT INTO media_content (id, package_id, sha256, size_bytes, kind, occurrences)
WITH RECURSIVE n(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n WHERE v < {items})
SELECT {base} + v, {number}, CAST(printf('%032d', (v * 7919) % 2147483647) AS BLOB),
  v * 37 % 9000000, CASE WHEN v % 20 = 0 THEN 2 ELSE 1 END, 1 + (v % 10 = 0) FROM n
"""
_MEDIA = """
INSERT INTO media_media (id, content_id, outcome, width_px, height_px, flaws, serial, taken_at,
  taken_source, position_source, has_pictures_inside)
SELECT id, id, 1, 640, 480, '', '', date(id % 7000 * 86400 + 900000000, 'unixepoch'), '', '', 0
FROM media_content
"""
_ENTRIES = """
INSERT INTO media_entry (id, package_id, content_id, folder_id, entry_type, state, is_overwritten,
  outcome, kind, size_bytes, record, raw_name, path, locator)
SELECT id, package_id, id, {base} + 1 + id % 2000, 1, 1, 0, 1, kind, size_bytes, '', x'61', 'a', 'f'
FROM media_content
"""
_FOLDERS = """
INSERT INTO media_folder (id, package_id, volume_id, parent_id, path, raw_path, kind, is_deleted,
  state, entries, entries_below)
WITH RECURSIVE n(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n WHERE v < 2001)
SELECT {base} + v, {number}, {base} + 1, CASE WHEN v > 1 THEN {base} + v / 2 END, 'f', x'61', 1, 0,
  2, 1, 1 FROM n
"""
_VOLUME = """
INSERT INTO media_volume (id, package_id, number, scheme, description, offset_bytes, size_bytes,
  is_allocated, locator, state, filesystem, time_resolution, time_source, reason)
VALUES ({base} + 1, {number}, 0, '', '', 0, 1, 1, '', 3, 'fat', '', '', '')
"""
_MEMBERS = """
INSERT INTO matching_stack_member (id, stack_id, content_id, distance_bits, variant, occurrences)
SELECT {run} + id - {base}, {run} + (id - {base}) / 5 + 1, id, 3, '', 1 FROM media_content
WHERE id - {base} <= {items} / 4
"""
_STACKS = """
INSERT INTO matching_stack (id, content_id, contents, occurrences, farthest_bits)
WITH RECURSIVE n(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n WHERE v <= {items} / 20)
SELECT {run} + v, {base} + v, 5, 5, 3 FROM n
"""


def measure(items: int) -> dict[str, object]:
    """Fill a database, build the items and ask for orders."""
    case = _filled(items)
    from polit.web.audit.services import act
    from polit.web.core.acting import SYSTEM
    from polit.web.items.queries import sets
    from polit.web.items.queries.counting import facets_get, timeline_get
    from polit.web.items.queries.orders import order_get
    from polit.web.items.rules import ItemState, ItemWanted, Queue, Size, Sort
    from polit.web.items.services import items_mark
    from polit.web.items.services.building import items_build

    figures: dict[str, object] = {"items": items}
    figures["build_seconds"], review_set = _timed(lambda: items_build(case.id))
    figures["build_rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000
    granted: Any = SimpleNamespace(case=case)

    def cold() -> object:
        sets._kept.clear()  # noqa: SLF001 - as a new process
        return order_get(granted, review_set, ItemWanted())

    asked: dict[str, Callable[[], object]] = {
        "order_cold": cold,
        "order_warm": lambda: order_get(granted, review_set, ItemWanted()),
        "order_by_date": lambda: order_get(granted, review_set, ItemWanted(sort=Sort.DATE)),
        "order_of_folder": lambda: order_get(granted, review_set, ItemWanted(folder=(1 << 32) + 2)),
        "order_of_root": lambda: order_get(granted, review_set, ItemWanted(folder=(1 << 32) + 1)),
        "order_by_folder": lambda: order_get(granted, review_set, ItemWanted(sort=Sort.FOLDER)),
        "order_by_size": lambda: order_get(granted, review_set, ItemWanted(sort=Sort.SIZE)),
        "order_by_likeness": lambda: order_get(granted, review_set, ItemWanted(sort=Sort.LIKENESS)),
        "order_of_exhibit": lambda: order_get(granted, review_set, ItemWanted(exhibit=1)),
        "order_of_all_filters": lambda: order_get(
            granted,
            review_set,
            ItemWanted(
                queue=Queue.ALL,
                kind=1,
                verdicts=frozenset({0}),
                from_day=1,
                to_day=30_000,
                camera=0,
                size=Size.LARGE,
                grade=0,
                state=ItemState.PENDING,
            ),
        ),
        "timeline": lambda: timeline_get(granted, review_set, ItemWanted()),
        "facets": lambda: facets_get(granted, review_set, ItemWanted()),
    }
    for name, ask in asked.items():
        figures[f"{name}_seconds"] = statistics.median(_timed(ask)[0] for _ in range(_TIMES))

    def mark(place: int) -> None:
        with act(SYSTEM, "bench.mark", reason="a benchmark", case=case) as deed:
            items_mark(review_set, [place], state=ItemState.GRADED, grade=1, flags=0,
                       graded_by=None)  # fmt: skip
            deed.about("item", str(place))

    marked = sorted(_timed(partial(mark, place))[0] for place in range(1, 201))
    figures["mark_p95_ms"] = round(marked[190] * 1000, 1)
    return figures


def _timed(ask: Callable[[], Any]) -> tuple[float, Any]:
    began_s = time.monotonic()
    found = ask()
    return round(time.monotonic() - began_s, 4), found


def _filled(items: int) -> Any:
    from django.core.management import call_command
    from django.db import connection

    from polit.web.site.boot import boot
    from polit.web.site.places import make_web_folder

    make_web_folder()
    boot()
    call_command("migrate", verbosity=0, interactive=False)
    from web.matching.stacked import Shot, package_of_shots

    from polit.base.clock import now_utc
    from polit.web.cases.services import case_open
    from polit.web.core.acting import SYSTEM
    from polit.web.matching.models import StackRun

    case = case_open(SYSTEM, reason="a benchmark", reference="B-1", title="A benchmark")
    package = package_of_shots(case, [Shot("one", bytes(32))])
    run = StackRun.objects.create(case=case, is_ready=True, threshold_bits=31, made_at=now_utc())
    named = {"items": items, "number": package.number, "base": package.number << 32,
             "run": run.pk << 32}  # fmt: skip
    with connection.cursor() as cursor:
        for table in ("hash", "entry", "media", "content"):
            cursor.execute(f"DELETE FROM media_{table}")
        for sql in (_CONTENTS, _MEDIA, _VOLUME, _FOLDERS, _ENTRIES, _STACKS, _MEMBERS):
            cursor.execute(sql.format(**named))
    return case


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true", help="One JSON object.")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="review-order-") as folder:
        Path(folder, "web").mkdir()
        os.environ["POLIT_DATA"] = folder
        figures = measure(asked.items)
    if asked.json:
        print(json.dumps(figures))
    else:
        for name, figure in figures.items():
            print(f"{name:24} {figure}")


if __name__ == "__main__":
    main()
