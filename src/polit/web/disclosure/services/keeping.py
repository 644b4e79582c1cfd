"""Keeps unused material, the management document and the viewing log; nothing is ever changed."""

from dataclasses import asdict
from typing import TypeVar
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.arrests.services.keeping import (
    case_lock,
    standing_get,
    suspect_get,
    withdrawal_of,
)
from polit.web.audit.services import act
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.core.twice import check_not_twice
from polit.web.core.versions import check_unchanged
from polit.web.disclosure.law import Source, current_law
from polit.web.disclosure.models import (
    ManagementText,
    Served,
    UnusedItem,
    ViewedExhibit,
    Viewing,
)
from polit.web.disclosure.rules import (
    GivenUnused,
    GivenViewing,
    check_said,
    check_unused,
    check_viewing,
    check_writes,
)
from polit.web.exhibits.models import Exhibit

Row = TypeVar("Row", UnusedItem, Viewing)


def unused_record(
    actor: Actor, *, reason: str, access: CaseAccess, place_id: UUID, given: GivenUnused,
    corrects: UUID | None = None,
) -> UnusedItem:  # fmt: skip
    """Record an item of unused material, or what its record should have said.

    Args:
        actor: Who records it.
        reason: Why.
        access: The case.
        place_id: The defendant.
        given: The item.
        corrects: The row that it corrects; it stays on its schedule with its number.

    Raises:
        UnusedItem.DoesNotExist: The case has no row of that identifier.
        AuthorityError: Their roles do not allow it.
        UsageError: Its facts do not go together, or a correction moves it to another schedule.
    """
    check_writes(roles_of(actor))
    check_unused(given, timezone.localdate(now_utc()))
    law = current_law()
    kind = law.schedule(given.schedule)
    if kind.source is not Source.ITEMS:
        raise UsageError("choose a schedule that lists items")
    if given.decision:
        law.decision(given.decision)
    verb = "correct" if corrects else "record"
    with act(actor, f"disclosure.{verb}_unused", reason=reason, case=access.case,
             purpose=access.purpose.value) as deed:  # fmt: skip
        case_lock(access.case.id)
        replaced = _replaced(UnusedItem, access, corrects, place_id)
        if replaced is not None and replaced.schedule != given.schedule:
            raise UsageError(
                "an item stays on its schedule: withdraw it and record it on the other"
            )
        _check_exhibits(access, (given.exhibit_id,) if given.exhibit_id else ())
        place = suspect_get(access, place_id)
        rows = UnusedItem.objects.filter(place=place, schedule=given.schedule)
        number = (rows.aggregate(last=Max("number"))["last"] or 0) + 1
        row = UnusedItem(
            case_id=access.case.id, place=place, law=law.name, is_sensitive=kind.is_sensitive,
            number=replaced.number if replaced else number, corrects=replaced, by=actor.name,
            reason=reason, **asdict(given),
        )  # fmt: skip
        row.first_id = replaced.first_id if replaced else row.pk
        if replaced is None:
            check_not_twice(row, but=frozenset({"number"}))
        row.save()
        # What it is stands in no audit: the audit's readers are not those of sensitive material.
        deed.about("unused material", row.first_id, label=place.label, schedule=row.schedule,
                   number=row.number, decision=row.decision)  # fmt: skip
    return row


def unused_withdraw(
    actor: Actor, *, reason: str, access: CaseAccess, item_id: UUID
) -> UnusedItem:  # fmt: skip
    """Take an item off its schedule; it stays readable, and served versions stay as they are.

    Raises:
        UnusedItem.DoesNotExist: The case has no row of that identifier.
        AuthorityError: Their roles do not allow it.
        UsageError: It was corrected or withdrawn meanwhile.
    """
    check_writes(roles_of(actor))
    with act(actor, "disclosure.withdraw_unused", reason=reason, case=access.case,
             purpose=access.purpose.value) as deed:  # fmt: skip
        case_lock(access.case.id)
        held = standing_get(UnusedItem, access, item_id, "case_id")
        row = withdrawal_of(held, by=actor.name, reason=reason)
        row.save()
        deed.about("unused material", row.first_id, label=row.place.label,
                   schedule=row.schedule, number=row.number)  # fmt: skip
    return row


def management_write(
    actor: Actor, *, reason: str, access: CaseAccess, place_id: UUID, text: str,
    seen: str | None = None,
) -> ManagementText:  # fmt: skip
    """Write the next version of a defendant's disclosure management document.

    Args:
        actor: Who writes it.
        reason: Why.
        access: The case.
        place_id: The defendant.
        text: The whole document.
        seen: The version that was looked at, ``0`` for none; ``None`` where nobody looked.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: It says nothing, or what the last version says, or there is a later version
            than the one that was looked at.
    """
    check_writes(roles_of(actor))
    check_said(what_it_says=text)
    with act(actor, "disclosure.write_management", reason=reason, case=access.case,
             purpose=access.purpose.value) as deed:  # fmt: skip
        case_lock(access.case.id)
        place = suspect_get(access, place_id)
        last = ManagementText.objects.filter(place=place).order_by("-version").first()
        check_unchanged(seen, str(last.version if last else 0))
        if last is not None and last.text == text:
            raise UsageError("the last version says the same")
        row = ManagementText(case_id=access.case.id, place=place, text=text, by=actor.name,
                             version=last.version + 1 if last else 1, reason=reason)  # fmt: skip
        row.save()
        deed.about("management document", row.pk, label=place.label, version=row.version)
    return row


def viewing_record(
    actor: Actor, *, reason: str, access: CaseAccess, place_id: UUID, given: GivenViewing,
    corrects: UUID | None = None,
) -> Viewing:  # fmt: skip
    """Log a supervised viewing by the defence, or what its entry should have said.

    Raises:
        Viewing.DoesNotExist: The case has no row of that identifier.
        AuthorityError: Their roles do not allow it.
        UsageError: Its facts do not go together, or what was viewed is not of the case.
    """
    check_writes(roles_of(actor))
    check_viewing(given, now_utc(), timezone.localtime(given.from_at).date())
    told = asdict(given)
    exhibits = tuple(dict.fromkeys(told.pop("exhibits")))
    verb = "correct" if corrects else "record"
    with act(actor, f"disclosure.{verb}_viewing", reason=reason, case=access.case,
             purpose=access.purpose.value) as deed:  # fmt: skip
        case_lock(access.case.id)
        replaced = _replaced(Viewing, access, corrects, place_id)
        place = suspect_get(access, place_id)
        held = Served.objects.filter(place=place, is_sensitive=False)
        if given.served_id is not None and not held.filter(pk=given.served_id).exists():
            raise UsageError("the defendant has no such served version: choose one of the list")
        found = _check_exhibits(access, exhibits)
        row = Viewing(case_id=access.case.id, place=place, corrects=replaced, by=actor.name,
                      reason=reason, **told)  # fmt: skip
        row.first_id = replaced.first_id if replaced else row.pk
        if replaced is None:
            check_not_twice(row)
        row.save()
        ViewedExhibit.objects.bulk_create(
            [ViewedExhibit(viewing=row, exhibit=each, reference=each.reference) for each in found]
        )
        deed.about("viewing", row.first_id, label=place.label, exhibits=len(found),
                   served=str(given.served_id or ""))  # fmt: skip
    return row


def viewing_withdraw(
    actor: Actor, *, reason: str, access: CaseAccess, viewing_id: UUID
) -> Viewing:  # fmt: skip
    """Say that a viewing never took place; its entry stays readable.

    Raises:
        Viewing.DoesNotExist: The case has no row of that identifier.
        AuthorityError: Their roles do not allow it.
        UsageError: It was corrected or withdrawn meanwhile.
    """
    check_writes(roles_of(actor))
    with act(actor, "disclosure.withdraw_viewing", reason=reason, case=access.case,
             purpose=access.purpose.value) as deed:  # fmt: skip
        case_lock(access.case.id)
        held = standing_get(Viewing, access, viewing_id, "case_id")
        row = withdrawal_of(held, by=actor.name, reason=reason)
        row.save()
        deed.about("viewing", row.first_id, label=row.place.label)
    return row


def _replaced(
    model: type[Row], access: CaseAccess, corrects: UUID | None, place_id: UUID
) -> Row | None:
    if corrects is None:
        return None
    row = standing_get(model, access, corrects, "case_id")
    if row.place_id != place_id:
        raise UsageError("this is of another defendant: withdraw it, and record it anew")
    return row


def _check_exhibits(access: CaseAccess, wanted: tuple[UUID, ...]) -> list[Exhibit]:
    rows = Exhibit.objects.filter(case_id=access.case.id, pk__in=wanted)
    found = list(rows.order_by("sort_key"))
    if len(found) < len(wanted):
        raise UsageError("an exhibit is not of this case: choose from the list")
    return found
