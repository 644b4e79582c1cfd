"""Exchanges and answers for tests."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from polit.base.clock import now_utc
from polit.web.cases.models import Case
from polit.web.cases.queries import header_of
from polit.web.cases.rules import GrantedAccess
from polit.web.core.rules import Purpose
from polit.web.dissemination.rules import Direction, GivenExchange, GivenReply, ReplyKind


def access_to(case: Case) -> GrantedAccess:
    """Return access to a case."""
    return GrantedAccess(header_of(case), Purpose.INVESTIGATION, "member")


def exchange(**changes: Any) -> GivenExchange:
    """Return an exchange that was given two hours ago, with what a test changes."""
    given = GivenExchange(
        direction=Direction.OUT, agency="Example Police Bureau", country="Utopia",
        authority="policing_purpose", purpose="To identify a suspect", description="A report",
        means="secure_mail", handling="p", occurred_at=now_utc() - timedelta(hours=2),
        handled_by="A. Example", answer_due_at=now_utc() + timedelta(days=7),
    )  # fmt: skip
    return replace(given, **changes)


def answer(**changes: Any) -> GivenReply:
    """Return an answer of an hour ago, with what a test changes."""
    when = now_utc() - timedelta(hours=1)
    given = GivenReply(ReplyKind.ANSWER, when, "acted_on", "Somebody was found")
    return replace(given, **changes)
