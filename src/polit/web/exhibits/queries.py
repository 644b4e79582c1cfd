"""What is asked of exhibits. Whoever asks has access to the case, or gets nothing."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.cases.models import Case
from polit.web.cases.queries import cases_for
from polit.web.core.access import CaseAccess
from polit.web.core.paging import PAGE_SIZE, page_of
from polit.web.exhibits.models import CustodyEvent, Exhibit, Passcode, Photograph
from polit.web.exhibits.rules import State, next_reference

_FOUND_MOST = 50
_PRODUCERS = 8
CODE_HEAD = "polit:exhibit:"


@dataclass(frozen=True, slots=True)
class ExhibitRow:
    """An exhibit and the last event of its continuity."""

    exhibit: Exhibit
    last: CustodyEvent

    @property
    def state(self) -> State:
        """Where it is."""
        return State(self.last.state_after)

    @property
    def turn(self) -> str:
        """What a form says of it: which exhibit, and after which event."""
        return f"{self.exhibit.id}:{self.last.number}"


@dataclass(frozen=True, slots=True)
class ExhibitPage:
    """One page of exhibits.

    Args:
        rows: In the order of their references, a parent before its parts.
        after: The key to go on after, empty on the last page.
    """

    rows: tuple[ExhibitRow, ...]
    after: str


def exhibit_list(access: CaseAccess, *, after: str = "", size: int = PAGE_SIZE) -> ExhibitPage:
    """Return a page of a case's exhibits. Two queries."""
    page = page_of(_of_case(access), key="sort_key", after=after, size=size)
    return ExhibitPage(with_last(page.rows), page.after)


def exhibit_all(access: CaseAccess, chosen: Sequence[UUID] | None = None) -> tuple[ExhibitRow, ...]:
    """Return all exhibits of a case, or the chosen ones of them, in order. Two queries."""
    rows = _of_case(access) if chosen is None else _of_case(access).filter(pk__in=chosen)
    return with_last(tuple(rows.order_by("sort_key")))


def case_title(access: CaseAccess) -> str:
    """Return the title of a case, for the papers about it."""
    return Case.objects.values_list("title", flat=True).get(pk=access.case.id)


def exhibit_get(access: CaseAccess, exhibit_id: UUID) -> Exhibit | None:
    """Return an exhibit of a case, ``None`` where the case has none of this id."""
    rows = _of_case(access).select_related("case", "execution__warrant")
    return rows.filter(pk=exhibit_id).first()


def exhibits_by_warrant(access: CaseAccess, warrant_id: UUID) -> list[Exhibit]:
    """Return what was seized under a warrant of a case, in order, without parts split off it."""
    rows = Exhibit.objects.filter(
        case_id=access.case.id, execution__warrant_id=warrant_id, parent=None
    )
    return list(rows.order_by("sort_key"))


def part_list(exhibit: Exhibit) -> tuple[ExhibitRow, ...]:
    """Return the parts that were split off an exhibit, in order."""
    return with_last(tuple(exhibit.sub_exhibits.order_by("sort_key")))


def event_list(exhibits: Sequence[Exhibit]) -> dict[UUID, list[CustodyEvent]]:
    """Return every event of exhibits, in order, by the exhibit's id."""
    found: dict[UUID, list[CustodyEvent]] = {exhibit.id: [] for exhibit in exhibits}
    rows = CustodyEvent.objects.filter(exhibit_id__in=found).order_by("exhibit_id", "number")
    for event in rows.select_related("corrects", "split_from__exhibit"):
        found[event.exhibit_id].append(event)
    return found


def event_get(exhibit: Exhibit, number: int) -> CustodyEvent | None:
    """Return an event of an exhibit by its number, ``None`` where it has none."""
    return exhibit.events.filter(number=number).first()


def passcode_list(exhibit: Exhibit) -> list[Passcode]:
    """Return what codes were given, without the codes."""
    return list(exhibit.passcodes.defer("sealed").order_by("given_at", "pk"))


def passcode_get(exhibit: Exhibit, passcode_id: UUID) -> Passcode | None:
    """Return a code of an exhibit, still sealed; ``None`` where it has none of this id."""
    rows = exhibit.passcodes.select_related("exhibit__case")
    return rows.filter(pk=passcode_id).first()


def photograph_list(exhibits: Sequence[Exhibit]) -> dict[UUID, list[Photograph]]:
    """Return the photographs of exhibits in order, withdrawn ones too, by the exhibit's id."""
    found: dict[UUID, list[Photograph]] = {exhibit.id: [] for exhibit in exhibits}
    rows = Photograph.objects.filter(exhibit_id__in=found).select_related("withdrawal")
    for each in rows.order_by("position", "pk"):
        found[each.exhibit_id].append(each)
    return found


def photograph_get(access: CaseAccess, exhibit_id: UUID, photograph_id: UUID) -> Photograph | None:
    """Return a photograph of an exhibit of a case, ``None`` where none of this id stands."""
    rows = Photograph.objects.filter(
        exhibit_id=exhibit_id, exhibit__case_id=access.case.id, withdrawal=None
    )
    return rows.filter(pk=photograph_id).first()


def reference_suggestion(access: CaseAccess, last: str, *, producer: str) -> str:
    """Return the reference that most likely comes next, or empty.

    Args:
        access: The case.
        last: The reference that this person used last here, or empty.
        producer: Whose references to go on from where there is no last one.
    """
    return _after(last or _last_of(access, producer), _taken(access))


def reference_suggestions(access: CaseAccess) -> tuple[str, ...]:
    """Return what comes next for each producer of the case, in the order of their names."""
    taken = _taken(access)
    names = _of_case(access).order_by("producer_name").values_list("producer_name", flat=True)
    found = (_after(_last_of(access, name), taken) for name in list(names.distinct())[:_PRODUCERS])
    return tuple(dict.fromkeys(each for each in found if each))


def _taken(access: CaseAccess) -> set[str]:
    return {each.casefold() for each in _of_case(access).values_list("reference", flat=True)}


def _last_of(access: CaseAccess, producer: str) -> str:
    rows = _of_case(access).filter(parent=None, producer_name__iexact=producer)
    return rows.order_by("-recorded_at").values_list("reference", flat=True).first() or ""


def _after(last: str, taken: set[str]) -> str:
    suggestion = next_reference(last)
    while suggestion.casefold() in taken:
        suggestion = next_reference(suggestion)
    return suggestion


def part_suggestion(parent: Exhibit) -> str:
    """Return the reference of an exhibit's next part."""
    return f"{parent.reference}/{parent.sub_exhibits.count() + 1}"


def exhibit_search(user: User, text: str) -> tuple[ExhibitRow, ...]:
    """Return exhibits of a person's cases by reference, serial, IMEI or seal, at most 50.

    Args:
        user: Who asks.
        text: The whole of one of them, in capitals or not; or the code of a label.
    """
    # Papers have invisible marks where a long word may break: copied from there, they come along.
    wanted = "".join(char for char in text if char.isprintable()).strip()
    if not wanted:
        return ()
    sealed = CustodyEvent.objects.filter(exhibit=OuterRef("pk"), seal_after__iexact=wanted)
    digits = "".join(char for char in wanted if char.isdecimal())
    found = Q(reference__iexact=wanted) | Q(serial__iexact=wanted) | Q(Exists(sealed))
    if len(digits) == 15:
        found |= Q(imei=digits)
    by_code = code_target(wanted)
    if by_code is not None:
        found |= Q(pk=by_code)
    mine = Exhibit.objects.filter(case__in=cases_for(user)).filter(found).select_related("case")
    return with_last(tuple(mine.order_by("case__reference", "sort_key")[:_FOUND_MOST]))


def code_target(text: str) -> UUID | None:
    """Return the exhibit that a label's code speaks of, ``None`` where it is no such code."""
    wanted = text.strip().lower()
    if not wanted.startswith(CODE_HEAD):
        return None
    try:
        return UUID(wanted.removeprefix(CODE_HEAD))
    except ValueError:
        return None


def exhibit_by_code(user: User, text: str) -> Exhibit | None:
    """Return the exhibit of a label's code, ``None`` where it is of none of the person's cases."""
    exhibit_id = code_target(text)
    if exhibit_id is None:
        return None
    return Exhibit.objects.filter(case__in=cases_for(user), pk=exhibit_id).first()


def with_last(exhibits: Sequence[Exhibit]) -> tuple[ExhibitRow, ...]:
    """Return exhibits with the last event of each, in the same order. One query."""
    later = CustodyEvent.objects.filter(exhibit=OuterRef("exhibit"), number=OuterRef("number") + 1)
    rows = CustodyEvent.objects.filter(exhibit_id__in=[each.id for each in exhibits])
    last = {event.exhibit_id: event for event in rows.filter(~Exists(later))}
    return tuple(ExhibitRow(each, last[each.id]) for each in exhibits)


def _of_case(access: CaseAccess) -> QuerySet[Exhibit]:
    return Exhibit.objects.filter(case_id=access.case.id).select_related("owner", "parent")


@dataclass(frozen=True, slots=True)
class Redescription:
    """That what was said of a thing was put right: the audit keeps what stood before.

    Args:
        recorded_at: When.
        by: Who, as they were called then.
        reason: How they knew.
        changes: Each field in words, what stood there, and what stands there since; by name.
    """

    recorded_at: datetime
    by: str
    reason: str
    changes: tuple[tuple[str, str, str], ...]


def redescription_list(exhibits: Sequence[Exhibit]) -> dict[UUID, list[Redescription]]:
    """Return how descriptions of exhibits were put right, in order, by the exhibit's id."""
    found: dict[UUID, list[Redescription]] = {exhibit.id: [] for exhibit in exhibits}
    rows = AuditEvent.objects.filter(
        action="exhibits.correct", subject_id__in=[str(each) for each in found]
    )
    for event in rows.order_by("seq"):
        changed = json.loads(event.details)
        changes = tuple(
            (name.replace("_", " "), _said(name, each["old"]), _said(name, each["new"]))
            for name, each in sorted(changed.items())
        )
        told = Redescription(event.recorded_at, event.actor_name, event.reason, changes)
        found[UUID(event.subject_id)].append(told)
    return found


def _said(name: str, value: object) -> str:
    if name == "owner":  # a place in the case: whose it is stands there
        return "somebody of the case" if value else "nobody of the case"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
