"""A child's record as an act holds it, and where it moves."""

from uuid import UUID

from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.victims.models import UnknownChild
from polit.web.victims.rules import UNKNOWN_STATES


def unknown_locked(access: CaseAccess, unknown_id: UUID) -> UnknownChild:
    """Return an unknown child of a case, held until the act ends.

    Raises:
        UnknownChild.DoesNotExist: The case has none of that identifier.
    """
    rows = UnknownChild.objects.select_for_update(of=("self",))
    return rows.get(pk=unknown_id, case_id=access.case.id)


def moved(actor: Actor, unknown: UnknownChild, action: str) -> str:
    """Move a child that an act holds, and return where it stood.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: The child does not stand where that begins.
    """
    before = unknown.state
    unknown.state = UNKNOWN_STATES.check_action(action, before, roles_of(actor)).to
    unknown.save()
    return before
