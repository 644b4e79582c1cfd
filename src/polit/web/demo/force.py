"""The people, units and names of the synthetic force: all of them invented."""

from dataclasses import dataclass

from polit.web.accounts.models import User
from polit.web.accounts.services import account_make
from polit.web.cases.models import Unit
from polit.web.cases.rules import UnitKind
from polit.web.cases.services import unit_add
from polit.web.core.access import CaseAccess
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.rules import Role
from polit.web.demo.plan import PlannedCase, pick
from polit.web.people.models import CasePerson

REASON = "Synthetic: polit demo"
_AREAS = ("Northmere", "Quillshire East", "Quillshire West")
_TEAMS = ("Team Heron", "Team Kestrel")
_OFFICERS = (
    ("s.demo", "Saffron Tarnbrook (demo)", Role.SUPERVISOR),
    ("s2.demo", "Sorrel Vexholm (demo)", Role.SUPERVISOR),
    ("i1.demo", "Isolde Marrowick (demo)", Role.INVESTIGATOR),
    ("i2.demo", "Ivo Pellanther (demo)", Role.INVESTIGATOR),
    ("i3.demo", "Ilex Dunquary (demo)", Role.INVESTIGATOR),
    ("i4.demo", "Imre Oxbarrow (demo)", Role.INVESTIGATOR),
    ("e1.demo", "Elowen Brackwater (demo)", Role.EXAMINER),
    ("g1.demo", "Gorse Wintermill (demo)", Role.GRADER),
    ("c1.demo", "Clover Ashgrange (demo)", Role.SAFEGUARDING),
    ("c2.demo", "Cedar Umbermoor (demo)", Role.SAFEGUARDING),
    ("o1.demo", "Osier Fallowend (demo)", Role.OFFENDER_MANAGER),
    ("a1.demo", "Alder Quickstile (demo)", Role.AUDITOR),
)
_GIVEN = ("Aster", "Bramble", "Cicely", "Damson", "Elder", "Fennel", "Garnet", "Hazel", "Indigo",
          "Juniper", "Kestrel", "Larch", "Myrtle", "Nettle", "Orris", "Pepper", "Quince", "Rowan",
          "Sage", "Teasel", "Umber", "Vetch", "Willow", "Yarrow")  # fmt: skip
_FAMILY = ("Quillby", "Tanglewick", "Mossingham", "Fernhollow", "Pipwhistle", "Thistlemere",
           "Wobbleton", "Crumblethorpe", "Dapplestone", "Snickerby", "Marzipan", "Bogglesworth",
           "Flumford", "Grimbleshaw", "Higgledale", "Jollyfen", "Larkspindle", "Noodlebury",
           "Puddlecombe", "Ruffleton")  # fmt: skip
_STREETS = ("Imaginary Row", "Nowhere Lane", "Sample Street", "Specimen Gardens", "Example Mews")


@dataclass(frozen=True, slots=True)
class Force:
    """Who works in the synthetic force, and its units.

    Args:
        users: Every officer by the name that they sign in with.
        areas: The areas.
        teams: The teams.
    """

    users: dict[str, User]
    areas: tuple[Unit, ...]
    teams: tuple[Unit, ...]

    def investigator(self, number: int) -> User:
        """Return the investigator of a case by its number in the plan."""
        return self.users[f"i{number % 4 + 1}.demo"]

    def team_of(self, user: User) -> Unit:
        """Return the team that an investigator works in."""
        return self.teams[0 if user.username in {"i1.demo", "i2.demo"} else 1]


@dataclass(frozen=True, slots=True)
class Scene:
    """What everything in one case of the plan happens with.

    Args:
        force: The force.
        lead: Who leads the case.
        access: The lead's access to it.
        suspect: The suspect's place in it.
        given: The plan of it.
    """

    force: Force
    lead: User
    access: CaseAccess
    suspect: CasePerson
    given: PlannedCase

    @property
    def actor(self) -> Actor:
        """The lead as the services know them."""
        return acting(self.lead)


def force_make() -> Force:
    """Make the officers, areas and teams."""
    users = {
        username: account_make(
            SYSTEM, reason=REASON, username=username, full_name=name, roles=frozenset({role})
        )
        for username, name, role in _OFFICERS
    }
    areas = [unit_add(SYSTEM, reason=REASON, kind=UnitKind.AREA, name=name) for name in _AREAS]
    teams = [unit_add(SYSTEM, reason=REASON, kind=UnitKind.TEAM, name=name) for name in _TEAMS]
    return Force(users, tuple(areas), tuple(teams))


def acting(user: User) -> Actor:
    """Return an officer as the services know them."""
    return Actor("user", str(user.pk), user.username)


def invented_name(salt: str, number: int) -> tuple[str, str]:
    """Return a given and a family name that nobody bears."""
    given = _GIVEN[pick(f"{salt}-given", number, len(_GIVEN))]
    return given, _FAMILY[pick(f"{salt}-family", number, len(_FAMILY))]


def invented_address(salt: str, number: int) -> str:
    """Return an address that is nowhere."""
    street = _STREETS[pick(f"{salt}-street", number, len(_STREETS))]
    return f"{1 + pick(f'{salt}-house', number, 180)} {street}, Northmere"
