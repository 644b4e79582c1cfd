"""Values for the addresses of results, made for one case: rows of a package without its files."""

from collections.abc import Callable

from web.examinations.samples import examination_id

from polit.base.clock import now_utc
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.examinations.models import Examination
from polit.web.intake.loading import load_rows
from polit.web.media.models import Package


def entry_id(case: Case) -> int:
    """Return an entry of the case."""
    return _rows(case)


def content_id(case: Case) -> int:
    """Return a content of the case."""
    return _rows(case)


def _rows(case: Case) -> int:
    found = Package.objects.filter(case=case).first()
    if found is not None:
        return (found.number << 32) + 1
    examination = Examination.objects.get(pk=examination_id(case))
    package = Package(
        case=case, exhibit=examination.exhibit, examination=examination, package_id="sample",
        number=Package.objects.count() + 1, place="sample.polit", state="imported", entries=1,
        imported_at=now_utc(),
    )  # fmt: skip
    with act(SYSTEM, "tests.package", reason="a sample", case=case) as deed:
        package.save()
        deed.about("package", package.id)
    row_id = (package.number << 32) + 1
    load_rows(
        "media_content",
        ("id", "package_id", "sha256", "size_bytes", "occurrences"),
        [(row_id, package.number, bytes(32), 5, 1)],
    )
    load_rows(
        "media_entry",
        ("id", "package_id", "content_id", "entry_type", "state", "is_overwritten", "outcome",
         "size_bytes", "record", "raw_name", "path", "locator"),
        [(row_id, package.number, row_id, 1, 1, False, 1, 5, "", b"a", "a", "folder:/a")],
    )  # fmt: skip
    return row_id


SAMPLES: dict[str, Callable[[Case], object]] = {"entry_id": entry_id, "content_id": content_id}
