"""Lists, search, single pages and statistics over a record of very many referrals and cases.

    python -m benchmarks.record_lists [--referrals 100000] [--cases 20000] [--times 30]
        [--database sqlite|postgresql] [--only WORDS] [--keep FOLDER] [--json]

A fresh database is filled with ``bulk_create`` (``_record_rows``), then every list is asked for
through Django's test client: its first page, one far down, each choice of each filter, each order
and some words, for an officer of 2,000 cases and for one of 20; then the search, a referral, a
case and a person, and runs of the statistics.

The limits: the 95th percentile of each page within 300 ms, that of a run within 3 s.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from postgres_server import start_postgres


def main() -> None:
    """Fill a record, measure, print a table; exit 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--referrals", type=int, default=100_000)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--times", type=int, default=30, help="calls of each page")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--only", default="", help="measure what has these words in its name")
    parser.add_argument("--keep", type=Path, help="fill this folder once, measure it again later")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        _inside(options)
        return
    with ExitStack() as stack:
        made = stack.enter_context(tempfile.TemporaryDirectory(prefix="lists-"))
        place = options.keep or Path(made)
        place.mkdir(parents=True, exist_ok=True)
        given = {"POLIT_DATA": str(place)}
        if options.database == "postgresql":
            server = start_postgres()
            stack.callback(server.stop)
            given["POLIT_DATABASE"] = server.url
        kept = {name: value for name, value in os.environ.items() if not name.startswith("POLIT_")}
        command = [sys.executable, "-m", "benchmarks.record_lists", "--inside", *sys.argv[1:]]
        sys.exit(subprocess.run(command, env={**kept, **given}, check=False).returncode)


def _inside(options: argparse.Namespace) -> None:
    """Fill and measure in a process that has its database."""
    from polit.web.site.boot import boot, settle  # noqa: PLC0415 - models are not ready before

    boot()
    from django.core.management import call_command  # noqa: PLC0415 - as above
    from django.db import connection  # noqa: PLC0415 - as above

    from benchmarks._record_pages import measure  # noqa: PLC0415 - as above
    from benchmarks._record_rows import fill  # noqa: PLC0415 - as above
    from polit.web.cases.models import Case  # noqa: PLC0415 - as above

    call_command("migrate", verbosity=0, interactive=False)
    if not Case.objects.exists():
        fill(options.referrals, options.cases)
        if connection.vendor == "postgresql":  # it does so by itself within minutes
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
    settle()  # as the server does
    missed = 0
    for told in measure(options.times, options.only):
        missed += not told["holds"]
        print(json.dumps(told) if options.json else _line(told), flush=True)
    sys.exit(1 if missed else 0)


def _line(told: dict[str, object]) -> str:
    mark = "" if told["holds"] else f"  MISSES {told['most_ms']} ms"
    if told["status"] != 200:
        mark = f"  STATUS {told['status']}"
    return f"{told['page']:<52}{told['p95_ms']:>9}{told['queries']:>6}{mark}"


if __name__ == "__main__":
    main()
