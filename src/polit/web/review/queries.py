"""What the one door asks: which contents stand at places of a case, and where they lie."""

from collections.abc import Sequence
from dataclasses import dataclass

from polit.web.core.access import CaseAccess
from polit.web.items.models import Item, ReviewSet
from polit.web.items.rules import ItemState, item_number, place_of
from polit.web.media.models import Package
from polit.web.media.rules import PackageState, package_of


@dataclass(frozen=True, slots=True)
class UnveiledItem:
    """An item as the one door needs it.

    Args:
        place: Its place in the review set.
        sha256: Its content, hex.
        stack_sha256: What leads its stack, hex; its own where it leads or is alone.
        kind: The number of its kind of media.
        state: Where it stands.
        package: The name of a package that holds it, below the folder of packages.
    """

    place: int
    sha256: str
    stack_sha256: str
    kind: int
    state: ItemState
    package: str


def unveiled_items(access: CaseAccess, places: Sequence[int]) -> list[UnveiledItem]:
    """Return the items at some places of a case, in the order asked for. Four queries.

    Items that no imported package holds any more are left out, as are places that nothing is at.
    """
    found = ReviewSet.objects.filter(case_id=access.case.id).values_list("pk", flat=True).first()
    if found is None:
        return []
    numbers = [item_number(found, place) for place in places]
    rows = {
        item.pk: item
        for item in Item.objects.filter(pk__in=numbers, is_present=True).only(
            "sha256", "lead_place", "kind", "state", "content_id"
        )
    }
    leads = _digests(found, {item.lead_place for item in rows.values()})
    packages = _packages(access, {package_of(item.content_id) for item in rows.values()})
    return [
        _shown(item, leads, packages[package_of(item.content_id)])
        for item in (rows.get(number) for number in numbers)
        if item is not None and package_of(item.content_id) in packages
    ]


def _digests(set_number: int, places: set[int]) -> dict[int, str]:
    numbers = [item_number(set_number, place) for place in places]
    rows = Item.objects.filter(pk__in=numbers).values_list("pk", "sha256")
    return {place_of(number): bytes(sha256).hex() for number, sha256 in rows}


def _packages(access: CaseAccess, numbers: set[int]) -> dict[int, str]:
    rows = Package.objects.filter(
        case_id=access.case.id, number__in=numbers, state=PackageState.IMPORTED.value
    )
    return dict(rows.values_list("number", "place"))


def _shown(item: Item, leads: dict[int, str], package: str) -> UnveiledItem:
    sha256 = bytes(item.sha256).hex()
    lead = leads.get(item.lead_place, sha256)
    return UnveiledItem(place_of(item.pk), sha256, lead, item.kind, ItemState(item.state), package)
