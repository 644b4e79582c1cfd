"""Fifty officers at work on a served record, on SQLite and on PostgreSQL.

    python -m benchmarks.web [--users 50] [--seconds 300] [--database both] [--json]

Real processes of ``polit serve`` on the loopback; officers as in ``tests/load_officers.py``, in
this process, on the same cores. The target: the 95th percentile of all pages within 500 ms, no
error, and exactly one audit row for each consultation and each write.
"""

import argparse
import json
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from load_officers import VISITS, Load, make_officers, record_held, work_together
from postgres_server import start_postgres
from served_record import served

TARGET_MS = 500
_SEED = 20261126


def main() -> None:
    """Run the load on each database and print the figures; exit 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--think", type=float, default=3.0, help="seconds of thought, on average")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    chosen = ("sqlite", "postgresql") if options.database == "both" else (options.database,)
    figures = {
        name: measured(name, users=options.users, seconds=options.seconds, think_s=options.think)
        for name in chosen
    }
    for name, found in figures.items():
        print(json.dumps({name: found}) if options.json else _table(name, found), flush=True)
    sys.exit(0 if all(found["holds"] for found in figures.values()) else 1)


def measured(database: str, *, users: int, seconds: float, think_s: float) -> dict[str, object]:
    """Return the figures of a load on one database."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="polit-web-")))
        stated = {}
        if database == "postgresql":
            server = start_postgres()
            stack.callback(server.stop)
            stated["POLIT_DATABASE"] = server.url
        record = stack.enter_context(served(place / "data", **stated))
        record.wait_until_well()
        load = Load()
        work_together(
            make_officers(record, load, users=users, seed=_SEED), seconds=seconds, think_s=think_s
        )
        said = [line for line in record.said().splitlines() if " ERROR " in line]
        sys.stderr.writelines(f"{line}\n" for line in said[:5])
        return _figures(load, record_held(record), seconds)


def _figures(load: Load, held: dict[str, object], seconds: float) -> dict[str, object]:
    events = held["events"]
    assert isinstance(events, dict)
    told = {name: count for name, count in load.expected.items() if count}
    requests = sum(map(len, load.took_s.values()))
    is_exact = events == told and held["unaudited"] == 0
    p95_ms = load.percentile_ms(95)
    return {
        "requests": requests,
        "requests_a_second": round(requests / seconds, 1),
        "p50_ms": load.percentile_ms(50),
        "p95_ms": p95_ms,
        "p99_ms": load.percentile_ms(99),
        "errors": len(load.errors),
        "error_examples": sorted(set(load.errors))[:5],
        "audit_rows": sum(events.values()),
        "acts": sum(told.values()),
        "audit_is_exact": is_exact,
        "holds": p95_ms <= TARGET_MS and not load.errors and is_exact,
        "pages": {
            name: {
                "requests": len(took),
                **{
                    f"p{percent}_ms": load.percentile_ms(percent, {name})
                    for percent in (50, 95, 99)
                },
            }
            for name, took in sorted(load.took_s.items())
        },
    }


def _table(name: str, found: dict[str, object]) -> str:
    pages = found.pop("pages")
    assert isinstance(pages, dict)
    lines = [
        f"{name}: {json.dumps(found)}",
        f"  {'page':<16}{'n':>7}{'p50':>9}{'p95':>9}{'p99':>9}",
    ]
    lines += [
        f"  {page:<16}{row['requests']:>7}{row['p50_ms']:>9}{row['p95_ms']:>9}{row['p99_ms']:>9}"
        for page, row in pages.items()
    ]
    lines.append(f"  ({len(VISITS)} kinds of visits, times in ms, audit rows against acts)")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
