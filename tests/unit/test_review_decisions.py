"""What a row of decisions comes to, without a database."""

import random
from uuid import UUID, uuid4

import pytest

from polit.base.errors import DecisionRefused
from polit.web.cases.rules import CaseStatus
from polit.web.grading.rules import (
    GRADING_STATES,
    BatchStep,
    Change,
    DecisionKind,
    ProposalState,
    Rung,
    Step,
    Values,
    batch_to_redo,
    batch_to_undo,
    check_change,
    check_not_frozen,
    check_places,
    is_agreed,
    state_of,
    values_of,
)
from polit.web.items.rules import ItemState

A, B = "s/1/A", "s/1/B"
GRADE, UNDO, REDO, SETTLE = (
    DecisionKind.GRADE, DecisionKind.UNDO, DecisionKind.REDO, DecisionKind.SETTLE,
)  # fmt: skip


def step(by: str, code: str | None, kind: DecisionKind = GRADE, **change: object) -> Step:
    return Step(uuid4(), kind, by, Change(code, **change))  # type: ignore[arg-type]  # named


def undo(of: Step, kind: DecisionKind = UNDO) -> Step:
    return Step(uuid4(), kind, of.by, Change(), of.batch)


@pytest.mark.parametrize(
    ("history", "state", "code"),
    [
        ([], ItemState.PENDING, ""),
        ([step("x", A)], ItemState.GRADED, A),
        ([step("x", A), step("x", "")], ItemState.PENDING, ""),
        ([step("x", A), step("y", B)], ItemState.DISPUTED, B),
        ([step("x", A), step("y", B), step("x", B)], ItemState.GRADED, B),
        ([step("x", A), step("y", B), step("z", A, SETTLE)], ItemState.GRADED, A),
        ([step("x", A), step("y", B), step("z", A, SETTLE), step("y", B)], ItemState.DISPUTED, B),
        ([step("x", None, unsure=True)], ItemState.UNSURE, ""),
        ([step("x", None, unsure=True), step("y", A)], ItemState.GRADED, A),
        ([step("x", A), step("y", None, unsure=True)], ItemState.UNSURE, A),
        ([step("x", A), step("y", None, flags_set=1)], ItemState.GRADED, A),
    ],
)
def test_history_comes_to_a_state(history: list[Step], state: ItemState, code: str) -> None:
    values = values_of(history)

    assert state_of(values, is_settled=False, is_proposed=False) is state
    assert values.code == code


def test_decisions_lead_nowhere_that_the_drawn_states_do_not() -> None:
    drawn = {(start, each.to) for each in GRADING_STATES.transitions for start in each.from_states}
    drawn.add(("pending", "pending"))
    dice = random.Random(9)
    for _walk in range(300):
        history: list[Step] = []
        before = "pending"
        for _turn in range(6):
            by = dice.choice("xyz")
            code = dice.choice([A, B, ""])
            history.append(step(by, None, unsure=True) if dice.random() < 0.2 else step(by, code))
            state = state_of(values_of(history), is_settled=False, is_proposed=False)
            after = state.name.lower()
            assert before == after or (before, after) in drawn, (before, after)
            before = after


def test_undone_batch_counts_for_nothing_until_it_is_redone() -> None:
    first, second = step("x", A, flags_set=3, tags=("t",)), step("y", B, flags_clear=1)
    taken = undo(first)

    assert values_of([first, second]).flags == 2
    assert values_of([first, second, taken]).votes == {"y": B}
    assert values_of([first, second, taken]).tags == ()
    assert values_of([first, second, taken, undo(first, REDO)]) == values_of([first, second])


@pytest.mark.parametrize(
    ("is_settled", "is_proposed", "state"),
    [(False, False, ItemState.PENDING), (True, False, ItemState.SETTLED),
     (False, True, ItemState.PROPOSED), (True, True, ItemState.PROPOSED)],
)  # fmt: skip
def test_undecided_item_stands_as_before(
    is_settled: bool, is_proposed: bool, state: ItemState
) -> None:
    assert state_of(Values(), is_settled=is_settled, is_proposed=is_proposed) is state


def moves(text: str) -> tuple[UUID | None, UUID | None, list[UUID]]:
    """Walk ``d`` decide, ``u`` undo, ``r`` redo; return what may be undone and redone next."""
    made: list[UUID] = []
    done: list[UUID] = []
    undone: list[UUID] = []
    steps: list[BatchStep] = []
    for letter in text:
        batch = uuid4()
        if letter == "d":
            made.append(batch)
            done.append(batch)
            undone.clear()
            steps.insert(0, BatchStep(batch, GRADE))
        elif letter == "u":
            undone.append(done.pop())
            steps.insert(0, BatchStep(batch, UNDO, undone[-1]))
        else:
            done.append(undone.pop())
            steps.insert(0, BatchStep(batch, REDO, done[-1]))
    assert batch_to_undo(steps) == (done[-1] if done else None)
    assert batch_to_redo(steps) == (undone[-1] if undone else None)
    return batch_to_undo(steps), batch_to_redo(steps), made


def test_undo_and_redo_are_two_stacks_however_they_are_mixed() -> None:
    for text in ("", "d", "du", "dur", "ddu", "dduu", "dduur", "dduurr", "duddu", "dudurur",
                 "ddduurduurr", "dduudu", "ddurudur"):  # fmt: skip
        moves(text)


@pytest.mark.parametrize(
    ("change", "note", "code"),
    [(Change(), "", "nothing"), (Change(flags_set=1, flags_clear=1), "", "bad_flags"),
     (Change(A), "x" * 2_001, "bad_note"), (Change(A, tags=("x" * 41,)), "", "bad_tag"),
     (Change(tags=("\u202ex",)), "", "bad_tag"), (Change(tags=("-",)), "", "bad_tag"),
     (Change(tags=("a",) * 21), "", "bad_tag"), (Change(), "\u200b", "nothing")],
)  # fmt: skip
def test_decision_that_cannot_be_kept_is_refused(change: Change, note: str, code: str) -> None:
    with pytest.raises(DecisionRefused) as error:
        check_change(change, note)
    assert error.value.code == code


def test_large_batch_is_shown_first_and_none_is_boundless() -> None:
    check_places(50, was_shown=False)
    check_places(2_000, was_shown=True)
    for count, was_shown, code in ((51, False, "batch_unseen"), (0, True, "too_many"),
                                   (2_001, True, "too_many")):  # fmt: skip
        with pytest.raises(DecisionRefused) as error:
            check_places(count, was_shown=was_shown)
        assert error.value.code == code


def test_only_a_case_at_work_is_decided_on() -> None:
    for status in CaseStatus:
        if status in {CaseStatus.OPEN, CaseStatus.REOPENED}:
            check_not_frozen(status.value)
        else:
            with pytest.raises(DecisionRefused):
                check_not_frozen(status.value)


def test_three_officers_agree_and_two_do_not() -> None:
    assert is_agreed({"x": A, "y": A, "z": A})
    assert not is_agreed({"x": A, "y": A})
    assert not is_agreed({"x": A, "y": A, "z": B, "w": A})
    assert not is_agreed({"x": A, "y": A, "z": A, "w": ""})


def test_everything_has_words() -> None:
    for each in (*DecisionKind, *Rung, *ProposalState):
        assert each.label
    assert {each.tone for each in ProposalState}
