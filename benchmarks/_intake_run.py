# ruff: noqa: PLC0415 - models can be imported only once Django is ready
"""One import in a process of its own: ``python -m benchmarks._intake_run PLACE [--pages]``.

``PLACE`` holds ``AB%2F1.polit`` and the keys of who made it in ``data``. The figures go to the
standard output as JSON: seconds of each part, and the most memory that the process ever held.
"""

from __future__ import annotations

import hashlib
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from polit.broker.client import AdoptedPackage
from polit.web.site.boot import boot

if TYPE_CHECKING:
    from polit.web.intake.services import Attached


def main() -> None:
    """Migrate, import, import again, digest the rows, perhaps measure pages."""
    if "--adopt" in sys.argv:
        _adopt(Path(sys.argv[1]))
        return
    boot()
    from django.core.management import call_command
    from web.adopting import packages_folder

    place = Path(sys.argv[1])
    call_command("migrate", verbosity=0, interactive=False)
    link = packages_folder() / "T-1" / "AB%2F1.polit"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(place / "AB%2F1.polit")
    figures = _imported(ApartBroker(place))
    figures["peak_rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000
    figures["rows_digest"] = _digest()
    if "--pages" in sys.argv:
        from benchmarks._intake_pages import measure_pages

        figures["pages"] = measure_pages()
    print(json.dumps(figures))


class ApartBroker:
    """Verifies in a process of its own, as the broker does: its time counts, its memory not."""

    def __init__(self, place: Path) -> None:
        """Take where the package and its keys lie."""
        self._place = place
        self.seconds: list[float] = []

    def package_adopt(
        self, package: str, *, case_reference: str, other_case_confirmed: bool = False
    ) -> AdoptedPackage:
        """Have the package verified."""
        assert not other_case_confirmed, "a benchmark attaches packages to their own cases"
        began_s = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks._intake_run", str(self._place), "--adopt",
             package, case_reference],
            stdout=subprocess.PIPE, check=True,
        )  # fmt: skip
        self.seconds.append(round(time.monotonic() - began_s, 1))
        return msgspec.json.decode(done.stdout, type=AdoptedPackage)


def _adopt(place: Path) -> None:
    from web.adopting import VerifyingBroker

    from polit.store.keys import open_keys

    broker = VerifyingBroker(open_keys(place / "data"))
    package, case_reference = sys.argv[-2:]
    adopted = broker.package_adopt(package, case_reference=case_reference)
    sys.stdout.buffer.write(msgspec.json.encode(adopted))


def _imported(broker: ApartBroker) -> dict[str, object]:
    from polit.web.audit.models import AuditEvent
    from polit.web.core.acting import SYSTEM
    from polit.web.intake.services import package_import

    attached = _attached()
    began_s, cpu_s = time.monotonic(), time.process_time()
    package = package_import(SYSTEM, reason="a benchmark", attached=attached, broker=broker)
    seconds, cpu_s = time.monotonic() - began_s, time.process_time() - cpu_s
    assert package.state == "imported", package.checks
    figures: dict[str, object] = {
        "entries": package.entries,
        "seconds": round(seconds, 1),
        "of_that_verifying": broker.seconds[0],
        "cpu_seconds": round(cpu_s, 1),
    }
    if "--once" not in sys.argv:
        began_s = time.monotonic()
        again = package_import(SYSTEM, reason="a benchmark", attached=attached, broker=broker)
        assert again.id == package.id
        figures["again_seconds"] = round(time.monotonic() - began_s, 1)
    figures["imports_recorded"] = AuditEvent.objects.filter(action="intake.package_import").count()
    return figures


def _attached() -> Attached:
    """Return the package's examination, made where a killed run had not come so far."""
    from web.imported import examination_of
    from web.seized import seized_exhibit

    from polit.web.audit.services import act
    from polit.web.core.acting import SYSTEM
    from polit.web.examinations.models import Examination
    from polit.web.intake.services import Attached

    place = "T-1/AB%2F1.polit"
    found = Examination.objects.first()
    if found is None:
        with act(SYSTEM, "benchmarks.begin", reason="a benchmark") as deed:
            found = examination_of(seized_exhibit("T-1", "AB/1"), place)
            deed.about("examination", found.id)
    return Attached(found.exhibit, place, "", found)


def _digest() -> str:
    """Digest all rows as they stand in the database: times and keys of the import are not rows."""
    from django.db import connection

    digest = hashlib.sha256()
    media = ("volume", "folder", "content", "media", "tag", "hash", "derivative", "entry",
             "problem", "bad_range", "unopened")  # fmt: skip
    matching = ("set", "match", "known")
    tables = (*(f"media_{name}" for name in media), *(f"matching_{name}" for name in matching))
    for table in tables:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table} ORDER BY id")
            while rows := cursor.fetchmany(5000):
                for row in rows:
                    plain = [bytes(x) if isinstance(x, memoryview) else x for x in row]
                    digest.update(repr(plain).encode())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
