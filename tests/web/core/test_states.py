"""A table of states answers what may be done, and refuses what it does not name."""

import pytest

from polit.base.errors import AuthorityError, UsageError
from polit.web.core.rules import Role
from polit.web.core.states import StateTable, Transition

DOOR = StateTable(
    "door",
    "shut",
    (
        Transition("open", ("shut",), "ajar", frozenset({Role.EXAMINER})),
        Transition("close", ("ajar",), "shut", frozenset({Role.EXAMINER, Role.SUPERVISOR})),
        Transition("brick_up", ("shut", "ajar"), "wall", frozenset({Role.SUPERVISOR})),
    ),
)


def test_states_are_named_once_and_the_initial_one_first() -> None:
    assert DOOR.states == ("shut", "ajar", "wall")
    assert DOOR.final_states == ("wall",)


def test_only_what_begins_here_and_is_allowed_is_offered() -> None:
    offered = DOOR.offered("shut", frozenset({Role.EXAMINER}))
    assert [each.action for each in offered] == ["open"]
    assert DOOR.offered("wall", frozenset(Role)) == ()


def test_allowed_action_leads_to_its_state() -> None:
    found = DOOR.check_action("brick_up", "ajar", frozenset({Role.SUPERVISOR}))
    assert (found.to, found.label) == ("wall", "Brick up")


def test_action_that_does_not_begin_here_is_refused() -> None:
    with pytest.raises(UsageError):
        DOOR.check_action("open", "ajar", frozenset(Role))
    with pytest.raises(UsageError):
        DOOR.check_action("fly", "shut", frozenset(Role))


def test_action_of_another_role_is_refused() -> None:
    with pytest.raises(AuthorityError):
        DOOR.check_action("open", "shut", frozenset({Role.GRADER}))
