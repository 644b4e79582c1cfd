"""What is asked of cases. Nobody gets a case that they have no access to, but for its team."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet

from polit.base.clock import now_utc
from polit.web.accounts.models import RoleGrant, User
from polit.web.audit.models import AuditEvent
from polit.web.audit.rules import Nature
from polit.web.cases.models import BreakGlass, Case, CaseMember, CaseNote, Notice, Unit
from polit.web.cases.offences import offence_scheme
from polit.web.cases.rules import CaseHeader, CaseStatus, Duty, GrantedAccess, UnitKind
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.core.listing import Filter, Listing, Sort, equal_to
from polit.web.core.paging import Page, page_of
from polit.web.core.rules import CASE_ROLES, Purpose, Role
from polit.web.core.versions import version_of

_COUNSELS = Purpose.LEGAL_PRIVILEGE.value
_JOINING = (*sorted(CASE_ROLES), Role.COUNSEL)


def case_access(user: User, case_id: UUID) -> GrantedAccess | None:
    """Return a person's access to a case, ``None`` where they have none.

    One query for a member; a second one looks for break-glass that is open at this instant.
    Independent counsel has access as a member for legal privilege and in no other way, and a
    membership for legal privilege gives access to nobody else: whoever changes their role does
    not take an old membership along.
    """
    if not user.is_active:
        return None
    if Role.COUNSEL in user.roles:
        return _counsel_access(user, case_id)
    if not user.roles & CASE_ROLES:
        return None
    held = (
        CaseMember.objects.filter(user=user, case_id=case_id, ended_at=None)
        .exclude(purpose=_COUNSELS)
        .select_related("case")
        .first()
    )
    if held is not None:
        return GrantedAccess(header_of(held.case), Purpose(held.purpose), "member", Duty(held.duty))
    opened = (
        _open_break_glass(user, now_utc())
        .filter(case_id=case_id)
        .select_related("case")
        .order_by("-expires_at")
        .first()
    )
    if opened is None:
        return None
    return GrantedAccess(
        header_of(opened.case),
        Purpose(opened.purpose),
        "break_glass",
        expires_at=opened.expires_at,
    )


def _counsel_access(user: User, case_id: UUID) -> GrantedAccess | None:
    rows = CaseMember.objects.filter(user=user, case_id=case_id, ended_at=None, purpose=_COUNSELS)
    held = rows.select_related("case").first()
    if held is None:
        return None
    return GrantedAccess(header_of(held.case), Purpose.LEGAL_PRIVILEGE, "member", Duty.MEMBER)


def counsel_cases_for(user: User) -> QuerySet[Case]:
    """Return the cases in which a person is independent counsel now: no page but counsel's asks."""
    if Role.COUNSEL not in user.roles:
        return Case.objects.none()
    rows = CaseMember.objects.filter(user=user, ended_at=None, purpose=_COUNSELS)
    return Case.objects.filter(pk__in=rows.values("case_id"))


def has_worked_on(user_id: UUID, case_id: UUID) -> bool:
    """Tell whether a person ever was in a case for anything but legal privilege."""
    rows = CaseMember.objects.filter(user_id=user_id, case_id=case_id).exclude(purpose=_COUNSELS)
    return rows.exists() or BreakGlass.objects.filter(user_id=user_id, case_id=case_id).exists()


def has_been_counsel(user_id: UUID, case_id: UUID) -> bool:
    """Tell whether a person ever was independent counsel in a case."""
    rows = CaseMember.objects.filter(user_id=user_id, case_id=case_id, purpose=_COUNSELS)
    return rows.exists()


def header_of(case: Case) -> CaseHeader:
    """Return what every page of a case knows of it."""
    return CaseHeader(case.id, case.reference, case.title, CaseStatus(case.status))


def cases_for(user: User) -> QuerySet[Case]:
    """Return the cases that a person has access to now."""
    return Case.objects.filter(pk__in=case_ids_for(user))


def case_ids_for(user: User) -> QuerySet[Any, UUID]:
    """Return the identifiers of the cases that a person has access to now.

    For ``case__in``: the database need not look up each case to know that there is one.
    """
    if not user.roles & CASE_ROLES:
        return CaseMember.objects.none().values_list("case_id", flat=True)
    joined = CaseMember.objects.filter(user=user, ended_at=None).exclude(purpose=_COUNSELS)
    opened = _open_break_glass(user, now_utc())
    # Not a condition on each case: a database would ask it of all cases of the force.
    # One list of both: of two, "in one or the other", PostgreSQL takes most cases to be in them.
    # A case may stand in it twice, which says nothing where it is asked what is in it.
    both: QuerySet[Any, UUID] = joined.values_list("case_id", flat=True).union(
        opened.values_list("case_id", flat=True), all=True
    )
    return both


def case_list(user: User) -> Page[Case]:
    """Return the first page of a person's cases by reference."""
    return page_of(cases_for(user), key="reference")


def roles_of(actor: Actor) -> frozenset[Role]:
    """Return the roles that an actor holds now; polit itself holds all."""
    if actor.kind == "system":
        return frozenset(Role)
    held = RoleGrant.objects.filter(
        user_id=actor.actor_id, user__is_active=True, ended_at=None
    ).values_list("role", flat=True)
    return frozenset(Role(role) for role in held)


def duty_of(actor: Actor, case_id: UUID) -> Duty | None:
    """Return what an actor does in a case now, ``None`` where they are not in it."""
    if actor.kind == "system":
        return None
    held = CaseMember.objects.filter(case_id=case_id, user_id=actor.actor_id, ended_at=None)
    duty = held.values_list("duty", flat=True).first()
    return Duty(duty) if duty else None


def case_get(access: CaseAccess) -> Case:
    """Return a case that somebody has access to."""
    return Case.objects.select_related("area", "team").get(pk=access.case.id)


def offence_labels(case_id: UUID) -> list[str]:
    """Return the kinds of offence of a case in words, as they were named when it was kept."""
    rows = Case.objects.get(pk=case_id).offences.order_by("scheme", "version", "code")
    return [offence_scheme(each.scheme, each.version).label_of(each.code) for each in rows]


def offence_codes(case_id: UUID) -> list[str]:
    """Return the codes of the kinds of offence of a case."""
    rows = Case.objects.get(pk=case_id).offences
    return list(rows.order_by("code").values_list("code", flat=True))


def case_version(case: Case) -> str:
    """Return a mark of what of a case may be changed, as it stands now."""
    return version_of(dict(case_facts(case)))


def case_facts(case: Case) -> dict[str, str]:
    """Return what of a case may be changed, as it stands now, in words by name."""
    return {
        "title": case.title,
        "operation": case.operation,
        "offences": ", ".join(offence_codes(case.id)),
        "area": str(case.area or ""),
        "team": str(case.team or ""),
    }


def units_of(kind: UnitKind, *, besides: UUID | None = None) -> QuerySet[Unit]:
    """Return the areas or teams that a case can be given to, and its own though it ended."""
    holds = Q(ended_at=None) if besides is None else Q(ended_at=None) | Q(pk=besides)
    return Unit.objects.filter(holds, kind=kind.value).order_by("name", "recorded_at")


def unit_list() -> list[Unit]:
    """Return all areas and teams, those that hold first, each with ``case_count``."""
    counted = Unit.objects.annotate(
        area_count=Count("area_cases", distinct=True), team_count=Count("team_cases", distinct=True)
    )
    ordered = counted.order_by(F("ended_at").asc(nulls_first=True), "kind", "name")
    return list(ordered.annotate(case_count=F("area_count") + F("team_count")))


def unit_get(unit_id: UUID) -> Unit | None:
    """Return an area or a team that holds, ``None`` where there is none of this id."""
    return Unit.objects.filter(pk=unit_id, ended_at=None).first()


def case_listing(search: tuple[str, ...], label: str) -> Listing:
    """Return how a list of cases is narrowed: by text in these columns, status, area and team.

    Args:
        search: By what is shown alone: a search must not tell what the page does not.
        label: What stands above the search.
    """
    statuses = tuple((each.value, each.label) for each in CaseStatus)
    return Listing(
        sorts=(
            Sort("reference", "By reference", "reference"),
            # No index follows it: of one's own cases, found by membership, there are few.
            Sort("opened", "Latest opened first", "recorded_at", newest_first=True),
        ),
        search=search,
        search_label=label,
        filters=(Filter("status", "Status", statuses, equal_to("status")), *unit_filters()),
    )


def unit_filters(prefix: str = "") -> tuple[Filter, ...]:
    """Return the choices of an area and of a team for a list; none where the force has none.

    Args:
        prefix: How the listed rows name their case, such as ``case__``; empty for cases.
    """
    units = Unit.objects.order_by("name", "recorded_at").only("kind", "name", "ended_at")
    filters = []
    by_kind: dict[str, list[Unit]] = {kind.value: [] for kind in UnitKind}
    for unit in units:
        by_kind[unit.kind].append(unit)
    for kind in UnitKind:
        options = tuple((str(each.pk), each.shown) for each in by_kind[kind.value])
        if options:
            condition = equal_to(f"{prefix}{kind.value}_id")
            filters.append(Filter(kind.value, kind.label, options, condition))
    return tuple(filters)


def member_list(case_id: UUID) -> list[CaseMember]:
    """Return all memberships of a case, those that hold first, then by their begin."""
    rows = CaseMember.objects.filter(case_id=case_id).select_related("user")
    return list(rows.order_by(F("ended_at").asc(nulls_first=True), "recorded_at"))


def member_get(case_id: UUID, member_id: UUID) -> CaseMember | None:
    """Return a membership of a case that holds, ``None`` where there is none of this id."""
    rows = CaseMember.objects.filter(case_id=case_id, pk=member_id, ended_at=None)
    return rows.select_related("user").first()


def candidates(case_id: UUID) -> QuerySet[User]:
    """Return the people who may become members of a case, by name."""
    holds = RoleGrant.objects.filter(
        user=OuterRef("pk"), ended_at=None, role__in=[role.value for role in _JOINING]
    )
    inside = CaseMember.objects.filter(user=OuterRef("pk"), case_id=case_id, ended_at=None)
    people = User.objects.filter(Exists(holds), ~Exists(inside), is_active=True)
    return people.order_by("full_name", "username")


def supervisors_but(user: User) -> QuerySet[User]:
    """Return the active supervisors other than one person, by name."""
    holds = RoleGrant.objects.filter(user=OuterRef("pk"), ended_at=None, role=Role.SUPERVISOR.value)
    people = User.objects.filter(Exists(holds), is_active=True).exclude(pk=user.pk)
    return people.order_by("full_name", "username")


def note_list(case_id: UUID, *, after: str = "") -> Page[CaseNote]:
    """Return a page of a case's notes, the newest first, each with what corrects it."""
    rows = CaseNote.objects.filter(case_id=case_id).select_related("corrected_by", "corrects")
    return page_of(rows, key="recorded_at", after=after, newest_first=True)


def note_get(case_id: UUID, note_id: UUID) -> CaseNote | None:
    """Return a note of a case that nothing corrects yet, ``None`` where there is none."""
    rows = CaseNote.objects.filter(case_id=case_id, pk=note_id, corrected_by=None)
    return rows.first()


@dataclass(frozen=True, slots=True)
class TeamRow:
    """What a supervisor sees of a case that they need not be in: no content of it."""

    case_id: UUID
    reference: str
    title: str
    status: CaseStatus
    units: str
    team: tuple[str, ...]
    last_at: datetime | None


def team_cases() -> QuerySet[Case]:
    """Return all cases with their teams and last acts: two queries for a page of them."""
    # One step down an index for each row shown, however many acts there are.
    last = AuditEvent.objects.filter(case_id=OuterRef("pk")).order_by("-seq")
    holding = CaseMember.objects.filter(ended_at=None).select_related("user")
    dated = Case.objects.annotate(last_at=last.values("recorded_at")[:1])
    return dated.select_related("area", "team").prefetch_related(
        Prefetch("members", holding.order_by("recorded_at"), to_attr="team_now")
    )


def team_rows(cases: tuple[Case, ...]) -> list[TeamRow]:
    """Return what a supervisor sees of cases that ``team_cases`` found. No query."""
    return [
        TeamRow(
            case.id,
            case.reference,
            case.title,
            CaseStatus(case.status),
            ", ".join(unit.name for unit in (case.area, case.team) if unit),
            tuple(f"{member.user} ({member.duty_label.lower()})" for member in _team(case)),
            getattr(case, "last_at", None),
        )
        for case in cases
    ]


def case_by_reference(reference: str) -> Case | None:
    """Return the case with exactly this reference, ``None`` where there is none."""
    return Case.objects.filter(reference=reference).first()


def case_by_id(case_id: UUID) -> Case | None:
    """Return a case whoever asks, for what speaks of its team alone."""
    return Case.objects.filter(pk=case_id).first()


def break_glass_get(user: User, break_glass_id: UUID) -> BreakGlass | None:
    """Return break-glass that a person opened or watches over, ``None`` otherwise."""
    mine = Q(user=user) | Q(second=user)
    rows = BreakGlass.objects.filter(mine, pk=break_glass_id)
    return rows.select_related("case", "user", "second").first()


def break_glass_used(opened: BreakGlass) -> int:
    """Return how many pages were consulted through it so far."""
    end = opened.revoked_at or opened.expires_at
    return AuditEvent.objects.filter(
        case_id=opened.case_id,
        actor_id=str(opened.user_id),
        nature=Nature.CONSULTATION.value,
        recorded_at__range=(opened.recorded_at, end),
    ).count()


def notice_list(user: User, *, after: str = "") -> Page[Notice]:
    """Return a page of a person's notices, the newest first."""
    rows = Notice.objects.filter(user=user)
    return page_of(rows, key="recorded_at", after=after, newest_first=True)


def notices_unread(user: User, *, most: int = 10) -> list[Notice]:
    """Return the notices that a person has not read yet, the newest first."""
    return list(_unread(user).order_by("-recorded_at")[:most])


def notice_count(user: User) -> int:
    """Return how many notices a person has not read yet."""
    return _unread(user).count()


def _unread(user: User) -> QuerySet[Notice]:
    return Notice.objects.filter(user=user, read_at=None)


def _open_break_glass(user: User, now: datetime) -> QuerySet[BreakGlass]:
    return BreakGlass.objects.filter(user=user, revoked_at=None, expires_at__gt=now)


def _team(case: Case) -> list[CaseMember]:
    found: list[CaseMember] = getattr(case, "team_now", [])
    return found
