"""Notices: what a person has to know until they say that they read it."""

from uuid import UUID

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.audit.services import act
from polit.web.cases.models import Notice
from polit.web.core.acting import Actor, check_in_act


def notice_put(*, user_id: UUID, text: str, link: str = "") -> Notice:
    """Tell a person something, as part of the act of a service.

    Args:
        user_id: Whom.
        text: What; no name of a child, no content of a case.
        link: The path where it is dealt with.

    Raises:
        NoAct: There is no act that it belongs to.
    """
    check_in_act()
    notice = Notice(user_id=user_id, text=text[:500], link=link)
    notice.save()
    return notice


def notice_read(actor: Actor, *, notice_id: UUID, reason: str = "Read the notice") -> Notice:
    """Say that one has read a notice; saying it again changes nothing.

    Raises:
        UsageError: There is no such notice of this person.
    """
    with act(actor, "cases.notice_read", reason=reason) as deed:
        rows = Notice.objects.select_for_update()
        notice = rows.filter(pk=notice_id, user_id=actor.actor_id).first()
        if notice is None:
            raise UsageError("there is no such notice")
        if notice.read_at is None:
            notice.read_at = now_utc()
            notice.save()
        deed.about("notice", notice.id)
    return notice
