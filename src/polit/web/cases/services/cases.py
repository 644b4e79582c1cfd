"""What is done to cases, their teams and their notes. Every act says who and why."""

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.accounts.models import User
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.cases.models import Case, CaseMember, CaseNote, CaseOffence, Unit
from polit.web.cases.offences import check_offences, current_offences
from polit.web.cases.queries import (
    case_facts,
    case_version,
    duty_of,
    has_been_counsel,
    has_worked_on,
    roles_of,
)
from polit.web.cases.rules import (
    STATES,
    CaseDetails,
    Duty,
    UnitKind,
    check_manages_members,
    check_may_join,
    check_opens,
    check_reference,
)
from polit.web.cases.signals import case_moved
from polit.web.core.access import CaseLike
from polit.web.core.acting import Actor
from polit.web.core.rules import Purpose, Role
from polit.web.core.versions import check_unchanged


def case_open(  # noqa: PLR0913 - the seven facts of a new case
    actor: Actor,
    *,
    reason: str,
    reference: str,
    title: str,
    operation: str = "",
    offences: Sequence[str] = (),
    area_id: UUID | None = None,
    team_id: UUID | None = None,
) -> Case:
    """Open a case; the person who opens it leads it.

    Args:
        actor: Who opens it: an investigator, a supervisor, or polit.
        reason: Why.
        reference: Unique; kept in NFC.
        title: What it is about, in a few words.
        operation: The operation's name, where it has one.
        offences: Codes of the kinds of offence that are in use.
        area_id: The area of the force that it belongs to, where one is known.
        team_id: The team that works on it, where one is known.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: The reference is not one, or is taken; an offence is unknown; the area or
            the team is none that holds.
    """
    roles = roles_of(actor)
    check_opens(roles)
    case = Case(reference=check_reference(reference), title=title.strip(), operation=operation)
    codes = check_offences(tuple(offences))
    with act(actor, "cases.open", reason=reason, case=case, nature=Nature.COLLECTION) as deed:
        _place(case, area_id, team_id)
        try:
            with transaction.atomic():
                case.save()
        except IntegrityError as error:
            raise UsageError("there is a case with this reference already") from error
        _name_offences(case, codes)
        if actor.kind == "user":
            _join(case, User.objects.get(pk=actor.actor_id), _first_purpose(roles), Duty.LEAD)
        deed.about("case", case.id, label=case.reference, offences=list(codes))
    return case


def case_change_details(
    actor: Actor, *, reason: str, case: CaseLike, details: CaseDetails, seen: str | None = None
) -> Case:
    """Change the title, the operation, the kinds of offence, the area and the team of a case.

    Args:
        actor: Who changes it.
        reason: Why.
        case: The case.
        details: What holds from now on.
        seen: The mark (``case_version``) of what they looked at; ``None`` where they did not.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: An offence is unknown, the area or the team is none that holds, or somebody
            else changed the case meanwhile.
    """
    check_opens(roles_of(actor))
    codes = check_offences(details.offences)
    with act(actor, "cases.change_details", reason=reason, case=case) as deed:
        kept = _locked(case.id)
        check_unchanged(seen, case_version(kept))
        before = case_facts(kept)
        kept.title, kept.operation = details.title.strip(), details.operation.strip()
        _place(kept, details.area_id, details.team_id)
        kept.save()
        kept.offences.all().delete()
        _name_offences(kept, codes)
        after = case_facts(kept)
        changed = {name: [before[name], after[name]] for name in before}
        deed.about(
            "case",
            kept.id,
            label=kept.reference,
            changed={name: list(pair) for name, pair in changed.items() if pair[0] != pair[1]},
        )
    return kept


def case_change_status(actor: Actor, *, reason: str, case: CaseLike, action: str) -> Case:
    """Take a case to court, close or reopen it: what its table of states allows.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: The action does not begin in the case's state.
    """
    roles = roles_of(actor)
    with act(actor, f"cases.{action}", reason=reason, case=case) as deed:
        kept = _locked(case.id)
        before = kept.status
        kept.status = str(STATES.check_action(action, before, roles).to)
        kept.save()
        deed.about("case", kept.id, label=kept.reference, status=[before, kept.status])
        case_moved.send(sender=Case, case=kept, action=action, before=before, actor=actor)
    return kept


def note_add(
    actor: Actor,
    *,
    case: CaseLike,
    text: str,
    corrects_id: UUID | None = None,
    reason: str = "A note on the case",
) -> CaseNote:
    """Write a note on a case, or the correction of one; neither is ever changed.

    Raises:
        UsageError: The text is blank; or the note to correct is not in this case, or was
            corrected already.
    """
    if not text.strip():
        raise UsageError("a note says something")
    with act(actor, "cases.note", reason=reason, case=case, nature=Nature.COLLECTION) as deed:
        _locked(case.id)
        if corrects_id is not None:
            _check_correctable(case.id, corrects_id)
        note = CaseNote(case_id=case.id, author=actor.name, text=text, corrects_id=corrects_id)
        note.save()
        deed.about("note", note.id, corrects=str(corrects_id or ""))
    return note


def member_add(
    actor: Actor,
    *,
    reason: str,
    case: CaseLike,
    user_id: UUID,
    purpose: Purpose,
    duty: Duty = Duty.MEMBER,
) -> CaseMember:
    """Give a person access to a case, for a purpose.

    Raises:
        AuthorityError: The actor may not make up this team, or the person works on no cases.
        UsageError: There is no such active person, they are in the case already, or they would
            be independent counsel and of the investigation.
    """
    with act(actor, "cases.member_add", reason=reason, case=case, nature=Nature.SECURITY) as deed:
        kept = _locked(case.id)
        # Under the lock: whose lead ends in this very moment adds nobody any more.
        check_manages_members(roles_of(actor), duty_of(actor, case.id))
        user = User.objects.filter(pk=user_id, is_active=True).first()
        if user is None:
            raise UsageError("there is no such person with an account in use")
        check_may_join(
            user.roles, purpose, duty, worked=has_worked_on(user.pk, case.id),
            counselled=has_been_counsel(user.pk, case.id),
        )  # fmt: skip
        member = _join(kept, user, purpose, duty, added_by=actor.name, reason=reason)
        deed.about(
            "member",
            member.id,
            label=user.username,
            user=str(user.pk),
            purpose=purpose.value,
            duty=duty.value,
        )
    return member


def member_end(actor: Actor, *, reason: str, case: CaseLike, member_id: UUID) -> CaseMember:
    """End a person's access to a case, at once; the record of it stays.

    Raises:
        AuthorityError: The actor may not make up this team.
        UsageError: There is no such membership, or it ended already.
    """
    with act(actor, "cases.member_end", reason=reason, case=case, nature=Nature.SECURITY) as deed:
        _locked(case.id)
        check_manages_members(roles_of(actor), duty_of(actor, case.id))
        rows = CaseMember.objects.select_for_update(of=("self",)).select_related("user")
        member = rows.filter(case_id=case.id, pk=member_id, ended_at=None).first()
        if member is None:
            raise UsageError("this membership ended already: load the page again")
        member.ended_at, member.ended_by, member.end_reason = now_utc(), actor.name, reason
        member.save()
        deed.about("member", member.id, label=member.user.username, user=str(member.user_id))
    return member


def _locked(case_id: UUID) -> Case:
    """Return a case that nobody else changes until the act ends."""
    return Case.objects.select_for_update().get(pk=case_id)


def _join(
    case: Case, user: User, purpose: Purpose, duty: Duty, *, added_by: str = "", reason: str = ""
) -> CaseMember:
    member = CaseMember(
        case=case,
        user=user,
        purpose=purpose.value,
        duty=duty.value,
        added_by=added_by or user.username,
        reason=reason or "Opened the case",
    )
    try:
        with transaction.atomic():
            member.save()
    except IntegrityError as error:
        raise UsageError("this person is in the case already") from error
    return member


def _name_offences(case: Case, codes: Sequence[str]) -> None:
    scheme = current_offences()
    for code in codes:
        CaseOffence(case=case, scheme=scheme.scheme, version=scheme.version, code=code).save()


def _place(case: Case, area_id: UUID | None, team_id: UUID | None) -> None:
    """Give a case to units; where it was already, it may stay though the unit ended."""
    case.area = _unit(UnitKind.AREA, area_id, case.area_id)
    case.team = _unit(UnitKind.TEAM, team_id, case.team_id)


def _unit(kind: UnitKind, unit_id: UUID | None, was: UUID | None) -> Unit | None:
    if unit_id is None:
        return None
    unit = Unit.objects.filter(pk=unit_id, kind=kind.value).first()
    if unit is None or (unit.ended_at is not None and unit.pk != was):
        raise UsageError(f"there is no such {kind.value} any more: choose another one")
    return unit


def _first_purpose(roles: frozenset[Role]) -> Purpose:
    return Purpose.INVESTIGATION if Role.INVESTIGATOR in roles else Purpose.SUPERVISION


def _check_correctable(case_id: UUID, note_id: UUID) -> None:
    rows = CaseNote.objects.filter(case_id=case_id)
    if not rows.filter(pk=note_id).exists():
        raise UsageError("the note to correct is not one of this case")
    if rows.filter(corrects_id=note_id).exists():
        raise UsageError("this note was corrected already: correct the correction")
