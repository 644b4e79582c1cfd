"""Telling an employer or the designated officer of a suspect's risk to children. No Django here."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from polit.base.errors import AuthorityError, UsageError
from polit.web.core.rules import Role
from polit.web.safeguarding.rules.children import check_happened, check_says

AUTHORISERS = frozenset({Role.SUPERVISOR, Role.SAFEGUARDING})
"""Who records a decision: it weighs a person's private life, and somebody answers for it."""


@dataclass(frozen=True, slots=True)
class GivenDisclosure:
    """A decision to tell, or not to tell, somebody of a suspect who works with children.

    Args:
        suspect_id: The suspect's place in the case.
        position: The position of trust: what work, with which children.
        is_disclosed: Whether it was decided to tell.
        occurred_at: When it was decided.
        authorised_by: Who authorised it.
        needs: The grounds of a pressing social need: codes of the catalogue.
        reasons: The reasons in words.
        recipient_kind: A code of the catalogue, where it is told.
        recipient: To whom.
        told_at: When it was told; ``None`` while it was not.
        told: What was told.
    """

    suspect_id: UUID
    position: str
    is_disclosed: bool
    occurred_at: datetime
    authorised_by: str
    needs: tuple[str, ...]
    reasons: str
    recipient_kind: str = ""
    recipient: str = ""
    told_at: datetime | None = None
    told: str = ""


def check_decides(roles: frozenset[Role]) -> None:
    """Refuse whoever may not record such a decision.

    Raises:
        AuthorityError: They may not.
    """
    if not roles & AUTHORISERS:
        raise AuthorityError("your roles do not allow to record a disclosure: ask a supervisor")


def check_disclosure(given: GivenDisclosure, now: datetime) -> None:
    """Refuse a decision that does not hold together.

    Raises:
        UsageError: Something that it needs is missing, contradicts it, or lies ahead.
    """
    check_says(given.position, "what position of trust it is")
    check_says(given.authorised_by, "who authorised the decision")
    check_says(given.reasons, "why")
    check_happened(given.occurred_at, now, "the decision")
    if not given.is_disclosed:
        if given.recipient_kind or given.recipient or given.told_at or given.told:
            raise UsageError("where nothing is told, leave out to whom, when and what")
        return
    if not given.needs:
        raise UsageError("a disclosure needs a pressing social need: choose what holds")
    if not given.recipient_kind:
        raise UsageError("say who is told: choose a kind of recipient")
    check_says(given.recipient, "who is told")
    if (given.told_at is None) != (not given.told.strip()):
        raise UsageError("when it was told and what was told go together")
    if given.told_at is not None:
        check_happened(given.told_at, now, "the telling")
        if given.told_at < given.occurred_at:
            raise UsageError("nothing is told before it is decided: correct the date and time")
