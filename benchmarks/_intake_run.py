"""One import in a process of its own: ``python -m benchmarks._intake_run PLACE [--pages]``.

``PLACE`` holds ``AB%2F1.polit`` and the keys of who made it in ``data``. The figures go to the
standard output as JSON: seconds of each part, and the most memory that the process ever held.
"""

import hashlib
import json
import resource
import sys
import time
from pathlib import Path

from polit.web.site.boot import boot


def main() -> None:
    """Migrate, import, import again, digest the rows, perhaps measure pages."""
    boot()
    from django.core.management import call_command
    from web.adopting import packages_folder, VerifyingBroker

    from polit.store.keys import open_keys

    place = Path(sys.argv[1])
    call_command("migrate", verbosity=0, interactive=False)
    (packages_folder() / "T-1").mkdir(parents=True)
    (packages_folder() / "T-1" / "AB%2F1.polit").symlink_to(place / "AB%2F1.polit")
    broker = VerifyingBroker(open_keys(place / "data"))
    figures = _imported(broker)
    figures["peak_rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000
    figures["rows_digest"] = _digest()
    if "--pages" in sys.argv:
        from benchmarks._intake_pages import measure_pages

        figures["pages"] = measure_pages()
    print(json.dumps(figures))


def _imported(broker: object) -> dict[str, object]:
    from web.seized import seized_exhibit

    from polit.web.core.acting import SYSTEM
    from polit.web.intake.services import Attached, package_import

    exhibit = seized_exhibit("T-1", "AB/1")
    attached = Attached(exhibit, "T-1/AB%2F1.polit")
    began_s, cpu_s = time.monotonic(), time.process_time()
    package = package_import(SYSTEM, reason="a benchmark", attached=attached, broker=broker)
    seconds, cpu_s = time.monotonic() - began_s, time.process_time() - cpu_s
    assert package.state == "imported", package.checks
    began_s = time.monotonic()
    again = package_import(SYSTEM, reason="a benchmark", attached=attached, broker=broker)
    assert again.id == package.id
    return {
        "entries": package.entries,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(cpu_s, 1),
        "again_seconds": round(time.monotonic() - began_s, 1),
    }


def _digest() -> str:
    """Digest all rows as they stand in the database: times and keys of the import are not rows."""
    from django.db import connection

    digest = hashlib.sha256()
    tables = ("volume", "folder", "content", "media", "tag", "hash", "derivative", "entry",
              "problem", "bad_range", "unopened")  # fmt: skip
    for table in tables:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM media_{table} ORDER BY id")
            while rows := cursor.fetchmany(5000):
                for row in rows:
                    plain = [bytes(x) if isinstance(x, memoryview) else x for x in row]
                    digest.update(repr(plain).encode())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
