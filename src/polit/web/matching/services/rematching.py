"""Asks for packages to be matched again, and keeps how that stands."""

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.matching.models import Rematch
from polit.web.matching.rules import RematchState, check_rematch_step
from polit.web.matching.signals import rematch_wanted, supplements_wanted
from polit.web.media.models import Package
from polit.web.media.rules import PackageState

_LONGEST_MESSAGE = 1_000


def rematch_ask(actor: Actor, *, reason: str, access: CaseAccess | None) -> Rematch:
    """Ask for packages to be matched with all hash sets of today.

    Args:
        actor: Who asks.
        reason: Why.
        access: The case whose packages; ``None`` for all packages of the record.

    Raises:
        UsageError: That is being done already.
    """
    case = access.case if access is not None else None
    with act(
        actor, "matching.rematch", reason=reason, case=case, nature=Nature.COMBINATION,
        purpose=access.purpose.value if access is not None else "",
    ) as deed:  # fmt: skip
        running = Rematch.objects.filter(state__in=("asked", "running"))
        running = running.filter(case_id=case.id) if case else running.filter(case=None)
        if running.exists():
            raise UsageError("these packages are being matched already: wait until that has ended")
        rematch = Rematch(case_id=case.id if case else None, asked_by=actor.name, reason=reason)
        rematch.save()
        deed.about("rematch", rematch.id, scope="case" if case else "all")
        rematch_wanted.send(sender=Rematch, rematch=rematch)
    return rematch


def rematch_step(
    actor: Actor, *, reason: str, rematch: Rematch, state: RematchState, message: str = ""
) -> Rematch:
    """Keep where the matching stands; once it ended, ask for what it found to be taken in."""
    if rematch.state == state.value:
        return rematch
    with act(actor, "matching.rematch_step", reason=reason, case=rematch.case) as deed:
        locked = Rematch.objects.select_for_update(of=("self",)).get(pk=rematch.pk)
        check_rematch_step(locked.state, state.value)
        deed.about("rematch", locked.id, before=locked.state, after=state.value)
        locked.state, locked.message = state.value, message[:_LONGEST_MESSAGE]
        if state.has_ended:
            locked.ended_at = now_utc()
            locked.packages = _want_supplements(locked)
        locked.save()
    return locked


def _want_supplements(rematch: Rematch) -> int:
    rows = Package.objects.filter(state=PackageState.IMPORTED.value)
    if rematch.case_id is not None:
        rows = rows.filter(case_id=rematch.case_id)
    packages = list(rows.order_by("number").defer("manifest"))
    for package in packages:
        supplements_wanted.send(sender=Package, package=package)
    return len(packages)
