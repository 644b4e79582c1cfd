"""The main navigation: where each role finds its work."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from polit.web.accounts.models import User
from polit.web.core.rules import CASE_ROLES, CHILD_READERS, Role
from polit.web.examinations.rules import TILE_READERS


@dataclass(frozen=True, slots=True)
class Place:
    """One entry.

    Args:
        label: Its words.
        view: The name of its address.
        roles: Who sees it: those whom the page itself lets in.
    """

    label: str
    view: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """One entry as a page shows it."""

    label: str
    url: str
    is_current: bool


PLACES = (
    Place("Tasks", "clocks:list", CASE_ROLES),
    Place("Referrals", "referrals:list", CHILD_READERS),
    Place("Cases", "cases:list", CASE_ROLES),
    Place("Warrants", "warrants:list", CHILD_READERS),
    Place("Arrests", "arrests:list", CHILD_READERS),
    Place("Children", "safeguarding:children", CHILD_READERS),
    Place("Orders", "orders:list", frozenset({Role.OFFENDER_MANAGER, Role.SUPERVISOR})),
    Place("Statistics", "statistics:page", frozenset({Role.SUPERVISOR, Role.AUDITOR})),
    Place("Search", "search:page", CASE_ROLES),
    Place("Cases and teams", "cases:teams", frozenset({Role.SUPERVISOR})),
    Place("Hash sets", "hashsets:list", frozenset({Role.EXAMINER, Role.SUPERVISOR})),
    Place("My exposure", "welfare:own", TILE_READERS),
    Place("Notices", "cases:notices", CASE_ROLES),
    Place("Audit", "audit:list", frozenset({Role.AUDITOR})),
    Place("People and roles", "accounts:list", frozenset({Role.SYSTEM_ADMINISTRATOR})),
    Place("System", "system", frozenset({Role.SYSTEM_ADMINISTRATOR})),
)


def navigation_context(request: HttpRequest) -> dict[str, object]:
    """Return the entries for whoever asks, as ``navigation``, and where they search."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    shown: dict[str, object] = {"navigation": tuple(_items(request.path, user.roles))}
    url = reverse("search:page")
    if user.roles & CASE_ROLES and request.path != url:
        shown["search_url"] = url
    return shown


def _items(path: str, roles: frozenset[Role]) -> list[NavigationItem]:
    items = []
    for place in PLACES:
        try:
            url = reverse(place.view)
        except NoReverseMatch:
            continue
        if roles & place.roles:
            items.append(NavigationItem(place.label, url, path.startswith(url)))
    return items
