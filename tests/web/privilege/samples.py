"""Values for the addresses of privilege: an entry beside the one of the media's samples."""

from collections.abc import Callable

from web.media.samples import entry_id

from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.intake.loading import load_rows
from polit.web.media.rules import Ground, package_of
from polit.web.privilege.services.blocking import entries_block


def quarantined_id(case: Case) -> int:
    """Return a quarantined entry of the case."""
    first = entry_id(case)
    load_rows(
        "media_entry",
        ("id", "package_id", "entry_type", "state", "is_overwritten", "outcome", "size_bytes",
         "record", "raw_name", "path", "locator"),
        [(first + 1, package_of(first), 1, 1, False, 1, 5, "", b"b", "b", "folder:/b")],
    )  # fmt: skip
    with act(SYSTEM, "tests.quarantine", reason="a sample", case=case) as deed:
        entries_block(case.pk, {first + 1: Ground.HAND})
        deed.about("entry", "1")
    return first + 1


SAMPLES: dict[str, Callable[[Case], object]] = {"quarantined_id": quarantined_id}
