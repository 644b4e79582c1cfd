"""Notices of safeguarding: who on a case is told. A notice holds no name of a child."""

from polit.web.accounts.models import RoleGrant
from polit.web.cases.models import CaseMember
from polit.web.cases.rules import Duty
from polit.web.cases.services import notice_put
from polit.web.core.access import CaseLike
from polit.web.core.rules import Role

_LEADING = (Duty.LEAD.value, Duty.DEPUTY.value)


def tell(case: CaseLike, text: str, link: str) -> None:
    """Tell the case's safeguarding members, and where there is none who leads it."""
    members = CaseMember.objects.filter(case_id=case.id, ended_at=None)
    holding = RoleGrant.objects.filter(ended_at=None, role=Role.SAFEGUARDING.value)
    told = members.filter(user_id__in=holding.values("user_id"))
    if not told.exists():
        told = members.filter(duty__in=_LEADING)
    for user_id in told.order_by("recorded_at").values_list("user_id", flat=True):
        notice_put(user_id=user_id, text=text, link=link)
