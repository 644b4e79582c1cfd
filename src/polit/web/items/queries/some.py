"""A few items by their places, for whoever unveils, decides or tells of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from polit.base.errors import UsageError
from polit.web.core.access import CaseAccess
from polit.web.items.models import Item, ItemPlace, ReviewSet
from polit.web.items.rules import ItemState, check_places, item_number, place_of
from polit.web.media.models import Package
from polit.web.media.quarantine import digests_blocked
from polit.web.media.rules import PackageState, package_of

MOST_PLACES = 10_000
_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class SomeItem:
    """An item of a case.

    Args:
        place: Its place in the review set.
        sha256: Its digest, 64 hex digits.
        content_id: The content row that stands for it.
        kind: A kind's number.
        lead_place: The place of the lead of its stack; its own where it leads or is alone.
        lead_sha256: The digest of that lead: what the stack is known by in exposures.
        packages: Numbers of the imported packages that hold it, ascending.
        state: Where it stands.
        grade: The place of its category in the case's scheme, from 1; 0 for none.
        flags: ``Flag`` bits.
        graded_by: Who decided, ``None`` for nobody.
        verdict: A ``Verdict``'s number, 0 for none.
        settled: A ``Settled``'s number.
        has_tile: Whether it has a safe tile.
        duration_ms: How long a video is, ``None`` where it does not say.
        occurrences: How many files of the case are copies of it, itself included.
    """

    place: int
    sha256: str
    content_id: int
    kind: int
    lead_place: int
    lead_sha256: str
    packages: tuple[int, ...]
    state: ItemState
    grade: int
    flags: int
    graded_by: UUID | None
    verdict: int
    settled: int
    has_tile: bool
    duration_ms: int | None
    occurrences: int


def items_by_places(access: CaseAccess, places: Iterable[int]) -> tuple[SomeItem, ...]:
    """Return items of a case in the order in which their places came, each once.

    Raises:
        UsageError: The case has no item at one of the places, or it is quarantined; or there are
            none or too many.
    """
    wanted = check_places(places, most=MOST_PLACES)
    review_set = ReviewSet.objects.filter(case_id=access.case.id).first()
    items = _items(review_set, wanted) if review_set is not None else {}
    digests = [bytes(each.sha256) for each in items.values()]
    if len(items) < len(wanted) or digests_blocked(access.case.id, digests):
        raise UsageError("an item is not, or no longer, in this case: load the page anew")
    leads = {each.lead_place for each in items.values()} - items.keys()
    others = _items(review_set, tuple(leads)) if review_set is not None and leads else {}
    named = {place: bytes(each.sha256).hex() for place, each in (items | others).items()}
    packages = _packages(access, [each.pk for each in items.values()])
    return tuple(_some(items[place], named, packages) for place in wanted)


def _some(item: Item, digests: dict[int, str], packages: dict[int, tuple[int, ...]]) -> SomeItem:
    place = place_of(item.pk)
    return SomeItem(
        place=place, sha256=digests[place], content_id=item.content_id, kind=item.kind,
        lead_place=item.lead_place, lead_sha256=digests.get(item.lead_place, digests[place]),
        packages=packages.get(item.pk, ()), state=ItemState(item.state), grade=item.grade,
        flags=item.flags, graded_by=item.graded_by, verdict=item.verdict, settled=item.settled,
        has_tile=item.has_tile, duration_ms=item.duration_ms, occurrences=item.occurrences,
    )  # fmt: skip


def _items(review_set: ReviewSet, places: tuple[int, ...]) -> dict[int, Item]:
    found: dict[int, Item] = {}
    for first in range(0, len(places), _AT_ONCE):
        numbers = [item_number(review_set.pk, each) for each in places[first : first + _AT_ONCE]]
        found |= {place_of(pk): item for pk, item in Item.objects.in_bulk(numbers).items()}
    return found


def _packages(access: CaseAccess, numbers: list[int]) -> dict[int, tuple[int, ...]]:
    """Return which imported packages hold items, by the item's number."""
    visible = set(
        Package.objects.filter(
            case_id=access.case.id, state=PackageState.IMPORTED.value
        ).values_list("number", flat=True)
    )
    held: dict[int, set[int]] = {}
    for first in range(0, len(numbers), _AT_ONCE):
        rows = ItemPlace.objects.filter(item_id__in=numbers[first : first + _AT_ONCE])
        for item_id, content_id in rows.values_list("item_id", "id"):
            if (package := package_of(content_id)) in visible:
                held.setdefault(item_id, set()).add(package)
    return {item_id: tuple(sorted(each)) for item_id, each in held.items()}
