"""What is asked of disclosure. Every query takes an access, or a person."""

from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import msgspec
from django.db.models import QuerySet

from polit.web.accounts.models import User
from polit.web.cases.queries import case_ids_for
from polit.web.core.access import CaseAccess
from polit.web.court.models import Charge
from polit.web.disclosure.drafts import unused_standing
from polit.web.disclosure.law import Source, current_law
from polit.web.disclosure.models import (
    ManagementText,
    Served,
    ServedLine,
    UnusedItem,
    ViewedExhibit,
    Viewing,
)
from polit.web.disclosure.rules import Differences, Line
from polit.web.exhibits.models import Exhibit
from polit.web.media.quarantine import contents_blocked
from polit.web.people.models import CasePerson
from polit.web.people.rules import PersonRole

Row = TypeVar("Row", UnusedItem, Viewing)
CHOICES_MOST = 2_000


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """A line that stands otherwise, in words: its number and key, each cell before and after."""

    number: int
    key: str
    cells: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Some of what differs from the version before, with its lines.

    Args:
        counts: How many were added, removed, changed.
        added: The first of its lines that the earlier version has not.
        removed: The first of the earlier version's lines that it has not.
        changed: The first that stand otherwise.
    """

    counts: tuple[int, int, int]
    added: tuple[Line, ...]
    removed: tuple[Line, ...]
    changed: tuple[ChangedLine, ...]

    @property
    def rest(self) -> int:
        """How many are not here."""
        return sum(self.counts) - len(self.added) - len(self.removed) - len(self.changed)


def defendant_get(access: CaseAccess, place_id: UUID) -> CasePerson:
    """Return a suspect's place in a case.

    Raises:
        CasePerson.DoesNotExist: The case has no suspect of that identifier.
    """
    rows = CasePerson.objects.filter(case_id=access.case.id, role=PersonRole.SUSPECT.value)
    return rows.select_related("person").get(pk=place_id)


def defendants(access: CaseAccess) -> list[CasePerson]:
    """Return the suspects of a case. One query."""
    rows = CasePerson.objects.filter(case_id=access.case.id, role=PersonRole.SUSPECT.value)
    return list(rows.select_related("person").order_by("number"))


def served_list(
    access: CaseAccess, place: CasePerson | None = None, *, sensitive: bool
) -> QuerySet[Served]:
    """Return the served versions of a case or of one defendant, the newest first.

    Args:
        access: The case.
        place: The defendant; ``None`` for all of the case.
        sensitive: Whether those of sensitive schedules are among them.
    """
    rows = Served.objects.filter(case_id=access.case.id).select_related("place")
    if place is not None:
        rows = rows.filter(place=place)
    if not sensitive:
        rows = rows.filter(is_sensitive=False)
    return rows.order_by("-served_at", "-recorded_at")


def served_for(user: User) -> QuerySet[Served]:
    """Return the served versions of a person's cases that are not sensitive."""
    rows = Served.objects.filter(case__in=case_ids_for(user), is_sensitive=False)
    return rows.select_related("case", "place")


def served_get(access: CaseAccess, served_id: UUID, *, sensitive: bool) -> Served:
    """Return a served version of a case.

    Raises:
        Served.DoesNotExist: The case has none of that identifier on this side.
    """
    rows = Served.objects.filter(case_id=access.case.id, is_sensitive=sensitive)
    return rows.select_related("place__person", "case").get(pk=served_id)


def lines_of(
    served: Served, *, after: int = 0, most: int | None = None, numbers: list[int] | None = None
) -> tuple[Line, ...]:
    """Return lines of a served version by number.

    Args:
        served: The version.
        after: Only lines with greater numbers.
        most: At most so many; ``None`` for all.
        numbers: These alone.
    """
    rows = ServedLine.objects.filter(served=served, number__gt=after).order_by("number")
    if numbers is not None:
        rows = rows.filter(number__in=numbers)
    told = rows.values_list("number", "key", "cells")[:most]
    return tuple(
        Line(number, key, msgspec.json.decode(cells, type=tuple[str, ...]))
        for number, key, cells in told
    )


def columns_of(served: Served) -> tuple[str, ...]:
    """Return the heads of a served version's cells."""
    return msgspec.json.decode(served.columns, type=tuple[str, ...])


def summary_of(served: Served) -> list[tuple[str, str, str, int]]:
    """Return a served version's counts by category, kind and exhibits."""
    return msgspec.json.decode(served.summary, type=list[tuple[str, str, str, int]])


def before_of(served: Served) -> Served | None:
    """Return the version before a served one, ``None`` for the first."""
    rows = Served.objects.filter(place=served.place_id, kind=served.kind)
    return rows.filter(version=served.version - 1).first()


def difference_of(served: Served, *, most: int) -> Difference | None:
    """Return what a version has otherwise than the one before it. Five queries.

    Args:
        served: The version; the first has nothing before it.
        most: At most so many lines of each kind.
    """
    before = before_of(served)
    if before is None:
        return None
    found = msgspec.json.decode(served.changes, type=Differences)
    added = lines_of(served, numbers=list(found.added[:most]))
    removed = lines_of(before, numbers=list(found.removed[:most]))
    some = found.changed[:most]
    old = {line.number: line for line in lines_of(before, numbers=[each.before for each in some])}
    new = {line.number: line for line in lines_of(served, numbers=[each.number for each in some])}
    names = columns_of(served)
    changed = tuple(
        ChangedLine(each.number, new[each.number].key, tuple(
            (names[place], old[each.before].cells[place], new[each.number].cells[place])
            for place in each.columns
        ))
        for each in some
    )  # fmt: skip
    counts = (len(found.added), len(found.removed), len(found.changed))
    return Difference(counts, added, removed, changed)


def blocked_keys(served: Served) -> frozenset[str]:
    """Return which lines name contents that are quarantined for legal privilege by now.

    Two queries; of a schedule of images alone. What a later version removed or changed is of the
    earlier one too: see ``blocked_in_difference``.
    """
    if served.schedule.source is not Source.IMAGES:
        return frozenset()
    blocked = contents_blocked(served.case_id).values_list("sha256", flat=True)
    keys = {bytes(each).hex() for each in blocked}
    if not keys:
        return frozenset()
    lines = ServedLine.objects.filter(served=served).values_list("key", flat=True)
    return frozenset(keys.intersection(lines))


def blocked_in_difference(served: Served) -> frozenset[str]:
    """Return which lines of a version, or of the one before it, are quarantined by now.

    Five queries: a line that the version removed stands in the earlier one alone.
    """
    before = before_of(served)
    return blocked_keys(served) | (blocked_keys(before) if before else frozenset())


def unused_list(place: CasePerson, *, sensitive: bool) -> list[UnusedItem]:
    """Return a defendant's items of unused material that hold; the sensitive ones, or the others.

    The caller has made sure that the defendant is of a case that the reader has access to.
    """
    return list(unused_standing(place).filter(is_sensitive=sensitive))


def unused_rows(access: CaseAccess, item_id: UUID) -> list[UnusedItem]:
    """Return all rows of an item of a case, the last first.

    Raises:
        UnusedItem.DoesNotExist: The case has none that begins so.
    """
    return _rows_of(UnusedItem.objects.select_related("exhibit", "place"), access, item_id)


def viewing_list(place: CasePerson) -> list[Viewing]:
    """Return a defendant's viewings that hold, the newest first. One query."""
    rows = Viewing.objects.standing().filter(place=place).select_related("served")
    return list(rows.order_by("-from_at"))


def viewing_rows(access: CaseAccess, viewing_id: UUID) -> list[Viewing]:
    """Return all rows of a viewing of a case, the last first.

    Raises:
        Viewing.DoesNotExist: The case has none that begins so.
    """
    return _rows_of(Viewing.objects.select_related("served", "place"), access, viewing_id)


def _rows_of(rows: QuerySet[Row], access: CaseAccess, first_id: UUID) -> list[Row]:
    found = list(rows.filter(first_id=first_id, case_id=access.case.id).order_by("-recorded_at"))
    if not found:
        raise rows.model.DoesNotExist
    # Each corrects the one before: what nothing corrects is the last, whatever the clock said.
    corrected = {each.corrects_id for each in found}
    found.sort(key=lambda each: each.pk in corrected)
    return found


def viewed_exhibits(viewing: Viewing) -> list[ViewedExhibit]:
    """Return what was viewed beside a schedule."""
    return list(ViewedExhibit.objects.filter(viewing=viewing).order_by("reference"))


def text_versions(place: CasePerson) -> list[ManagementText]:
    """Return all versions of a defendant's disclosure management document, the last first."""
    return list(ManagementText.objects.filter(place=place).order_by("-version"))


def exhibit_choices(access: CaseAccess) -> list[tuple[str, str]]:
    """Return the exhibits of a case as choices of a form."""
    rows = Exhibit.objects.filter(case_id=access.case.id).order_by("sort_key")
    return [(str(each.pk), each.reference) for each in rows[:CHOICES_MOST]]


def served_choices(access: CaseAccess, place: CasePerson) -> list[tuple[str, str]]:
    """Return the served versions of a defendant that a viewing may be of; no sensitive one."""
    rows = served_list(access, place, sensitive=False)[:CHOICES_MOST]
    return [(str(each.pk), each.reference) for each in rows]


def charge_choices(access: CaseAccess, place: CasePerson) -> list[tuple[str, str]]:
    """Return the counts that a defendant is charged with, as choices of a form."""
    rows = Charge.objects.standing().filter(case_id=access.case.id, place=place)
    return [
        (str(each.first_id), f"Count {each.count_number}: {each.offence_label}")
        for each in rows.order_by("count_number")
    ]


def schedules_shown(*, sensitive: bool) -> list[tuple[str, str]]:
    """Return the kinds of schedules in use, as codes and words; the sensitive ones where asked."""
    return [
        (each.code, each.label)
        for each in current_law().schedules
        if sensitive or not each.is_sensitive
    ]
