"""Decisions to tell somebody of a suspect who works with children."""

from dataclasses import asdict
from uuid import UUID

from django.db import IntegrityError, transaction

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.people.queries import place_get
from polit.web.people.rules import PersonRole
from polit.web.safeguarding.children_law import current_catalogue
from polit.web.safeguarding.models import EmployerDisclosure
from polit.web.safeguarding.rules import GivenDisclosure
from polit.web.safeguarding.rules.disclosures import check_decides, check_disclosure


def disclosure_record(
    actor: Actor,
    *,
    reason: str,
    access: CaseAccess,
    given: GivenDisclosure,
    corrects_id: UUID | None = None,
) -> EmployerDisclosure:
    """Record a decision to tell, or not to tell; or correct one by a further whole row.

    Args:
        actor: Who records it.
        reason: Why it is recorded or corrected.
        access: The case.
        given: The decision.
        corrects_id: The decision that was recorded wrongly, or what was told since.

    Raises:
        EmployerDisclosure.DoesNotExist: The case has none of that identifier.
        AuthorityError: Their roles do not allow it.
        UsageError: It does not hold together, or was corrected already.
    """
    check_decides(roles_of(actor))
    check_disclosure(given, now_utc())
    verb = "correct" if corrects_id else "record"
    with act(
        actor, f"safeguarding.disclosure_{verb}", reason=reason, case=access.case,
        purpose=access.purpose.value, nature=Nature.DISCLOSURE,
    ) as deed:  # fmt: skip
        lists = current_catalogue()
        wrong = _wrong(access, corrects_id) if corrects_id else None
        suspect = place_get(access, given.suspect_id)
        if suspect.role != PersonRole.SUSPECT.value:
            raise UsageError("choose a suspect of this case")
        if given.recipient_kind:
            lists.find(lists.recipients, given.recipient_kind)
        needs = [lists.find(lists.needs, each).code for each in dict.fromkeys(given.needs)]
        kept = EmployerDisclosure(
            **{**asdict(given), "needs": needs}, case_id=access.case.id, corrects=wrong,
            catalogue=lists.name, by=actor.name, reason=reason,
        )  # fmt: skip
        _keep(kept)
        deed.about("disclosure", kept.pk, label=suspect.label, is_disclosed=kept.is_disclosed,
                   corrects=str(corrects_id or ""))  # fmt: skip
    return kept


def disclosure_withdraw(
    actor: Actor, *, reason: str, access: CaseAccess, disclosure_id: UUID
) -> EmployerDisclosure:
    """Say that a decision was never made.

    Raises:
        EmployerDisclosure.DoesNotExist: The case has none of that identifier.
        AuthorityError: Their roles do not allow it.
        UsageError: It was corrected or withdrawn already.
    """
    check_decides(roles_of(actor))
    with act(
        actor, "safeguarding.disclosure_withdraw", reason=reason, case=access.case,
        purpose=access.purpose.value,
    ) as deed:  # fmt: skip
        wrong = _wrong(access, disclosure_id)
        names = [*GivenDisclosure.__dataclass_fields__, "catalogue"]
        kept = EmployerDisclosure(
            **{name: getattr(wrong, name) for name in names}, case_id=wrong.case_id,
            corrects=wrong, is_withdrawal=True, by=actor.name, reason=reason,
        )  # fmt: skip
        _keep(kept)
        deed.about("disclosure", kept.pk, label=wrong.suspect.label, corrects=str(wrong.pk))
    return kept


def _wrong(access: CaseAccess, disclosure_id: UUID) -> EmployerDisclosure:
    rows = EmployerDisclosure.objects.select_related("suspect")
    found = rows.get(pk=disclosure_id, case_id=access.case.id)
    if found.is_withdrawal:
        raise UsageError("a withdrawal is not corrected: record anew what was decided")
    return found


def _keep(kept: EmployerDisclosure) -> None:
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError as error:
        raise UsageError("this was corrected or withdrawn already: load the page again") from error
