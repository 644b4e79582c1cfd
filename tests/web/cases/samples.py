"""Values for the addresses of cases, made for one case: what the authorisation matrix asks with."""

from collections.abc import Callable

from polit.base.ids import new_uuid
from polit.web.accounts.models import RoleGrant, User
from polit.web.audit.services import act
from polit.web.cases.models import Case, CaseMember
from polit.web.cases.rules import BreakGlassRequest
from polit.web.cases.services import (
    break_glass_open,
    case_open,
    member_add,
    note_add,
    notice_put,
    unit_add,
)
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.rules import Purpose, Role


def member_id(case: Case) -> str:
    """Make a further member."""
    user = _person(Role.EXAMINER)
    member = member_add(
        SYSTEM, reason="a sample", case=case, user_id=user.pk, purpose=Purpose.EXAMINATION
    )
    return str(CaseMember.objects.get(pk=member.pk).pk)


def note_id(case: Case) -> str:
    """Make a note."""
    return str(note_add(SYSTEM, case=case, text="a sample").pk)


def break_glass_id(case: Case) -> str:
    """Make break-glass of a case of its own, between two people of its own."""
    del case
    other = case_open(SYSTEM, reason="a sample", reference=f"S-{new_uuid()}", title="A sample")
    user, second = _person(Role.EXAMINER), _person(Role.SUPERVISOR)
    asked = BreakGlassRequest(other.reference, Purpose.EXAMINATION, 1, second.pk)
    actor = Actor("user", str(user.pk), user.username)
    return str(break_glass_open(actor, reason="a sample of break-glass", asked=asked).pk)


def notice_id(case: Case) -> str:
    """Make a notice to a person of its own."""
    with act(SYSTEM, "tests.notice", reason="a sample", case=case) as deed:
        notice = notice_put(user_id=_person(Role.EXAMINER).pk, text="a sample")
        deed.about("notice", notice.pk)
    return str(notice.pk)


def unit_id(case: Case) -> str:
    """Make an area."""
    del case
    return str(unit_add(SYSTEM, reason="a sample", kind="area", name=f"Area {new_uuid()}").pk)


def action(case: Case) -> str:
    """Name an action that the case's state offers."""
    del case
    return "close"


def _person(role: Role) -> User:
    name = new_uuid()
    user = User(username=name, full_name="A. Sample")
    with act(SYSTEM, "tests.user", reason="a sample") as deed:
        user.save()
        RoleGrant(user=user, role=role.value, granted_by="a sample").save()
        deed.about("user", user.pk)
    return user


SAMPLES: dict[str, Callable[[Case], str]] = {
    "action": action,
    "break_glass_id": break_glass_id,
    "member_id": member_id,
    "note_id": note_id,
    "notice_id": notice_id,
    "unit_id": unit_id,
}
