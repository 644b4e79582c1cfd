"""A record of very many referrals and cases, written with ``bulk_create`` inside acts.

Nobody in it exists: names are made of invented syllables. No audit rows of single acts are made,
so a record's history is short here; the tables that lists read are of their full size.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Model

from polit.base.clock import now_utc
from polit.web.accounts.models import RoleGrant, User
from polit.web.audit.services import act
from polit.web.cases.models import Case, CaseMember, Unit
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Purpose, Role
from polit.web.people.models import CasePerson, Person, PersonIdentifier
from polit.web.referrals.models import Referral, ReferralAccount, ReferralFile, ReferralIp

BUSY, CALM = "busy.example", "calm.example"
BUSY_EVERY, CALM_EVERY = 10, 1000
_OTHERS = 100
_ROLES = (Role.INVESTIGATOR, Role.SUPERVISOR, Role.SAFEGUARDING, Role.OFFENDER_MANAGER)
_CASES_AT_ONCE, _REFERRALS_AT_ONCE = 1000, 5000
_LAW = "england-wales-1"
_SCHEME = {"scheme": "england-wales", "version": 1}
_SYLLABLES = ("bar", "del", "fen", "gol", "hur", "kes", "lom", "mar", "nov", "pel", "ris", "tav")
_STATES = ("in_case", "received", "assessing", "researching", "no_further_action", "passed_on")
_SOURCES = ("national_agency", "industry_report", "partner_force", "public", "charity")
BY = "o.example"


@dataclass
class Made:
    """What rows are made of.

    Args:
        chance: Always begins the same way.
        now: The time of the run; everything happened before it.
        rows: What waits to be written, by model, in the order in which it is written.
    """

    chance: random.Random
    now: datetime
    areas: list[Unit] = field(default_factory=list)
    teams: list[Unit] = field(default_factory=list)
    officers: dict[str, UUID] = field(default_factory=dict)
    rows: dict[type[Model], list[Any]] = field(default_factory=lambda: defaultdict(list))

    def add(self, model: type[Model], /, **values: Any) -> Any:
        """Make a row that is written with the next batch."""
        row = model(**values)
        self.rows[model].append(row)
        return row

    def ago(self, most_days: int = 1500) -> datetime:
        """Return some instant in the past."""
        return self.now - timedelta(minutes=self.chance.randrange(60, most_days * 1440))

    def name(self) -> str:
        """Return an invented name."""
        return "".join(self.chance.choices(_SYLLABLES, k=3)).capitalize()

    def write(self, what: str) -> None:
        """Write what waits, in one act."""
        with act(SYSTEM, "benchmarks.fill", reason="a benchmark") as deed:
            for model, rows in self.rows.items():
                manager: Any = model._default_manager  # noqa: SLF001 - Django documents it
                manager.bulk_create(rows, batch_size=500)
            deed.about("benchmark", what)
        self.rows.clear()


def fill(referrals: int, cases: int) -> None:
    """Fill an empty record."""
    made = Made(random.Random(20261127), now_utc())
    _officers_and_units(made)
    held: list[tuple[UUID, datetime]] = []
    for numbers in _batches(cases, _CASES_AT_ONCE):
        held += [_case(made, number) for number in numbers]
        made.write(f"cases {numbers.stop}")
    for numbers in _batches(referrals, _REFERRALS_AT_ONCE):
        for number in numbers:
            _referral(made, number, held)
        made.write(f"referrals {numbers.stop}")


def _batches(count: int, size: int) -> Iterator[range]:
    for start in range(0, count, size):
        yield range(start, min(start + size, count))


def _officers_and_units(made: Made) -> None:
    for number in range(8):
        made.areas.append(made.add(Unit, kind="area", name=f"Area {number + 1}"))
        made.teams.append(made.add(Unit, kind="team", name=f"Team {number + 1}"))
    names = [BUSY, CALM, *(f"o{number}.example" for number in range(_OTHERS))]
    for name in names:
        user = made.add(User, username=name, full_name=name.title())
        made.officers[name] = user.pk
        for role in _ROLES:
            made.add(RoleGrant, user=user, role=role.value, granted_by="a benchmark")
    made.write("officers")


def _case(made: Made, number: int) -> tuple[UUID, datetime]:
    from benchmarks import _record_steps as steps  # noqa: PLC0415 - it needs this module
    from benchmarks._record_victims import unknown_child  # noqa: PLC0415 - as above

    opened_at = made.ago()
    case = made.add(
        Case, reference=f"PC/{number:06d}", title=f"{made.name()} and others",
        recorded_at=opened_at,
        operation=f"Operation {made.name()}" if number % 4 == 0 else "",
        status=("open", "open", "in_court", "closed")[number % 4],
        area=made.areas[number % 8], team=made.teams[number // 8 % 8],
    )  # fmt: skip
    for name in _members(number):
        made.add(
            CaseMember, case=case, user_id=made.officers[name], purpose=Purpose.INVESTIGATION.value,
            added_by=BY, reason="a benchmark",
        )  # fmt: skip
    suspect = _placed(made, case, "suspect", 1, is_child=False)
    children = [_placed(made, case, "child", nth + 1, is_child=True) for nth in range(2)]
    steps.warrant_and_arrest(made, case, suspect, number, opened_at)
    for child in children:
        steps.child_steps(made, case, child, suspect, opened_at)
    steps.court_and_order(made, case, suspect, number, opened_at)
    steps.beside(made, case, number, opened_at)
    unknown_child(made, case, number, opened_at)
    return case.pk, opened_at


def _members(number: int) -> Iterable[str]:
    if number % BUSY_EVERY == 0:
        yield BUSY
    if number % CALM_EVERY == 1:
        yield CALM
    first = number % _OTHERS
    yield from {f"o{first}.example", f"o{(first + 37) % _OTHERS}.example"}


def _placed(made: Made, case: Case, role: str, number: int, *, is_child: bool) -> CasePerson:
    years = made.chance.randrange(4, 16) if is_child else made.chance.randrange(20, 70)
    person = made.add(
        Person, given_name=made.name(), family_name=made.name(),
        born_on=date(made.now.year - years, 1 + number, 1 + made.chance.randrange(27)),
        addresses=f"{made.chance.randrange(1, 200)} {made.name()} Road",
    )  # fmt: skip
    person.refresh_search_text()
    if not is_child:
        mark = f"{made.name().lower()}{made.chance.randrange(99)}"
        made.add(
            PersonIdentifier, person=person, **_SCHEME, kind="username", service="Example Chat",
            value=mark, service_key="example chat", value_key=mark, added_by=BY,
        )  # fmt: skip
    place: CasePerson = made.add(
        CasePerson, case=case, person=person, role=role, number=number, added_by=BY
    )
    return place


def _referral(made: Made, number: int, held: list[tuple[UUID, datetime]]) -> None:
    chance = made.chance
    # One in five is in a case; of the others most came to nothing.
    in_case = number % 5 == 0 and bool(held)
    case_id, opened_at = held[number // 5 % len(held)] if in_case else (None, None)
    state = "in_case" if in_case else chance.choices(_STATES[1:], (2, 1, 1, 70, 10))[0]
    received_at = (opened_at or made.ago()) - timedelta(hours=chance.randrange(1, 200))
    referral = made.add(
        Referral, reference=f"R{received_at.year}-{number:06d}", year=received_at.year,
        number=number + 1, source_scheme="england-wales", source_version=1,
        source=chance.choice(_SOURCES), source_reference=f"NCX-{number:08d}",
        source_key=f"ncx{number:08d}", received_at=received_at, received_by=BY, state=state,
        state_since=received_at, case_id=case_id, area=made.areas[number % 8],
        team=made.teams[number // 8 % 8], summary=f"Report of uploads by {made.name()}",
        passed_to="Another force" if state == "passed_on" else "", recorded_at=received_at,
    )  # fmt: skip
    mark = f"{made.name().lower()}{chance.randrange(300)}"
    made.add(
        ReferralAccount, referral=referral, **_SCHEME, kind="username", service="Example Chat",
        value=mark, service_key="example chat", value_key=mark, added_by=BY,
    )  # fmt: skip
    made.add(
        ReferralIp, referral=referral, port=1024 + number % 60000, added_by=BY, zone="UTC",
        address=f"192.0.{chance.randrange(256)}.{chance.randrange(256)}", occurred_at=received_at,
    )  # fmt: skip
    digest = f"{chance.getrandbits(64) % 50_000:032x}"
    made.add(ReferralFile, referral=referral, name=f"IMG_{number}.jpg", md5=digest, added_by=BY)
