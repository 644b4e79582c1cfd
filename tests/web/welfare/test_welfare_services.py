"""Sessions, exposures and flags as services keep them, with a clock that tests move."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from polit.base.errors import NoAct, UsageError, ViewingRefused
from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.audit.services import act
from polit.web.cases.models import Case, Notice
from polit.web.cases.queries import case_access
from polit.web.cases.rules import GrantedAccess
from polit.web.core.acting import Actor
from polit.web.core.rules import Role
from polit.web.safeguarding.signals import tasks_done
from polit.web.welfare import queries, services
from polit.web.welfare.models import Exposure, ReviewSession, SessionSpan, WelfareFlag
from polit.web.welfare.rules import SessionStart, ShownItem, check_may_view, view_refusal

MakeUser = Callable[..., User]
MakeCase = Callable[..., Case]
_BEGIN = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


class Desk:
    """An officer at their desk, and the clock on its wall."""

    def __init__(self, patch: pytest.MonkeyPatch, user: User, case: Case) -> None:
        """Sit down."""
        self.now = _BEGIN
        self.user, self.case = user, case
        self.actor = Actor("user", str(user.pk), user.username)
        for module in (services.sessions, services.exposing, services.officers, queries.sessions):
            patch.setattr(module, "now_utc", lambda: self.now)

    @property
    def access(self) -> GrantedAccess:
        """Return the officer's access."""
        found = case_access(self.user, self.case.id)
        assert found is not None
        return found

    @property
    def session(self) -> ReviewSession:
        """Return the session that runs."""
        found = queries.session_current(self.user, self.case)
        assert found is not None
        return found

    def begin(self, lane: str = "stills", limit_s: int | None = None) -> ReviewSession:
        """Begin a session."""
        start = SessionStart(lane, "grading", limit_s, 600, 1)
        return services.session_begin(self.actor, access=self.access, start=start)

    def work(self, minutes: int) -> None:
        """Let time pass at the screen."""
        for _minute in range(minutes):
            self.now += timedelta(minutes=1)
            assert services.session_touch(self.session, self.now)

    def refused(self, *kinds: str) -> str:
        """Return the code with which a look is refused now."""
        standing = queries.standing_get(self.user, self.case, now=self.now, kinds=frozenset(kinds))
        return view_refusal(standing, self.now)

    def look(
        self, *stacks: int, rung: str = "grey160", what: str = "page", **more: bool
    ) -> list[Exposure]:
        """Look at stacks, within an act."""
        shown = [
            ShownItem(f"{each:064x}", f"{each:064x}", "still", more.get("avoidable", False), 9000)
            for each in stacks
        ]
        with act(self.actor, "tests.look", reason="a test", case=self.case) as deed:
            deed.about("contents", str(len(shown)))
            return services.exposures_add(
                self.session, shown=shown, rung=rung, what=what, is_urgent=more.get("urgent", False)
            )


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, make_user: MakeUser, make_case: MakeCase) -> Desk:
    """Return an experienced officer's desk; the case has a supervisor."""
    officer = make_user("grader.example", Role.GRADER)
    boss = make_user("boss.example", Role.SUPERVISOR)
    make_user("elsewhere.example", Role.SUPERVISOR)
    made = Desk(monkeypatch, officer, make_case("OP-1", officer, boss))
    services.induction_end(made.actor, officer_id=officer.pk, reason="did it before")
    return made


def test_a_break_is_ten_minutes_without_work(desk: Desk) -> None:
    assert desk.refused() == "no_session"
    desk.begin(limit_s=100 * 60)
    assert desk.refused() == "" == desk.refused("still")
    assert desk.refused("video") == "opted_out"
    desk.work(50)
    assert desk.refused() == "on_break"
    services.session_pause(desk.actor, session=desk.session)
    desk.now += timedelta(minutes=9, seconds=59)
    with pytest.raises(UsageError, match="a break of 10 minutes"):
        services.session_resume(desk.actor, session=desk.session)
    state = queries.session_state(desk.session, desk.now)
    assert state["break_until"] == (_BEGIN + timedelta(minutes=60)).isoformat()
    desk.now += timedelta(seconds=1)
    services.session_resume(desk.actor, session=desk.session)
    assert desk.refused() == ""
    desk.work(49)
    assert desk.refused() == ""
    services.session_idle(desk.actor, session=desk.session)
    desk.now += timedelta(minutes=10)
    assert services.session_touch(desk.session, desk.now)
    services.session_back(desk.actor, session=desk.session)
    desk.work(1)
    assert desk.refused() == "limit"


def test_beyond_the_limit_goes_a_reason_and_a_supervisor_is_told(
    desk: Desk, make_case: MakeCase
) -> None:
    desk.begin(limit_s=40 * 60)
    desk.work(40)
    assert desk.refused() == "limit"
    assert WelfareFlag.objects.count() == 0
    services.session_override(desk.actor, session=desk.session, reason="a child may be named next")
    assert desk.refused() == ""
    desk.work(10)
    assert desk.refused() == "on_break"
    standing = queries.standing_get(desk.user, desk.case, now=desk.now)
    check_may_view(standing, desk.now, is_urgent=True)
    desk.look(1, urgent=True)
    desk.look(2, urgent=True)
    services.session_end(desk.actor, session=desk.session)
    assert desk.refused() == "no_session"
    flags = set(WelfareFlag.objects.values_list("kind", flat=True))
    assert flags == {"override", "urgent", "over_warn"}
    told = Notice.objects.values_list("user__username", flat=True)
    assert list(told) == ["boss.example"] * 2
    # Of a second case on that day its own supervisors are told, once.
    desk.case = make_case("OP-4", desk.user, User.objects.get(username="elsewhere.example"))
    desk.begin()
    desk.look(3, urgent=True)
    desk.look(4, urgent=True)
    assert list(told.order_by("recorded_at"))[2:] == ["elsewhere.example"]
    reasons = AuditEvent.objects.filter(action="welfare.session_override")
    assert reasons.get().reason == "a child may be named next"


def test_exposures_count_repeats_and_what_was_avoidable_and_stay(desk: Desk) -> None:
    desk.begin("known-near")
    with pytest.raises(NoAct):
        services.exposures_add(desk.session, shown=[], rung="grey160", what="page")
    assert [each.is_repeat for each in desk.look(1, 2, 3)] == [False, False, False]
    desk.now += timedelta(seconds=59)
    assert not desk.look(1)[0].is_repeat
    desk.now += timedelta(seconds=60)
    assert desk.look(1)[0].is_repeat
    assert not desk.look(1, rung="full_grey", what="original")[0].is_repeat
    desk.now += timedelta(seconds=60)
    again = desk.look(1, rung="full_grey", what="original", avoidable=True)
    assert again[0].is_repeat
    desk.look(2, rung="", what="sound")
    stranger = Actor("user", str(UUID(int=5)), "a stranger")
    assert services.exposures_seen(stranger, [(again[0].id, 5)]) == 0
    pairs = [(again[0].id, 1200), (again[0].id, -1), (UUID(int=7), 3)]
    assert services.exposures_seen(desk.actor, pairs) == 1
    figures = queries.hv_of_case(desk.access, media_files=700)
    assert (figures.looks, figures.uncovered, figures.per_1000) == (3, 8, "4.3")
    assert (figures.full_size, figures.repeats, figures.avoidable) == (2, 2, 1)
    assert (figures.audio_s, figures.texts) == (9, 0)
    own = queries.hv_of_officer(desk.user)
    assert own.looks == 3
    for period in queries.period_list(desk.user, desk.now):
        assert replace(period.figures, media_files=own.media_files) == own
        assert (period.shown_ms, period.worked_s) == (1200, 179)
    assert queries.hv_of_case(desk.access).per_1000 == "0.0"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE welfare_exposure SET what = 'page'")
    with pytest.raises(UsageError, match="rung"):
        desk.look(1, rung="bigger")


def test_the_worst_lane_cools_down_and_is_no_end(desk: Desk) -> None:
    desk.begin("known-near")
    desk.work(10)
    with pytest.raises(ViewingRefused) as refused:
        services.session_end(desk.actor, session=desk.session)
    assert refused.value.code == "light_lane"
    desk.look(*range(40), rung="full", what="original")
    assert desk.refused() == "on_break"
    with pytest.raises(UsageError, match="cool down"):
        services.session_resume(desk.actor, session=desk.session)
    desk.now += timedelta(minutes=3)
    services.session_resume(desk.actor, session=desk.session)
    services.session_hide(desk.actor, session=desk.session)
    assert (desk.session.hides, desk.refused()) == (1, "on_break")
    services.session_change_lane(desk.actor, session=desk.session, lane="light")
    services.session_end(desk.actor, session=desk.session)
    last = ReviewSession.objects.get()
    assert (last.state, last.end_why) == ("ended", "officer")
    services.session_check_in(desk.actor, session=last, text="I will go for a walk")
    for event in AuditEvent.objects.all():
        assert "walk" not in event.details
    desk.begin("known-near")
    desk.work(10)
    services.session_end(desk.actor, session=desk.session, passes_over_light=True)
    with pytest.raises(UsageError):
        services.session_end(desk.actor, session=last)


def test_another_session_is_no_way_out_of_cooling_down_nor_urgent_looks_a_break(
    desk: Desk,
) -> None:
    desk.begin("known-near")
    desk.work(9)
    desk.look(*range(30), rung="full", what="original")
    services.session_hide(desk.actor, session=desk.session)
    services.session_end(desk.actor, session=desk.session)
    again = desk.begin("known-near")
    assert (again.state, desk.refused(), again.heavy_views) == ("cooling", "on_break", 30)
    desk.now += timedelta(minutes=9)
    desk.look(90, urgent=True)
    desk.now += timedelta(minutes=9)
    standing = queries.standing_get(desk.user, desk.case, now=desk.now)
    assert standing.since_break_s == 9 * 60
    assert SessionSpan.objects.filter(ended_at=None).count() == 0
    services.session_resume(desk.actor, session=desk.session)
    desk.look(*range(40, 49), rung="full", what="original")
    assert desk.refused() == ""
    desk.look(50, rung="full", what="original")
    assert desk.refused() == "on_break"


def test_a_session_left_open_is_no_work_and_ends_with_the_next(
    desk: Desk, make_case: MakeCase
) -> None:
    desk.begin()
    desk.work(5)
    desk.now += timedelta(hours=3)
    assert not services.session_touch(desk.session, desk.now)
    services.session_back(desk.actor, session=desk.session)
    standing = queries.standing_get(desk.user, desk.case, now=desk.now)
    assert (standing.worked_s, standing.since_break_s) == (15 * 60, 0)
    desk.case = make_case("OP-2", desk.user)
    assert desk.refused() == "no_session"
    desk.begin()
    desk.now += timedelta(days=1)
    assert queries.session_open(desk.user.pk) is None
    assert desk.refused() == "no_session"
    desk.begin()
    ends = ReviewSession.objects.order_by("recorded_at").values_list("end_why", flat=True)
    assert list(ends) == ["left", "left", ""]
    assert SessionSpan.objects.filter(ended_at=None).count() == 1


def test_opt_outs_ask_no_reason_and_tell_nobody(desk: Desk) -> None:
    services.opt_outs_set(desk.actor, codes=["known-near", "kind:video"])
    with pytest.raises(UsageError, match="not open to you"):
        desk.begin("known-near")
    desk.begin("videos")
    assert (desk.refused("still"), desk.refused("video")) == ("", "opted_out")
    assert not queries.lane_available(desk.user, "known-near")
    assert queries.lane_available(desk.user, "stills")
    services.opt_outs_set(desk.actor, codes=["kind:sound"])
    assert queries.opt_outs(desk.user.pk) == {"kind:sound"}
    with pytest.raises(UsageError):
        services.opt_outs_set(desk.actor, codes=["everything"])
    for event in AuditEvent.objects.filter(action="welfare.opt_outs_set"):
        assert "known-near" not in event.details + event.reason


def test_who_is_new_has_lower_limits_and_stills_alone(
    make_user: MakeUser, make_case: MakeCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    newcomer = make_user("new.example", Role.GRADER)
    other = Desk(monkeypatch, newcomer, make_case("OP-3", newcomer))
    with pytest.raises(UsageError, match="not open to you"):
        other.begin("videos")
    assert not queries.lane_available(newcomer, "videos")
    session = other.begin()
    assert queries.session_limits(session).stop_s == 7200
    other.now += timedelta(weeks=6)
    assert queries.lane_available(newcomer, "videos")
    assert queries.session_limits(other.begin("videos")).stop_s == 18000


def test_who_works_on_when_a_break_is_due_raises_a_flag_and_begins_on_a_break(desk: Desk) -> None:
    desk.begin()
    desk.work(61)
    services.session_pause(desk.actor, session=desk.session)
    assert list(WelfareFlag.objects.values_list("kind", flat=True)) == ["missed_break"]
    desk.look(1, urgent=True)
    assert SessionSpan.objects.filter(ended_at=None).count() == 0
    again = desk.begin()
    assert (again.state, desk.refused()) == ("paused", "on_break")
    services.session_back(desk.actor, session=desk.session)
    services.session_hide(desk.actor, session=desk.session)
    assert desk.session.state == "paused"


def test_what_is_over_or_not_ones_own_is_refused(desk: Desk) -> None:
    ended = desk.begin()
    services.session_end(desk.actor, session=ended)
    stranger = Actor("user", str(UUID(int=9)), "a stranger")
    for refused in (
        lambda: services.session_hide(desk.actor, session=ended),
        lambda: services.session_hide(stranger, session=ended),
        lambda: services.session_check_in(desk.actor, session=ended, text=" \u200b"),
        lambda: services.settings_change(desk.actor, limit_s=None, idle_s=5),
        lambda: services.outcome_tell(desk.actor, case=desk.case, text=" ", reason="a test"),
        lambda: services.outcome_tell(desk.actor, case=desk.case, text="x" * 501, reason="a test"),
    ):
        with pytest.raises(UsageError):
            refused()
    told = Notice.objects.count()
    services.officers.tell_case_moved(case=desk.case, action="reopen")
    assert Notice.objects.count() == told
    with act(desk.actor, "tests.tasks", reason="a test", case=desk.case) as deed:
        deed.about("case", desk.case.id)
        tasks_done.send(None, case=desk.case)
    text = Notice.objects.order_by("-recorded_at").values_list("text", flat=True)[0]
    assert "led to safeguarding work, all of which is done" in text
