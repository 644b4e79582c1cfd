"""The main navigation: where each role finds its work."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from polit.web.accounts.models import User
from polit.web.core.rules import CASE_ROLES, CHILD_READERS, Role
from polit.web.court.rules import DISCLOSERS
from polit.web.examinations.rules import TILE_READERS


@dataclass(frozen=True, slots=True)
class Place:
    """One entry.

    Args:
        label: Its words.
        view: The name of its address.
        roles: Who sees it: those whom the page itself lets in.
        about: What is found there, for the page of all registers.
        is_main: Whether it stands on every page; the others stand on the page of all registers.
    """

    label: str
    view: str
    roles: frozenset[Role]
    about: str
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """One entry as a page shows it."""

    label: str
    url: str
    about: str
    is_current: bool


_MANAGERS = frozenset({Role.OFFENDER_MANAGER, Role.SUPERVISOR})
_EXAMINERS = frozenset({Role.EXAMINER, Role.SUPERVISOR})
_LEADERS = frozenset({Role.SUPERVISOR})
_ADMINISTRATORS = frozenset({Role.SYSTEM_ADMINISTRATOR})

PLACES = (
    Place("Tasks", "clocks:list", CASE_ROLES, "What is due, for whom, since when", is_main=True),
    Place("Referrals", "referrals:list", CHILD_READERS, "What reached the team", is_main=True),
    Place("Cases", "cases:list", CASE_ROLES, "Your cases", is_main=True),
    Place("Children", "safeguarding:children", CHILD_READERS, "Children and what protects them",
          is_main=True),
    Place("Orders", "orders:list", _MANAGERS, "Offenders under orders", is_main=True),
    Place("Statistics", "statistics:page", frozenset({Role.SUPERVISOR, Role.AUDITOR}),
          "Figures with their rules", is_main=True),
    Place("Unknown children", "victims:list", CHILD_READERS, "Who is still to be identified"),
    Place("Series", "victims:series_list", CHILD_READERS, "Media that show the same child"),
    Place("Risk", "risk:queue", CHILD_READERS, "What comes first, and why"),
    Place("Enquiries", "enquiries:list", CHILD_READERS, "What was asked, and the wait for it"),
    Place("Warrants", "warrants:list", CHILD_READERS, "Warrants and their executions"),
    Place("Arrests", "arrests:list", CHILD_READERS, "Arrests, custody, bail, outcomes"),
    Place("Court", "court:list", CHILD_READERS, "Charges, hearings, results"),
    Place("Served schedules", "disclosure:list", DISCLOSERS, "What was disclosed, to whom, when"),
    Place("Exchange", "dissemination:list", CASE_ROLES, "What was given to whom"),
    Place("Hash sets", "hashsets:list", _EXAMINERS, "Known files"),
    Place("My exposure", "welfare:own", TILE_READERS, "What you have seen, and your limits",
          is_main=True),
    Place("Legal privilege", "privilege:list", frozenset({Role.COUNSEL}),
          "What you are asked to decide", is_main=True),
    Place("Notices", "cases:notices", CASE_ROLES, "What you were told"),
    Place("Signposts", "signposts:list", CASE_ROLES, "Where people find help"),
    Place("Cases and teams", "cases:teams", _LEADERS, "Every case and who is in it"),
    Place("Areas and teams", "cases:units", _LEADERS, "Units of the force"),
    Place("Audit", "audit:list", frozenset({Role.AUDITOR}), "Who did what, when and why",
          is_main=True),
    Place("People and roles", "accounts:list", _ADMINISTRATORS, "Accounts", is_main=True),
    Place("System", "system", _ADMINISTRATORS, "Processes and jobs", is_main=True),
    Place("Search", "search:page", CASE_ROLES, "Over everything that you may see"),
)  # fmt: skip
"""In the order in which they stand."""


def navigation_context(request: HttpRequest) -> dict[str, object]:
    """Return the main entries for whoever asks, the page of all of them last, and the search."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    main = [place for place in PLACES if place.is_main]
    items = places_for(request.path, user.roles, main)
    if user.roles & CASE_ROLES:
        url = reverse("registers")
        items.append(NavigationItem("All registers", url, "", request.path == url))
    shown: dict[str, object] = {"navigation": tuple(items)}
    search_url = reverse("search:page")
    if user.roles & CASE_ROLES and request.path != search_url:
        shown["search_url"] = search_url
    return shown


def places_for(
    path: str, roles: frozenset[Role], places: Iterable[Place] = PLACES
) -> list[NavigationItem]:
    """Return the entries that somebody with these roles may follow from a page."""
    items = []
    for place in places:
        if not roles & place.roles:
            continue
        try:
            url = reverse(place.view)
        except NoReverseMatch:
            continue
        items.append(NavigationItem(place.label, url, place.about, path.startswith(url)))
    return items
