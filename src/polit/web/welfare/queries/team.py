"""What a supervisor sees: flags and which way they go; never how much anybody saw, nor how fast."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from polit.web.accounts.models import User
from polit.web.cases.models import CaseMember
from polit.web.cases.queries import cases_for
from polit.web.welfare.models import WelfareFlag, WelfareProfile
from polit.web.welfare.queries.sessions import is_new, today
from polit.web.welfare.rules import current_policy

_WEEKS = 4


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A person who works on one of a supervisor's cases.

    Args:
        user: The person.
        is_new: Whether they are in their induction.
        flags: Their flags of the last four weeks, the latest first.
        trend: Against the four weeks before, in words.
    """

    user: User
    is_new: bool
    flags: tuple[WelfareFlag, ...]
    trend: str


def team_list(supervisor: User, now: datetime) -> list[TeamRow]:
    """Return who works on a supervisor's cases and ever reviewed, by name."""
    members = CaseMember.objects.filter(case__in=cases_for(supervisor), ended_at=None)
    people = User.objects.filter(
        pk__in=members.values("user_id"), welfare_profile__began_at__isnull=False
    )
    found = list(people.exclude(pk=supervisor.pk).order_by("full_name", "username"))
    day = today(now).date()
    flags = _flags([each.pk for each in found], day)
    profiles = {each.officer_id: each for each in WelfareProfile.objects.filter(officer__in=found)}
    policy = current_policy()
    rows = []
    for each in found:
        recent = [flag for flag in flags[each.pk] if _is_recent(flag, day)]
        before = len(flags[each.pk]) - len(recent)
        newcomer = is_new(profiles.get(each.pk), policy, now)
        rows.append(TeamRow(each, newcomer, tuple(recent), trend_of(len(recent), before)))
    return rows


def newcomer_list(supervisor: User, now: datetime) -> list[User]:
    """Return who works on a supervisor's cases and is in their induction, by name."""
    members = CaseMember.objects.filter(case__in=cases_for(supervisor), ended_at=None)
    people = User.objects.filter(pk__in=members.values("user_id"), is_active=True)
    found = people.exclude(pk=supervisor.pk).select_related("welfare_profile")
    policy = current_policy()
    return [
        each
        for each in found.order_by("full_name", "username")
        if is_new(getattr(each, "welfare_profile", None), policy, now)
    ]


def trend_of(recent: int, before: int) -> str:
    """Return in words which way flags go."""
    if not recent and not before:
        return "None in eight weeks"
    if recent == before:
        return "As many as in the four weeks before"
    return "More than in the four weeks before" if recent > before else "Fewer than before"


def _flags(ids: list[UUID], day: date) -> dict[UUID, list[WelfareFlag]]:
    since = day - timedelta(weeks=2 * _WEEKS)
    rows = WelfareFlag.objects.filter(officer_id__in=ids, on_day__gt=since)
    found: dict[UUID, list[WelfareFlag]] = defaultdict(list)
    for each in rows.order_by("-on_day", "kind"):
        found[each.officer_id].append(each)
    return found


def _is_recent(flag: WelfareFlag, day: date) -> bool:
    return flag.on_day > day - timedelta(weeks=_WEEKS)
