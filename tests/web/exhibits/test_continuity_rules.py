"""Continuity's rules by themselves: what may follow what, and what each kind must say."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from web.exhibits.custody_stories import EXAMINER, OFFICER, SUPERVISOR, after, happening

from polit.base.errors import AuthorityError, UsageError
from polit.web.core.rules import Role
from polit.web.exhibits.continuity import (
    PARTS,
    Part,
    SealFound,
    Standing,
    check_custody_role,
    check_not_overtaken,
    follow,
    is_late,
    split,
)
from polit.web.exhibits.corrections import Corrected, Correction, Field, correct
from polit.web.exhibits.rules import CUSTODY, CUSTODY_ROLES, EventKind, Person, State

HELD = Standing(1, after(0), State.HELD, OFFICER.text, "")
SEALED = replace(HELD, seal="S-1")
NOW = after(100)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("kind", PARTS)
def test_only_what_the_table_allows_follows(state: State, kind: EventKind) -> None:
    standing = replace(HELD, state=state)
    if kind in {EventKind.CHANGE_SEAL, EventKind.OPEN_SEAL}:
        standing = replace(standing, seal="S-1")
    steps = [
        each
        for each in CUSTODY.transitions
        if each.action == kind and state.value in each.from_states
    ]
    story = happening(kind, seal="S-1")

    if not steps:
        with pytest.raises(UsageError, match="cannot"):
            follow(standing, story, roles=SUPERVISOR, now=NOW)
        return
    came = follow(standing, story, roles=SUPERVISOR, now=NOW)
    assert (came.number, came.state, came.occurred_at) == (2, State(steps[0].to), after(1))


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", PARTS)
def test_who_may(role: Role, kind: EventKind) -> None:
    is_sealed = kind in {EventKind.CHANGE_SEAL, EventKind.OPEN_SEAL}
    standing = SEALED if is_sealed else HELD
    if kind is EventKind.TAKE_OUT:
        standing = replace(standing, state=State.IN_STORE)
    if kind is EventKind.END_EXAMINATION:
        standing = replace(standing, state=State.IN_EXAMINATION)
    final = {EventKind.FORFEIT, EventKind.DISPOSE}
    allowed = {Role.SUPERVISOR} if kind in final else CUSTODY_ROLES

    def act() -> Standing:
        return follow(standing, happening(kind, seal="S-1"), roles=frozenset({role}), now=NOW)

    if role in allowed:
        assert act().number == 2
    else:
        with pytest.raises(AuthorityError):
            act()


@pytest.mark.parametrize("kind", PARTS)
def test_each_part_that_a_kind_asks_for_is_missed(kind: EventKind) -> None:
    empty: dict[Part, dict[str, Any]] = {
        Part.TAKER: {"taker": None},
        Part.SIGNATURES: {"signatures": type(happening(kind).signatures)()},
        Part.OLD_SEAL: {"old_seal": ""},
        Part.NEW_SEAL: {"new_seal": ""},
        Part.SEAL_FOUND: {"seal_found": SealFound.NOT_LOOKED},
        Part.DOCUMENT: {"document": ""},
        Part.COPY: {"copy": type(happening(kind).copy)()},
    }
    state = {EventKind.TAKE_OUT: State.IN_STORE, EventKind.END_EXAMINATION: State.IN_EXAMINATION}
    standing = replace(HELD, state=state.get(kind, State.HELD))
    for part in PARTS[kind]:
        with pytest.raises(UsageError, match=part.value.replace("_", " ")):
            follow(standing, happening(kind, seal="S-1", **empty[part]), roles=SUPERVISOR, now=NOW)


OPENED = happening(EventKind.OPEN_SEAL, seal="S-2")
REFUSED: dict[str, tuple[Standing, Callable[[], object], str]] = {
    "future": (HELD, lambda: happening(EventKind.SEAL, 101), "not come yet"),
    "before the last": (
        replace(HELD, occurred_at=after(2)),
        lambda: happening(EventKind.SEAL, 1),
        "event 1 happened after that",
    ),
    "no place": (HELD, lambda: replace(happening(EventKind.SEAL), place=" "), "where"),
    "surplus": (HELD, lambda: happening(EventKind.SEAL, document="D-1"), "does not go with"),
    "sealed already": (SEALED, lambda: happening(EventKind.SEAL), "change or open"),
    "copied while sealed": (SEALED, lambda: happening(EventKind.COPY), "open seal S-1 first"),
    "another old seal": (
        SEALED,
        lambda: happening(EventKind.OPEN_SEAL, seal="S-2"),
        "has seal S-1",
    ),
    "no old seal": (HELD, lambda: happening(EventKind.OPEN_SEAL, seal="S-2"), "has no seal"),
    "same seal again": (
        SEALED,
        lambda: happening(EventKind.CHANGE_SEAL, seal="S-1", new_seal="S-1"),
        "it is the old one",
    ),
    "seal nobody can print": (
        HELD,
        lambda: happening(EventKind.SEAL, new_seal="S\u202e1"),
        "cannot be printed",
    ),
    "damage without a note": (
        SEALED,
        lambda: happening(EventKind.OPEN_SEAL, seal="S-1", seal_found=SealFound.DAMAGED),
        "how the seal was damaged",
    ),
    "to who has it": (HELD, lambda: happening(EventKind.HAND_OVER, taker=OFFICER), "already"),
    "to a name nobody can print": (
        HELD,
        lambda: happening(EventKind.HAND_OVER, taker=Person("A\nB")),
        "cannot be printed",
    ),
    "a correction": (HELD, lambda: happening(EventKind.CORRECT), "recorded by itself"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    standing, story, words = REFUSED[name]
    with pytest.raises(UsageError, match=words):
        follow(standing, story(), roles=SUPERVISOR, now=NOW)  # type: ignore[arg-type]


def test_damaged_seal_with_a_note_is_recorded_and_opened() -> None:
    story = happening(
        EventKind.OPEN_SEAL, seal="S-1", seal_found=SealFound.DAMAGED, note="Torn at a corner"
    )
    assert follow(SEALED, story, roles=EXAMINER, now=NOW).seal == ""


def test_handover_leaves_the_exhibit_with_the_taker_and_its_seal_on() -> None:
    came = follow(SEALED, happening(EventKind.HAND_OVER), roles=EXAMINER, now=NOW)
    assert (came.holder, came.seal, came.state) == ("B. Example (5678)", "S-1", State.HELD)


def test_split_part_is_where_its_parent_is() -> None:
    at_laboratory = replace(HELD, state=State.IN_LABORATORY_EXAMINATION)
    assert split(at_laboratory, after(1), "S-2").state is State.AT_LABORATORY
    part = split(replace(HELD, state=State.IN_EXAMINATION), after(1), "")
    assert (part.number, part.state, part.holder) == (1, State.HELD, OFFICER.text)


def test_more_than_a_day_is_late() -> None:
    assert not is_late(after(0), after(24))
    assert is_late(after(0), after(24.01))


def test_overtaken_event_is_refused_with_the_new_state() -> None:
    check_not_overtaken(SEALED, 1)
    with pytest.raises(UsageError, match=r"with an officer \(A. Example \(1234\)\), sealed S-1"):
        check_not_overtaken(SEALED, 0)
    with pytest.raises(UsageError, match="not sealed"):
        check_not_overtaken(HELD, 0)


@pytest.mark.parametrize("role", Role)
def test_who_may_correct(role: Role) -> None:
    if role in CUSTODY_ROLES:
        check_custody_role(frozenset({role}))
        return
    with pytest.raises(AuthorityError):
        check_custody_role(frozenset({role}))


LATEST = Corrected(EventKind.HAND_OVER, not_before=after(0), not_after=NOW, stands=True)
EARLIER = replace(LATEST, not_after=after(3), stands=False)
SEALING = replace(LATEST, kind=EventKind.SEAL)


def test_correction_of_what_still_stands_changes_what_the_next_event_goes_on_from() -> None:
    assert correct(SEALED, LATEST, Correction(1, Field.HOLDER, "C. Example")).holder == "C. Example"
    assert correct(SEALED, SEALING, Correction(1, Field.SEAL, "S-9")).seal == "S-9"
    timed = Correction(1, Field.OCCURRED_AT, "earlier", after(0.5))
    assert correct(SEALED, LATEST, timed).occurred_at == after(0.5)


def test_correction_of_what_was_set_anew_is_a_statement_beside() -> None:
    beside = replace(SEALED, number=2)
    assert correct(SEALED, EARLIER, Correction(1, Field.HOLDER, "C. Example")) == beside
    assert correct(SEALED, EARLIER, Correction(1, Field.NOTE, "It was raining")) == beside
    timed = Correction(1, Field.OCCURRED_AT, "later", after(2))
    assert correct(SEALED, EARLIER, timed) == beside
    first = replace(LATEST, not_before=None)
    assert correct(SEALED, first, replace(timed, occurred_at=after(-5))).occurred_at == after(-5)


WRONG_CORRECTIONS: dict[str, tuple[Standing, Corrected, Correction, str]] = {
    "of a correction": (
        SEALED,
        replace(LATEST, kind=EventKind.CORRECT),
        Correction(1, Field.NOTE, "x"),
        "once more",
    ),
    "empty": (SEALED, LATEST, Correction(1, Field.NOTE, " "), "say what is right"),
    "without its time": (SEALED, LATEST, Correction(1, Field.OCCURRED_AT, "x"), "date and time"),
    "before the one before": (
        SEALED,
        LATEST,
        Correction(1, Field.OCCURRED_AT, "x", after(-1)),
        "before it happened after",
    ),
    "after the one after": (
        SEALED,
        EARLIER,
        Correction(1, Field.OCCURRED_AT, "x", after(4)),
        "after it happened before",
    ),
    "holder of a sealing": (SEALED, SEALING, Correction(1, Field.HOLDER, "x"), "says nothing"),
    "seal of a handover": (SEALED, LATEST, Correction(1, Field.SEAL, "x"), "says nothing"),
    "name nobody can print": (SEALED, LATEST, Correction(1, Field.HOLDER, "a\u200fb"), "printed"),
    "seal that is off": (HELD, SEALING, Correction(1, Field.SEAL, "S-9"), "has no seal"),
}


@pytest.mark.parametrize("name", WRONG_CORRECTIONS)
def test_wrong_correction_is_refused(name: str) -> None:
    standing, around, correction, words = WRONG_CORRECTIONS[name]
    with pytest.raises(UsageError, match=words):
        correct(standing, around, correction)


def test_every_kind_field_and_finding_has_words() -> None:
    assert all(each.label for each in (*EventKind, *State, *Field, *SealFound))
    assert all(state.tone for state in State)
