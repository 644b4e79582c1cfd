"""Break-glass: access for some hours without membership, watched by a second person."""

from uuid import UUID

from django.urls import reverse

from polit.base.clock import now_utc
from polit.base.errors import AuthorityError, UsageError
from polit.web.accounts.models import User
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.cases.models import BreakGlass, Case
from polit.web.cases.queries import case_access, case_by_reference, has_been_counsel
from polit.web.cases.rules import (
    BreakGlassRequest,
    break_glass_end,
    check_break_glass,
    check_second,
    check_works_on_cases,
    is_break_glass_open,
)
from polit.web.cases.services.notices import notice_put
from polit.web.core.acting import Actor


def break_glass_open(actor: Actor, *, reason: str, asked: BreakGlassRequest) -> BreakGlass:
    """Give the actor access to a case for some hours, and tell the second person.

    Raises:
        AuthorityError: The actor is no person who works on cases.
        UsageError: The reason, the hours or the second person will not do; there is no such
            case; or the actor has access to it already.
    """
    user = _person(actor)
    check_works_on_cases(user.roles)
    check_break_glass(reason, asked.hours)
    second = User.objects.filter(pk=asked.second_id).first()
    if second is None:
        raise UsageError("the second person is an active supervisor")
    check_second(user.pk, second.pk, second.roles, active=second.is_active)
    case = case_by_reference(asked.reference)
    if case is None:
        _keep_miss(actor, reason, asked)
        raise UsageError("there is no case with exactly this reference")
    with act(
        actor,
        "cases.break_glass",
        reason=reason,
        case=case,
        purpose=asked.purpose.value,
        nature=Nature.SECURITY,
    ) as deed:
        Case.objects.select_for_update().get(pk=case.pk)
        if case_access(user, case.id) is not None:
            raise UsageError("you have access to this case already")
        if has_been_counsel(user.pk, case.id):
            raise UsageError("you were independent counsel in this case")
        opened = _opened(user, second, case, asked, reason)
        _tell(
            second,
            f"{user} broke the glass of {case.reference} for {_hours(asked.hours)}:"
            " acknowledge or revoke",
            opened,
        )
        deed.about(
            "break_glass",
            opened.id,
            label=user.username,
            hours=asked.hours,
            second=str(second.pk),
            second_name=second.username,
        )
    return opened


def break_glass_acknowledge(actor: Actor, *, reason: str, break_glass_id: UUID) -> BreakGlass:
    """Say, as the second person, that one knows of it.

    Raises:
        AuthorityError: The actor is not its second person.
        UsageError: It was answered already.
    """
    opened = _found(break_glass_id)
    with act(
        actor,
        "cases.break_glass_acknowledge",
        reason=reason,
        case=opened.case,
        nature=Nature.SECURITY,
    ) as deed:
        opened = _found(break_glass_id, locked=True)
        if actor.actor_id != str(opened.second_id):
            raise AuthorityError("only the second person acknowledges it")
        if opened.acknowledged_at is not None or opened.revoked_at is not None:
            raise UsageError("this was answered already: load the page again")
        opened.acknowledged_at = now_utc()
        opened.save()
        deed.about("break_glass", opened.id, label=opened.user.username)
    return opened


def break_glass_revoke(actor: Actor, *, reason: str, break_glass_id: UUID) -> BreakGlass:
    """End it at once: the second person may, and who opened it and needs it no longer.

    Raises:
        AuthorityError: The actor is neither of the two.
        UsageError: It ended already.
    """
    opened = _found(break_glass_id)
    with act(
        actor, "cases.break_glass_revoke", reason=reason, case=opened.case, nature=Nature.SECURITY
    ) as deed:
        opened = _found(break_glass_id, locked=True)
        if actor.actor_id not in {str(opened.second_id), str(opened.user_id)}:
            raise AuthorityError("only the second person, or who opened it, ends it")
        now = now_utc()
        if not is_break_glass_open(opened.expires_at, opened.revoked_at, now):
            raise UsageError("it ended already: load the page again")
        opened.revoked_at, opened.revoked_by = now, actor.name
        opened.save()
        is_own = actor.actor_id == str(opened.user_id)
        other = opened.second if is_own else opened.user
        _tell(other, f"Break-glass of {opened.case.reference} was ended by {actor.name}", opened)
        deed.about("break_glass", opened.id, label=opened.user.username)
    return opened


def _person(actor: Actor) -> User:
    user = None
    if actor.kind == "user":
        user = User.objects.filter(pk=actor.actor_id, is_active=True).first()
    if user is None:
        raise AuthorityError("break-glass is for a person with an account in use")
    return user


def _keep_miss(actor: Actor, reason: str, asked: BreakGlassRequest) -> None:
    """Record who tried which reference: guessing at cases leaves its trace."""
    with act(actor, "cases.break_glass_miss", reason=reason, nature=Nature.SECURITY) as deed:
        deed.about("reference", "", label=asked.reference)


def _opened(
    user: User, second: User, case: Case, asked: BreakGlassRequest, reason: str
) -> BreakGlass:
    opened = BreakGlass(
        user=user, second=second, case=case, purpose=asked.purpose.value, reason=reason
    )
    opened.expires_at = break_glass_end(opened.recorded_at, asked.hours)
    opened.save()
    return opened


def _found(break_glass_id: UUID, *, locked: bool = False) -> BreakGlass:
    rows = BreakGlass.objects.select_related("case", "user", "second")
    if locked:
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(pk=break_glass_id).first()
    if found is None:
        raise UsageError("there is no such break-glass")
    return found


def _tell(user: User, text: str, opened: BreakGlass) -> None:
    notice_put(user_id=user.pk, text=text, link=reverse("cases:break_glass", args=[opened.id]))


def _hours(hours: int) -> str:
    return "1 hour" if hours == 1 else f"{hours} hours"
