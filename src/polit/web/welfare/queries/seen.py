"""On which rung an officer saw what, as the record of exposures has it."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Max

from polit.web.core.access import CaseLike
from polit.web.welfare.models import Exposure
from polit.web.welfare.rules import Rung


def rungs_seen(
    officer_id: UUID, case: CaseLike, contents: Sequence[bytes]
) -> dict[bytes, Rung]:  # fmt: skip
    """Return the highest rung on which an officer saw contents in a case; of those they saw.

    Args:
        officer_id: The officer.
        case: The case in which they looked.
        contents: SHA-256 of each.
    """
    rows = Exposure.objects.filter(
        officer_id=officer_id, content_sha256__in=contents, case_id=case.id, rung__gt=Rung.NONE
    )
    highest = rows.order_by().values_list("content_sha256").annotate(rung=Max("rung"))
    return {bytes(content): Rung(rung) for content, rung in highest}
