"""Warrants themselves: applied for, granted or refused, changed, withdrawn."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.core.fitting import check_fits
from polit.web.core.versions import check_unchanged
from polit.web.people.models import CasePerson
from polit.web.warrants.models import Warrant, WarrantPremises
from polit.web.warrants.powers import WarrantPower, current_powers
from polit.web.warrants.queries import warrant_facts, warrant_version
from polit.web.warrants.rules import (
    WARRANT_STATES,
    GivenGrant,
    GivenPremises,
    GivenWarrant,
    WarrantState,
    check_applies,
    check_granted,
    check_warrant,
)


def warrant_apply(actor: Actor, *, reason: str, access: CaseAccess, given: GivenWarrant) -> Warrant:
    """Record that a warrant was applied for.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        UsageError: The case has a warrant of this reference, or a part is missing or cannot be.
    """
    check_applies(roles_of(actor))
    check_warrant(given, now_utc())
    with act(
        actor, "warrants.apply", reason=reason, case=access.case, purpose=access.purpose.value,
        nature=Nature.COLLECTION,
    ) as deed:  # fmt: skip
        powers = current_powers()
        warrant = Warrant(
            case_id=access.case.id,
            power_scheme=powers.scheme,
            power_version=powers.version,
            power_code=powers.power(given.power_code).code,
            by=actor.name,
        )
        _describe(warrant, given)
        _keep(warrant)
        for number, premises in enumerate(given.premises, start=1):
            _put(warrant, number, premises)
        deed.about("warrant", warrant.id, label=warrant.reference, power=warrant.power_code,
                   premises=len(given.premises))  # fmt: skip
    return warrant


def warrant_grant(
    actor: Actor, *, reason: str, access: CaseAccess, warrant_id: UUID, given: GivenGrant
) -> Warrant:
    """Record that a court granted a warrant; its last day is computed where none is given.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        Warrant.DoesNotExist: The case has none of this identifier.
        UsageError: It was answered already, the times cannot be, or the last day is not known.
    """
    with act(
        actor, "warrants.grant", reason=reason, case=access.case, purpose=access.purpose.value
    ) as deed:
        warrant = locked(access, warrant_id)
        after = WARRANT_STATES.check_action("grant", warrant.state, roles_of(actor)).to
        check_granted(given.granted_at, warrant.applied_at, now_utc())
        warrant.state, warrant.granted_at = after, given.granted_at
        warrant.reference = given.reference.strip() or warrant.reference
        warrant.expires_on = _last_day(
            warrant.power, given.granted_at, given.expires_on, given.expiry_reason
        )
        warrant.expiry_reason = given.expiry_reason.strip()
        _keep(warrant)
        deed.about("warrant", warrant.id, label=warrant.reference,
                   granted_at=given.granted_at.isoformat(),
                   expires_on=warrant.expires_on.isoformat(),
                   expiry_reason=warrant.expiry_reason)  # fmt: skip
    return warrant


def warrant_refuse(
    actor: Actor, *, reason: str, access: CaseAccess, warrant_id: UUID, refused_at: datetime
) -> Warrant:
    """Record that a court refused a warrant.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        Warrant.DoesNotExist: The case has none of this identifier.
        UsageError: It was answered already, or the time cannot be.
    """
    with act(
        actor, "warrants.refuse", reason=reason, case=access.case, purpose=access.purpose.value
    ) as deed:
        warrant = locked(access, warrant_id)
        after = WARRANT_STATES.check_action("refuse", warrant.state, roles_of(actor)).to
        check_granted(refused_at, warrant.applied_at, now_utc())
        warrant.state, warrant.refused_at = after, refused_at
        warrant.save()
        deed.about("warrant", warrant.id, label=warrant.reference,
                   refused_at=refused_at.isoformat())  # fmt: skip
    return warrant


def warrant_withdraw(actor: Actor, *, reason: str, access: CaseAccess, warrant_id: UUID) -> Warrant:
    """Withdraw a warrant that nobody executed, or one that was recorded by mistake.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        Warrant.DoesNotExist: The case has none of this identifier.
        UsageError: It was refused, executed or withdrawn.
    """
    with act(
        actor, "warrants.withdraw", reason=reason, case=access.case, purpose=access.purpose.value
    ) as deed:
        warrant = locked(access, warrant_id)
        before = warrant.state
        warrant.state = WARRANT_STATES.check_action("withdraw", before, roles_of(actor)).to
        warrant.save()
        deed.about("warrant", warrant.id, label=warrant.reference, before=before)
    return warrant


def warrant_change(
    actor: Actor,
    *,
    reason: str,
    access: CaseAccess,
    warrant_id: UUID,
    given: GivenWarrant,
    seen: str | None = None,
) -> Warrant:
    """Put right what is said of a warrant; its premises have services of their own.

    Args:
        actor: Who does.
        reason: How they know.
        access: The case.
        warrant_id: Which.
        given: All that is right of it, of its grant too; its premises are not looked at.
        seen: The mark (``warrant_version``) of what they looked at.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        Warrant.DoesNotExist: The case has none of this identifier.
        UsageError: A part is missing or cannot be, or somebody else changed it meanwhile.
    """
    check_applies(roles_of(actor))
    with act(
        actor, "warrants.change", reason=reason, case=access.case, purpose=access.purpose.value
    ) as deed:
        warrant = locked(access, warrant_id)
        check_unchanged(seen, warrant_version(warrant))
        standing = tuple(GivenPremises(each.address) for each in warrant.premises.all())
        check_warrant(replace(given, premises=standing), now_utc())
        before = warrant_facts(warrant)
        if given.power_code != warrant.power_code:
            warrant.power_code = warrant.scheme.power(given.power_code).code
        _describe(warrant, given)
        _regrant(warrant, given.grant)
        _keep(warrant)
        after = warrant_facts(warrant)
        changed = {name: [before[name], text] for name, text in after.items()
                   if before[name] != text}  # fmt: skip
        if not changed:
            raise UsageError("nothing is different from what was recorded")
        deed.about("warrant", warrant.id, label=warrant.reference,
                   changed={name: list(pair) for name, pair in changed.items()})  # fmt: skip
    return warrant


def premises_add(
    actor: Actor, *, reason: str, access: CaseAccess, warrant_id: UUID, given: GivenPremises
) -> WarrantPremises:
    """Record further premises of a warrant.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        Warrant.DoesNotExist: The case has none of this identifier.
        UsageError: The address is empty, its person is nobody of the case, or the warrant ended.
    """
    check_applies(roles_of(actor))
    with act(
        actor, "warrants.add_premises", reason=reason, case=access.case,
        purpose=access.purpose.value,
    ) as deed:  # fmt: skip
        warrant = locked(access, warrant_id)
        if warrant.standing in {WarrantState.REFUSED, WarrantState.WITHDRAWN}:
            raise UsageError(f"warrant: it is {warrant.state}, so no premises are added")
        last = warrant.premises.aggregate(last=Max("number"))["last"] or 0
        kept = _put(warrant, last + 1, given)
        deed.about("warrant", warrant.id, label=warrant.reference, premises=kept.number)
    return kept


def premises_end(
    actor: Actor, *, reason: str, access: CaseAccess, warrant_id: UUID, premises_id: UUID
) -> WarrantPremises:
    """Say that premises do not stand on a warrant; they stay readable.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        Warrant.DoesNotExist: The case has none of this identifier.
        UsageError: They were ended already, or are the only ones of a warrant for specific ones.
    """
    check_applies(roles_of(actor))
    with act(
        actor, "warrants.end_premises", reason=reason, case=access.case,
        purpose=access.purpose.value,
    ) as deed:  # fmt: skip
        warrant = locked(access, warrant_id)
        standing = list(warrant.premises.filter(ended_at=None))
        kept = next((each for each in standing if each.pk == premises_id), None)
        if kept is None:
            raise UsageError("these premises were ended already: load the page again")
        if len(standing) == 1 and warrant.kind == "specific":
            raise UsageError("premises: add the right address first; a warrant names at least one")
        kept.ended_at, kept.ended_by = now_utc(), actor.name
        kept.save()
        deed.about("warrant", warrant.id, label=warrant.reference, premises=kept.number)
    return kept


def locked(access: CaseAccess, warrant_id: UUID) -> Warrant:
    """Return a warrant of a case that nobody else changes until the act ends.

    Raises:
        Warrant.DoesNotExist: The case has none of this identifier.
    """
    return Warrant.objects.select_for_update().get(pk=warrant_id, case_id=access.case.id)


def _describe(warrant: Warrant, given: GivenWarrant) -> None:
    warrant.reference = given.reference.strip()
    warrant.court = given.court.strip()
    warrant.applicant = given.applicant.strip()
    warrant.applied_at = given.applied_at
    warrant.kind, warrant.entries = given.kind.value, given.entries.value


def _regrant(warrant: Warrant, grant: GivenGrant | None) -> None:
    if warrant.granted_at is None:
        return
    if grant is None:
        check_granted(warrant.granted_at, warrant.applied_at, now_utc())
        return
    check_granted(grant.granted_at, warrant.applied_at, now_utc())
    first = warrant.executions.standing().order_by("occurred_at").first()
    if first is not None and first.occurred_at < grant.granted_at:
        raise UsageError("granted: this lies after an execution: correct that one first")
    warrant.granted_at = grant.granted_at
    warrant.expires_on = _last_day(
        warrant.power, grant.granted_at, grant.expires_on, grant.expiry_reason
    )
    warrant.expiry_reason = grant.expiry_reason.strip()


def _last_day(power: WarrantPower, granted_at: datetime, given: date | None, why: str) -> date:
    granted_on = timezone.localdate(granted_at)
    computed = power.last_day(granted_on)
    if given is None:
        if computed is None:
            raise UsageError("last day: give the one that stands on the warrant")
        return computed
    if given < granted_on:
        raise UsageError("last day: it lies before the grant")
    if computed is not None and given != computed and not why.strip():
        raise UsageError(
            f"last day: the law in the data says {computed:%-d %B %Y}: say why it is another"
        )
    return given


def _keep(warrant: Warrant) -> None:
    check_fits(warrant)
    try:
        with transaction.atomic():
            warrant.save()
    except IntegrityError as error:
        others = Warrant.objects.filter(case_id=warrant.case_id, reference=warrant.reference)
        if not others.exclude(pk=warrant.pk).exists():
            raise
        raise UsageError("reference: this case has a warrant of this reference already") from error


def _put(warrant: Warrant, number: int, given: GivenPremises) -> WarrantPremises:
    if not given.address.strip():
        raise UsageError("premises: the address is empty: say where")
    place = None
    if given.place_id is not None:
        rows = CasePerson.objects.filter(case_id=warrant.case_id, pk=given.place_id)
        place = rows.first()
        if place is None:
            raise UsageError("whose home: choose somebody of this case")
    kept = WarrantPremises(
        warrant=warrant, number=number, address=given.address.strip(), place=place
    )
    check_fits(kept)
    kept.save()
    return kept
