"""Items in words: rows of the table, and the facts of one."""

from dataclasses import dataclass

from django.db.models import Min

from polit.web.core.access import CaseAccess
from polit.web.items.models import ItemPlace
from polit.web.items.queries.some import SomeItem, items_by_places
from polit.web.items.rules import item_number
from polit.web.media.models import Entry, Package
from polit.web.media.quarantine import entries_visible
from polit.web.media.queries import EntryDetails, entry_get
from polit.web.media.rules import PackageState, package_of


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item as the table shows it.

    Args:
        item: The item.
        path: The path of one of its names; empty where none is to be seen.
        exhibits: References of the exhibits that hold it, sorted.
    """

    item: SomeItem
    path: str
    exhibits: tuple[str, ...]


def item_rows(access: CaseAccess, places: list[int]) -> list[ItemRow]:
    """Return items of the case in words, in the order in which their places came.

    Raises:
        UsageError: The case has no item at one of the places.
    """
    if not places:
        return []
    items = items_by_places(access, places)
    first_entries = (
        entries_visible()
        .filter(content_id__in=[each.content_id for each in items])
        .values("content_id")
        .annotate(first=Min("id"))
    )
    named = entries_visible().filter(pk__in=[each["first"] for each in first_entries])
    paths = dict(named.values_list("content_id", "path"))
    exhibits = _exhibits(access)
    return [
        ItemRow(
            each,
            paths.get(each.content_id, ""),
            tuple(sorted({exhibits[number] for number in each.packages})),
        )
        for each in items
    ]


def item_details(access: CaseAccess, item: SomeItem, set_number: int) -> EntryDetails:
    """Return everything that is known of one name of an item, with its other names in the case.

    Raises:
        Entry.DoesNotExist: No imported package of the case holds the item.
    """
    held = ItemPlace.objects.filter(item_id=item_number(set_number, item.place))
    contents = [pk for pk in held.values_list("id", flat=True) if package_of(pk) in item.packages]
    # The content that stands for the item is the one whose tile is seen.
    contents.sort(key=lambda content: content != item.content_id)
    for content in contents:
        first = entries_visible().filter(content_id=content).aggregate(first=Min("id"))["first"]
        if first is not None:
            return entry_get(access, first)
    raise Entry.DoesNotExist


def _exhibits(access: CaseAccess) -> dict[int, str]:
    rows = Package.objects.filter(case_id=access.case.id, state=PackageState.IMPORTED.value)
    return dict(rows.values_list("number", "exhibit__reference"))
