"""What is done to cases."""

from uuid import UUID

from polit.web.accounts.models import User
from polit.web.audit.services import act
from polit.web.cases.models import Case, CaseMember
from polit.web.core.acting import Actor
from polit.web.core.rules import Purpose


def case_open(actor: Actor, *, reason: str, reference: str, title: str) -> Case:
    """Open a case."""
    case = Case(reference=reference, title=title)
    with act(actor, "cases.open", reason=reason, case=case) as deed:
        case.save()
        deed.about("case", case.id, label=reference)
    return case


def member_add(
    actor: Actor, *, reason: str, case: Case, user_id: UUID, purpose: Purpose
) -> CaseMember:
    """Give a person access to a case."""
    with act(actor, "cases.member_add", reason=reason, case=case) as deed:
        user = User.objects.get(pk=user_id)
        member = CaseMember(case=case, user=user, purpose=purpose.value)
        member.save()
        deed.about("member", member.id, label=user.username, purpose=purpose.value)
    return member
