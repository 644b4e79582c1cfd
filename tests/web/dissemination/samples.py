"""Values for the addresses of the exchange log."""

from collections.abc import Callable
from uuid import UUID

from web.dissemination.exchanged import access_to, answer, exchange

from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.dissemination.models import Exchange
from polit.web.dissemination.services import exchange_record, reply_record


def exchange_id(case: Case) -> UUID:
    """Return an exchange of the case."""
    found = Exchange.objects.filter(case=case).first()
    if found is None:
        found = exchange_record(SYSTEM, reason="a sample", access=access_to(case), given=exchange())
    return found.pk


def reply_id(case: Case) -> UUID:
    """Return an answer to it."""
    return reply_record(
        SYSTEM, reason="a sample", access=access_to(case), exchange_id=exchange_id(case),
        given=answer(),
    ).pk  # fmt: skip


SAMPLES: dict[str, Callable[[Case], object]] = {"exchange_id": exchange_id, "reply_id": reply_id}
