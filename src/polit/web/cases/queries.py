"""What is asked of cases."""

from uuid import UUID

from polit.web.accounts.models import User
from polit.web.cases.models import CaseMember
from polit.web.cases.rules import CaseHeader, CaseStatus, GrantedAccess
from polit.web.core.rules import Purpose


def case_access(user: User, case_id: UUID) -> GrantedAccess | None:
    """Return a person's access to a case, ``None`` where they have none. One query."""
    held = (
        CaseMember.objects.filter(user=user, case_id=case_id, ended_at=None)
        .select_related("case")
        .first()
    )
    if held is None:
        return None
    case = held.case
    header = CaseHeader(case.id, case.reference, case.title, CaseStatus(case.status))
    return GrantedAccess(header, Purpose(held.purpose), "member")
