"""Values for the addresses of exhibits, made for one case: what the authorisation matrix asks with.

Everything belongs to one exhibit of the case, which is made when it is first asked for.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from web.exhibits.custody_stories import PHONE, SEIZURE

from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.exhibits.models import Exhibit, Passcode, Photograph
from polit.web.exhibits.sealing import keep_sealed
from polit.web.exhibits.services import GivenPasscode, exhibit_seize, passcode_add

_GIVEN = GivenPasscode(
    "1234", "screen lock", "A. Sample", datetime(2026, 1, 5, 8, 0, tzinfo=UTC), "free will"
)


def exhibit_id(case: Case) -> str:
    """Return an exhibit of the case."""
    return str(_exhibit(case).id)


def passcode_id(case: Case) -> str:
    """Return a code of that exhibit."""
    exhibit = _exhibit(case)
    found = Passcode.objects.filter(exhibit=exhibit).first() or passcode_add(
        SYSTEM, reason="a sample", exhibit=exhibit, given=_GIVEN
    )
    return str(found.id)


def photograph_id(case: Case) -> str:
    """Return a photograph of that exhibit. Its bytes are no picture: nothing here decodes it."""
    exhibit = _exhibit(case)
    found = Photograph.objects.filter(exhibit=exhibit).first()
    return str((found or _photograph(exhibit)).id)


def kind(case: Case) -> str:
    """Return a kind of event that can be recorded of that exhibit, and of several."""
    _exhibit(case)
    return "hand_over"


def number(case: Case) -> str:
    """Return the number of an event of that exhibit."""
    _exhibit(case)
    return "1"


def _exhibit(case: Case) -> Exhibit:
    thing = replace(PHONE, reference="SAMPLE/1")
    found = Exhibit.objects.filter(case=case, reference=thing.reference).first()
    return found or exhibit_seize(
        SYSTEM, reason="a sample", case=case, seizure=SEIZURE, thing=thing
    )


def _photograph(exhibit: Exhibit) -> Photograph:
    sha256 = keep_sealed(b"a sample")
    kept = Photograph(
        exhibit=exhibit,
        position=1,
        original_sha256=sha256,
        shown_sha256=sha256,
        thumbnail_sha256=sha256,
        media_type="image/jpeg",
        width_px=1,
        height_px=1,
        uploaded_by="a test",
    )
    with act(SYSTEM, "tests.photograph", reason="a sample", case=exhibit.case) as deed:
        kept.save()
        deed.about("photograph", kept.id)
    return kept


SAMPLES: dict[str, Callable[[Case], str]] = {
    "exhibit_id": exhibit_id,
    "kind": kind,
    "number": number,
    "passcode_id": passcode_id,
    "photograph_id": photograph_id,
}
