"""What the one door asks: which contents stand at places of a case, and where they lie."""

from collections.abc import Sequence
from dataclasses import dataclass

from polit.web.core.access import CaseAccess
from polit.web.items.queries.followed import followed_packages
from polit.web.items.queries.some import SomeItem, items_by_places
from polit.web.items.rules import ItemState
from polit.web.media.models import Package
from polit.web.media.rules import PackageState


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
    """Return the items at some places of a case, in the order asked for.

    What no imported package holds comes from the package of a running examination that found it;
    where there is none either, it is left out.

    Raises:
        UsageError: The case has no item at one of the places.
    """
    items = items_by_places(access, places)
    wanted = {each.packages[0] for each in items if each.packages}
    rows = Package.objects.filter(
        case_id=access.case.id, number__in=wanted, state=PackageState.IMPORTED.value
    )
    packages = dict(rows.values_list("number", "place"))
    held = {each.place: packages.get(each.packages[0]) for each in items if each.packages}
    missing = [each.place for each in items if not held.get(each.place)]
    running = followed_packages(access, missing) if missing else {}
    found = [(each, held.get(each.place) or running.get(each.place)) for each in items]
    return [_shown(item, package) for item, package in found if package]


def _shown(item: SomeItem, package: str) -> UnveiledItem:
    return UnveiledItem(item.place, item.sha256, item.lead_sha256, item.kind, item.state, package)
