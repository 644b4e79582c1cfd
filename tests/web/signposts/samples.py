"""Values for the addresses of signposts."""

from collections.abc import Callable
from uuid import UUID

from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.signposts.models import Signpost
from polit.web.signposts.rules import GivenSignpost
from polit.web.signposts.services import signpost_add


def signpost_id(case: Case) -> UUID:
    """Return a signpost."""
    del case
    found = Signpost.objects.filter(ended_at=None).first()
    given = GivenSignpost("A helpline", "talking", ("family",))
    return (found or signpost_add(SYSTEM, reason="a sample", given=given)).pk


SAMPLES: dict[str, Callable[[Case], object]] = {
    "signpost_id": signpost_id,
    "audience": lambda _case: "family",
}
