"""What is asked of exhibits. Whoever asks has access to the case, or gets nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from polit.web.accounts.models import User
from polit.web.cases.queries import cases_for
from polit.web.core.access import CaseAccess
from polit.web.core.paging import PAGE_SIZE, page_of
from polit.web.exhibits.continuity import SealFound
from polit.web.exhibits.corrections import Field
from polit.web.exhibits.models import CustodyEvent, Exhibit, Passcode, Photograph
from polit.web.exhibits.rules import State, next_reference

_FOUND_MOST = 50
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


def exhibit_get(access: CaseAccess, exhibit_id: UUID) -> Exhibit | None:
    """Return an exhibit of a case, ``None`` where the case has none of this id."""
    return _of_case(access).select_related("case", "parent", "owner").filter(pk=exhibit_id).first()


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
    """Return the photographs of exhibits in order, by the exhibit's id."""
    found: dict[UUID, list[Photograph]] = {exhibit.id: [] for exhibit in exhibits}
    for each in Photograph.objects.filter(exhibit_id__in=found).order_by("position", "pk"):
        found[each.exhibit_id].append(each)
    return found


def photograph_get(access: CaseAccess, exhibit_id: UUID, photograph_id: UUID) -> Photograph | None:
    """Return a photograph of an exhibit of a case, ``None`` where there is none of this id."""
    rows = Photograph.objects.filter(exhibit_id=exhibit_id, exhibit__case_id=access.case.id)
    return rows.filter(pk=photograph_id).first()


def reference_suggestion(access: CaseAccess, last: str) -> str:
    """Return the reference that most likely comes next, or empty.

    Args:
        access: The case.
        last: The reference that this person used last here, or empty.
    """
    taken = set(_of_case(access).values_list("reference", flat=True))
    suggestion = next_reference(last) if last else ""
    while suggestion in taken:
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
    wanted = text.replace("\x00", "").strip()
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
    return Exhibit.objects.filter(case_id=access.case.id).select_related("owner")


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """An event as a timeline tells it.

    Args:
        event: The event.
        corrected_by: The number of the latest event that corrects it, 0 where none does.
    """

    event: CustodyEvent
    corrected_by: int

    @property
    def field(self) -> str:
        """What it corrects, in words, where it corrects something."""
        return Field(self.event.corrected_field).label if self.event.corrected_field else ""

    @property
    def seal_found(self) -> str:
        """How the seal was found, in words, where somebody looked."""
        return SealFound(self.event.seal_found).label if self.event.seal_found else ""


def told_events(events: Sequence[CustodyEvent]) -> list[ToldEvent]:
    """Return events of one exhibit as a timeline tells them, in the same order."""
    corrected = {each.corrects_id: each.number for each in events if each.corrects_id}
    return [ToldEvent(each, corrected.get(each.id, 0)) for each in events]
