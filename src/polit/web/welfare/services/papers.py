"""Keeps that somebody took their exposure record along."""

from datetime import datetime

from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.core.acting import Actor


def record_print(actor: Actor, *, since: datetime, until: datetime) -> None:
    """Keep that an officer printed their own record, before they get it."""
    reason = "One's own exposure record"
    with act(actor, "welfare.record_print", reason=reason, nature=Nature.CONSULTATION) as deed:
        deed.about(
            "exposure_record", actor.actor_id, since=since.isoformat(), until=until.isoformat()
        )
