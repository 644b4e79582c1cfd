"""Limits, breaks and looks by the table, with instants that stand still."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from polit.base.errors import UsageError, ViewingRefused
from polit.web.welfare.bars import week_bars
from polit.web.welfare.papers import minutes_text
from polit.web.welfare.queries.team import trend_of
from polit.web.welfare.rules import (
    SESSION_STATES,
    Exposed,
    FlagKind,
    Limits,
    Rung,
    SessionStart,
    SessionState,
    Span,
    Standing,
    What,
    breaks_taken,
    can_end,
    can_resume,
    can_view,
    check_may_view,
    check_start,
    current_policy,
    day_begin,
    full_size,
    is_repeat,
    limits_of,
    run_s,
    since_break_s,
    view_refusal,
    worked_s,
)

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
LIMITS = Limits(warn_s=14400, stop_s=18000, break_after_s=3000, break_s=600, light_s=600)
FREE = Standing(SessionState.WORKING, NOW, LIMITS)
POLICY = current_policy()


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def spans(*pairs: tuple[float, float, str]) -> list[Span]:
    return [Span(at(begin), at(end), lane) for begin, end, lane in pairs]


@pytest.mark.parametrize(
    ("changed", "code", "urgent_code"),
    [
        ({}, "", ""),
        ({"state": None}, "no_session", "no_session"),
        ({"state": SessionState.ENDED}, "no_session", "no_session"),
        ({"state": SessionState.PAUSED}, "on_break", ""),
        ({"state": SessionState.COOLING}, "on_break", ""),
        ({"is_consent_current": False}, "stale_consent", "stale_consent"),
        ({"is_available": False}, "opted_out", "opted_out"),
        ({"is_in_lane": False}, "opted_out", ""),
        ({"since_break_s": 2999}, "", ""),
        ({"since_break_s": 3000}, "on_break", ""),
        ({"since_break_s": 2990, "as_of": at(-0.2)}, "on_break", ""),
        ({"cool_until": at(0.1)}, "on_break", ""),
        ({"cool_until": NOW}, "", ""),
        ({"worked_s": 17999}, "", ""),
        ({"worked_s": 18000}, "limit", ""),
        ({"worked_s": 17990, "as_of": at(-0.2)}, "limit", ""),
        ({"worked_s": 18000, "has_override": True}, "", ""),
        ({"worked_s": 17399, "is_worst_lane": True}, "", ""),
        ({"worked_s": 17400, "is_worst_lane": True}, "limit", ""),
    ],
)
def test_a_look_is_refused_with_its_code(
    changed: dict[str, object], code: str, urgent_code: str
) -> None:
    standing = replace(FREE, **changed)  # type: ignore[arg-type]  # fields by their names
    assert view_refusal(standing, NOW) == code
    assert can_view(standing, NOW) is (code == "")
    if urgent_code:
        with pytest.raises(ViewingRefused) as refused:
            check_may_view(standing, NOW, is_urgent=True)
        assert refused.value.code == urgent_code
    else:
        check_may_view(standing, NOW, is_urgent=True)


def test_the_hard_refusals_come_before_the_soft_in_every_combination() -> None:
    order = ("no_session", "stale_consent", "opted_out", "on_break", "limit")
    for states in product((False, True), repeat=5):
        gone, stale, opted, tired, over = states
        standing = replace(
            FREE,
            state=None if gone else SessionState.WORKING,
            is_consent_current=not stale,
            is_available=not opted,
            since_break_s=3000 if tired else 0,
            worked_s=18000 if over else 0,
        )
        expected = next((code for code, on in zip(order, states, strict=True) if on), "")
        assert view_refusal(standing, NOW) == expected


def test_who_may_go_on_and_who_may_end() -> None:
    assert can_resume(FREE, NOW)
    assert not can_resume(replace(FREE, since_break_s=3000), NOW)
    assert not can_resume(replace(FREE, cool_until=at(1)), NOW)
    assert can_resume(replace(FREE, cool_until=at(-1)), NOW)
    assert can_end(replace(FREE, worst_s=900))
    assert can_end(replace(FREE, is_worst_lane=True, worst_s=599))
    assert not can_end(replace(FREE, is_worst_lane=True, worst_s=600))


def test_a_session_leads_to_its_end_and_from_there_nowhere() -> None:
    assert SESSION_STATES.final_states == ("ended",)
    assert {SessionState(each).label for each in SESSION_STATES.states} == {
        "At work", "On a break", "Cooling down", "Ended",
    }  # fmt: skip
    assert all(kind.label for kind in FlagKind)


def test_work_and_breaks_follow_from_the_stretches_of_work() -> None:
    assert (worked_s([], NOW, at(9)), since_break_s([], NOW, break_s=600)) == (0, 0)
    day = spans((-70, -40, "a"), (-35, -20, "b"), (-10, 0, "a"))
    assert worked_s(day, at(-60), at(-5)) == (20 + 15 + 5) * 60
    assert since_break_s(day, NOW, break_s=600) == 10 * 60
    assert since_break_s(day, NOW, break_s=601) == 55 * 60
    assert since_break_s(day, at(10), break_s=600) == 0
    assert since_break_s(day, at(9.9), break_s=600) == 10 * 60
    assert (breaks_taken(day, break_s=600), breaks_taken(day, break_s=300)) == (1, 2)
    assert run_s(day, frozenset({"a"})) == 10 * 60
    assert run_s(day, frozenset({"a", "b"})) == 55 * 60
    assert run_s(day, frozenset({"b"})) == 0


def test_a_day_begins_by_the_clocks_of_the_force() -> None:
    london = ZoneInfo("Europe/London")
    just_after = datetime(2026, 6, 1, 23, 30, tzinfo=UTC)
    assert day_begin(just_after, london) == datetime(2026, 6, 1, 23, 0, tzinfo=UTC)
    clocks_go_back = datetime(2026, 10, 25, 12, 0, tzinfo=UTC)
    assert day_begin(clocks_go_back, london) == datetime(2026, 10, 24, 23, 0, tzinfo=UTC)


def test_a_limit_of_ones_own_is_lower_and_never_higher() -> None:
    assert limits_of(POLICY, personal_s=None, is_new=False) == LIMITS
    assert limits_of(POLICY, personal_s=99_999, is_new=False) == LIMITS
    own = limits_of(POLICY, personal_s=300, is_new=False)
    assert (own.stop_s, own.warn_s, own.light_s) == (300, 300, 300)
    assert limits_of(POLICY, personal_s=-5, is_new=False).stop_s == 0
    new = limits_of(POLICY, personal_s=None, is_new=True)
    assert (new.warn_s, new.stop_s) == (5400, 7200)


@pytest.mark.parametrize(
    ("changed", "is_new", "opted", "words"),
    [
        ({}, False, frozenset(), ""),
        ({}, True, frozenset(), ""),
        ({"consent_version": 9}, False, frozenset(), "words of consent"),
        ({"lane": "nowhere"}, False, frozenset(), "lane from the list"),
        ({"lane": "videos"}, True, frozenset(), "not open to you"),
        ({}, False, frozenset({"stills"}), "not open to you"),
        ({}, False, frozenset({"videos", "kind:sound"}), ""),
        ({"idle_s": 29}, False, frozenset(), "30 to 600 seconds"),
        ({"idle_s": 601}, False, frozenset(), "30 to 600 seconds"),
        ({"idle_s": 600}, False, frozenset(), ""),
    ],
)
def test_a_session_begins_as_policy_allows(
    changed: dict[str, object],
    is_new: bool,
    opted: frozenset[str],
    words: str,
) -> None:
    start = replace(SessionStart("stills", "grading", None, None, 1), **changed)  # type: ignore[arg-type]  # fields by their names
    if not words:
        check_start(start, POLICY, is_new=is_new, opted=opted)
        return
    with pytest.raises(UsageError, match=words):
        check_start(start, POLICY, is_new=is_new, opted=opted)


def test_policy_is_data_that_holds_together() -> None:
    assert POLICY.name == "england-wales-1"
    assert POLICY.light_lane.in_induction
    assert not any(each.is_worst and each.is_light for each in POLICY.lanes)
    assert not any(each.is_worst and each.in_induction for each in POLICY.lanes)
    assert POLICY.warn_s < POLICY.stop_s
    assert POLICY.idle_least_s <= POLICY.idle_s <= POLICY.idle_most_s
    words = " ".join(POLICY.consent.words)
    assert "protects you" not in words
    assert "disclosable in proceedings" in words


def test_a_repeat_shows_as_much_again_in_another_look() -> None:
    seen = [Exposed("still", Rung.COLOUR_160, at(-2)), Exposed("sound", Rung.NONE, at(-0.5))]

    def repeats(group: str, rung: Rung) -> bool:
        return is_repeat(seen, group=group, rung=rung, now=NOW, same_s=60)

    assert repeats("still", Rung.GREY_160)
    assert repeats("still", Rung.COLOUR_160)
    assert not repeats("still", Rung.FULL_GREY)
    assert not repeats("moving", Rung.GREY_160)
    assert not repeats("sound", Rung.NONE)
    assert not is_repeat([], group="still", rung=Rung.FULL, now=NOW, same_s=60)


def test_rungs_and_groups_have_their_names() -> None:
    slugs = [rung.slug for rung in Rung]
    assert slugs == ["", "grey160", "colour160", "full_grey", "full"]
    assert [Rung.named(slug) for slug in slugs] == list(Rung)
    assert [full_size(rung) for rung in Rung] == [False, False, False, True, True]
    assert len({rung.label for rung in Rung}) == 5
    assert {what.value: what.group for what in What} == {
        "page": "still", "original": "still", "story": "moving", "frames": "moving",
        "sound": "sound", "text": "text",
    }  # fmt: skip
    with pytest.raises(UsageError):
        Rung.named("huge")


def test_bars_lengths_and_trends() -> None:
    bars = week_bars([(NOW, 0), (NOW, 1), (NOW, 200)])
    assert [bar.height for bar in bars] == [0, 1, 80]
    assert week_bars([]) == []
    assert week_bars([(NOW, 0)])[0].height == 0
    lengths = [minutes_text(each) for each in (0, 1, 3599, 3600, 7260)]
    assert lengths == ["0 min", "1 min", "1 h 00 min", "1 h 00 min", "2 h 01 min"]
    trends = [trend_of(*pair) for pair in ((0, 0), (2, 2), (3, 1), (1, 3))]
    assert len(set(trends)) == 4
