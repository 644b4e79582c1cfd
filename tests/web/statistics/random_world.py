"""A force to which random things happen, each of which is kept in plain lists as well."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from web.statistics.counted_world import WHY, access_to, child, exhibit, warrant
from web.statistics.random_lists import LONDON, Entry, Lists

from polit.base.errors import UsageError
from polit.web.arrests.rules import ArrestKind, GivenArrest
from polit.web.arrests.services import arrest_correct, arrest_record, arrest_withdraw
from polit.web.audit.models import AuditEvent
from polit.web.cases.models import Case
from polit.web.cases.services import case_open, unit_add
from polit.web.core.acting import SYSTEM
from polit.web.exhibits.rules import DeviceKind
from polit.web.orders.given import GivenAssessment, GivenOrder, GivenVisit
from polit.web.orders.rules import EndKind
from polit.web.orders.services import (
    event_withdraw,
    order_assess,
    order_end,
    order_make,
    visit_record,
)
from polit.web.people.models import CasePerson
from polit.web.people.rules import PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import person_add, person_link, person_merge, person_unmerge
from polit.web.referrals.rules import GivenReferral
from polit.web.referrals.services import referral_receive
from polit.web.safeguarding.rules import GivenAction, GivenIdentified
from polit.web.safeguarding.services import (
    child_identify,
    protective_action_correct,
    protective_action_record,
    protective_action_withdraw,
)
from polit.web.statistics.rules import Period, Selection
from polit.web.warrants.rules import GivenExecution
from polit.web.warrants.services import execution_correct, execution_record, execution_withdraw

NAME = "Quillon Marrowby"
"""What every person is called: it stands nowhere in the audit."""
EDGES = tuple(
    date(*parts)
    for parts in (
        (2024, 2, 29), (2024, 3, 31), (2024, 10, 27), (2025, 2, 28), (2025, 3, 30), (2025, 3, 31),
        (2025, 4, 1), (2025, 9, 30), (2025, 10, 26),
    )
)  # fmt: skip
"""Leap day, days of 23 and of 25 hours, and days around the edges of years of account."""
_TICK = timedelta(microseconds=1)


@dataclass
class World(Lists):
    """A force, and lists of all that happened to it."""

    random: Random = field(default_factory=Random)
    turns: int = 0

    def begin(self) -> None:
        """Make cases of two areas and a team, warrants, people, children and orders."""
        areas = [unit_add(SYSTEM, reason=WHY, kind="area", name=name) for name in ("N", "S")]
        team = unit_add(SYSTEM, reason=WHY, kind="team", name="T")
        for number, area in enumerate([*areas, None]):
            case = case_open(
                SYSTEM, reason=WHY, reference=f"OP-{number}", title="A",
                area_id=area.pk if area else None, team_id=team.pk if number else None,
            )  # fmt: skip
            self.cases.append(case)
            at = datetime(2024, 1, 2, 12, tzinfo=UTC)
            self.warrants += [warrant(case, f"W{each}", at, each + 1) for each in range(2)]
            self.suspects += [self._person(case, PersonRole.SUSPECT) for _each in range(2)]
            for _each in range(3):
                place = self._person(case, PersonRole.CHILD)
                self.children.append((place.person_id, child(case, place)))
        for person_id, of in self.children[:6:2]:  # in a second case too
            place = person_link(
                SYSTEM, reason=WHY, case=self._other(of.case), person_id=person_id,
                place=PlaceInCase(PersonRole.CHILD),
            )  # fmt: skip
            self.children.append((person_id, child(place.case, place)))

    def step(self) -> None:
        """Let one thing happen; each is one act, about something."""
        doing = self.random.choices(
            [self._execution, self._arrest, self._action, self._merge, self._unmerge, self._visit,
             self._level, self._order, self._end, self._exhibit, self._referral, self._identify],
            [6, 4, 8, 3, 2, 5, 2, 2, 1, 2, 2, 1],
        )[0]  # fmt: skip
        before = AuditEvent.objects.count()
        try:
            doing()
        except UsageError:
            assert doing in (self._merge, self._unmerge, self._identify, self._end)
            return
        made = AuditEvent.objects.order_by("seq")[before:]
        assert [each.subject_id != "" for each in made] in ([True], []), doing

    def selection(self) -> Selection:
        """Return some period of some area or team."""
        first, last = sorted(self.random.choices(EDGES, k=2))
        case = self.random.choice(self.cases)
        area, team = self.random.choice([(None, None), (case.area_id, None), (None, case.team_id),
                                         (case.area_id, case.team_id)])  # fmt: skip
        return Selection(Period(first, last, "Europe/London"), area, team)

    def _at(self) -> datetime:
        day = self.random.choice(EDGES) + timedelta(days=self.random.choice([0, 0, 1, 1, 40]))
        midnight = datetime.combine(day, time(), LONDON).astimezone(UTC)
        hour = timedelta(hours=1)
        return midnight + self.random.choice([-_TICK, timedelta(), _TICK, hour, -hour, 12 * hour])

    def _other(self, case: Case) -> Case:
        return self.random.choice([each for each in self.cases if each.pk != case.pk])

    def _person(self, case: Case, role: PersonRole) -> CasePerson:
        details = PersonDetails(given_name=NAME)
        return person_add(
            SYSTEM, reason=WHY, case=case, details=details, place=PlaceInCase(role)
        )  # fmt: skip

    def _keep(
        self,
        entries: list[Entry],
        record: Callable[[], tuple[Any, Any, Case, datetime, Any]],
        correct: Callable[[Entry, datetime], tuple[Any, Any]],
        withdraw: Callable[[Entry], object],
    ) -> None:
        """Record, correct or withdraw; what holds no longer can be neither."""
        self.turns += 1
        held = [each for each in entries if each.holds]
        choice = self.random.random()
        if choice < 0.55 or not held:
            row, of, case, at, what = record()
            entries.append(Entry(row.pk, of, case, at, what, first=row.pk, turn=self.turns))
            return
        entry = self.random.choice(held)
        if choice < 0.8:
            at = self._at()
            row, entry.what = correct(entry, at)
            entry.key, entry.at, entry.turn = row.pk, at, self.turns
            return
        withdraw(entry)
        entry.holds = False

    def _execution(self) -> None:
        outcomes = ("searched", "no_entry", "broken_off")

        def given(at: datetime) -> GivenExecution:
            return GivenExecution(at, self.random.choice(outcomes), "A. Example", place="A place")

        def record() -> tuple[Any, Any, Case, datetime, Any]:
            of, new = self.random.choice(self.warrants), given(self._at())
            row = execution_record(
                SYSTEM, reason=WHY, access=access_to(of.case), warrant_id=of.pk, given=new
            )
            return row, of, of.case, new.occurred_at, new.outcome

        def correct(entry: Entry, at: datetime) -> tuple[Any, Any]:
            new = given(at)
            row = execution_correct(
                SYSTEM, reason=WHY, access=access_to(entry.case), execution_id=entry.key, given=new
            )
            return row, new.outcome

        self._keep(self.executions, record, correct, lambda entry: execution_withdraw(
            SYSTEM, reason=WHY, access=access_to(entry.case), execution_id=entry.key))  # fmt: skip

    def _arrest(self) -> None:
        def given(of: CasePerson, at: datetime) -> GivenArrest:
            kind = self.random.choice(list(ArrestKind))
            needed = ("investigation",) if kind is ArrestKind.ARREST else ()
            return GivenArrest(of.pk, kind, at, "A place", "Grounds", "A. Example", needed)

        def record() -> tuple[Any, Any, Case, datetime, Any]:
            of = self.random.choice(self.suspects)
            new = given(of, self._at())
            row = arrest_record(SYSTEM, reason=WHY, access=access_to(of.case), given=new)
            return row, of, of.case, new.occurred_at, new.kind

        def correct(entry: Entry, at: datetime) -> tuple[Any, Any]:
            new = given(entry.of, at)
            assert entry.first is not None
            row = arrest_correct(
                SYSTEM, reason=WHY, access=access_to(entry.case), arrest_id=entry.first, given=new
            )
            return row, new.kind

        self._keep(self.arrests, record, correct, lambda entry: arrest_withdraw(
            SYSTEM, reason=WHY, access=access_to(entry.case),
            arrest_id=entry.first or entry.key))  # fmt: skip

    def _action(self) -> None:
        kinds = ("safety_plan", "safety_plan", "police_protection_ended")

        def record() -> tuple[Any, Any, Case, datetime, Any]:
            of = self.random.choice(self.children)
            new = GivenAction(self.random.choice(kinds), self._at(), "A. Example")
            case = of[1].case
            row = protective_action_record(
                SYSTEM, reason=WHY, access=access_to(case), child_id=of[1].pk, given=new
            )
            return row, of, case, new.occurred_at, new.kind

        def correct(entry: Entry, at: datetime) -> tuple[Any, Any]:
            new = GivenAction(self.random.choice(kinds), at, "A. Example")
            row = protective_action_correct(
                SYSTEM, reason=WHY, access=access_to(entry.case), action_id=entry.key, given=new
            )
            return row, new.kind

        self._keep(self.actions, record, correct, lambda entry: protective_action_withdraw(
            SYSTEM, reason=WHY, access=access_to(entry.case), action_id=entry.key))  # fmt: skip

    def _merge(self) -> None:
        (one, of), (two, _of) = self.random.sample(self.children, 2)
        person_merge(SYSTEM, reason=WHY, case=of.case, person_id=one, into_id=two)
        self.joined[self.root(one)] = two

    def _unmerge(self) -> None:
        person_id, of = self.random.choice(self.children)
        person_unmerge(SYSTEM, reason=WHY, case=of.case, person_id=person_id)
        del self.joined[person_id]

    def _identify(self) -> None:
        person_id, of = self.random.choice(self.children)
        given = GivenIdentified(datetime(2024, 1, 5, tzinfo=UTC), "By an officer")
        child_identify(
            SYSTEM, reason=WHY, access=access_to(of.case), child_id=of.pk, given=given
        )  # fmt: skip
        self.victims.add(person_id)

    def _order(self) -> None:
        place, day = self.random.choice(self.suspects), self.random.choice(EDGES)
        ends_on = self.random.choice([None, None, *(each for each in EDGES if each > day)])
        given = GivenOrder(place.pk, "shpo", f"O{len(self.orders)}", day, day, ends_on)
        order = order_make(SYSTEM, reason=WHY, access=access_to(place.case), given=given)
        self.orders.append((order, []))

    def _end(self) -> None:
        held = [each for each in self.orders if not each[1]]
        if held:
            order, ended = self.random.choice(held)
            day = max(self.random.choice(EDGES), order.begins_on)
            order_end(
                SYSTEM, reason=WHY, access=access_to(order.case), order_id=order.pk,
                how=EndKind.DISCHARGED, ended_on=day,
            )  # fmt: skip
            ended.append(day)

    def _visit(self) -> None:
        if not self.orders:
            return self._order()

        def kept(order: Any, at: datetime, corrects: UUID | None = None) -> tuple[Any, bool]:
            was_seen = self.random.random() < 0.7
            row = visit_record(
                SYSTEM, reason=WHY, access=access_to(order.case), order_id=order.pk,
                given=GivenVisit(at, was_seen=was_seen), corrects=corrects,
            )  # fmt: skip
            return row, was_seen

        def record() -> tuple[Any, Any, Case, datetime, Any]:
            order, at = self.random.choice(self.orders)[0], self._at()
            row, was_seen = kept(order, at)
            return row, order, order.case, at, was_seen

        return self._keep(
            self.visits, record, lambda entry, at: kept(entry.of, at, entry.key),
            lambda entry: event_withdraw(
                SYSTEM, "visit", reason=WHY, access=access_to(entry.case), order_id=entry.of.pk,
                event_id=entry.key),
        )  # fmt: skip

    def _level(self) -> None:
        if not self.orders:
            return self._order()

        def kept(order: Any, at: datetime, corrects: UUID | None = None) -> tuple[Any, str]:
            level = self.random.choice(["low", "medium", "high", "very_high"])
            row = order_assess(
                SYSTEM, reason=WHY, access=access_to(order.case), order_id=order.pk,
                given=GivenAssessment(at, "arms", level), corrects=corrects,
            )  # fmt: skip
            return row, level

        def record() -> tuple[Any, Any, Case, datetime, Any]:
            order, at = self.random.choice(self.orders)[0], self._at()
            row, level = kept(order, at)
            return row, order, order.case, at, level

        return self._keep(
            self.levels, record, lambda entry, at: kept(entry.of, at, entry.key),
            lambda entry: event_withdraw(
                SYSTEM, "assess", reason=WHY, access=access_to(entry.case), order_id=entry.of.pk,
                event_id=entry.key),
        )  # fmt: skip

    def _exhibit(self) -> None:
        case, at = self.random.choice(self.cases), self._at()
        kind = self.random.choice([DeviceKind.PHONE, DeviceKind.STORAGE, DeviceKind.OTHER])
        made = exhibit(case, f"AB/{len(self.seized) + 1}", kind, at)
        self.seized.append(Entry(made.pk, made, case, at, kind))

    def _referral(self) -> None:
        case, at = self.random.choice(self.cases), self._at()
        made = referral_receive(
            SYSTEM, reason=WHY,
            given=GivenReferral("public", at, area_id=case.area_id, team_id=case.team_id),
        )  # fmt: skip
        self.received.append(Entry(made.pk, made, case, at, "public"))
