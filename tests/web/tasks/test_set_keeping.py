"""What the worker does with hash sets: orders step by step, acts until the store agrees."""

import json
from uuid import uuid4

import pytest
from django_tasks_db.models import DBTaskResult
from web.told_sets import ToldBroker, told_set

from polit.base.errors import BrokerRefused, UsageError
from polit.broker.client import (
    Code,
    ErrandState,
    ErrandStatus,
    SetActOrder,
    SetImportOrder,
    StoreAct,
)
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.hashsets.models import HashSet, OrderProgress, SetDeed, SetOrder
from polit.web.hashsets.rules import SentFile, SetAct, SetStatus, SetTerms
from polit.web.hashsets.services import (
    hash_set_switch,
    hash_sets_copy,
    import_order,
    order_act,
    update_order,
    verify_order,
)
from polit.web.tasks.rules import MAX_ATTEMPTS
from polit.web.tasks.set_keeping import (
    Copying,
    ask_again_for_switches,
    fail_given_up_orders,
    order_advance,
    set_switch,
)

TERMS = SetTerms("Known files", SetStatus.KNOWN_GOOD, provider="A. Provider")
SENT = SentFile(str(uuid4()), "list.txt", 2_600, "0" * 64)
KEEPER = frozenset({Role.EXAMINER})


@pytest.fixture
def store() -> ToldBroker:
    return ToldBroker()


def an_import() -> SetOrder:
    return import_order(SYSTEM, reason="a test", terms=TERMS, sent=SENT)


def advance(order: SetOrder, store: ToldBroker) -> float | None:
    turn = OrderProgress.objects.get(pk=order.pk).turn
    again_s = order_advance(order.id, turn, broker=store, actor=SYSTEM)
    order.refresh_from_db()
    return again_s


def stands(store: ToldBroker, order: SetOrder, state: ErrandState, **more: object) -> None:
    errand_id = str(order.errand_id)
    store.errands[errand_id] = ErrandStatus(errand_id, state, **more)  # type: ignore[arg-type]


def a_set(store: ToldBroker, **changes: object) -> HashSet:
    facts = told_set(**changes)
    store.put(facts)
    hash_sets_copy(store.hashset_list())
    return HashSet.objects.get(pk=facts.sha256)


def switch(found: HashSet, wanted: SetAct) -> SetDeed:
    return hash_set_switch(SYSTEM, reason="a test", hash_set=found, wanted=wanted)


def test_an_order_and_its_task_are_kept_together(store: ToldBroker) -> None:
    order = an_import()
    (row,) = DBTaskResult.objects.all()
    assert row.args_kwargs["args"] == [str(order.id), 1]
    assert advance(order, store) is not None
    asked = next(each for each in store.asked if isinstance(each, SetImportOrder))
    assert (asked.upload_id, asked.name, asked.imported_by) == (
        SENT.upload_id, "Known files", SYSTEM.name,
    )  # fmt: skip
    assert order.state == "queued"


def test_an_import_ends_with_its_set_in_the_list(store: ToldBroker) -> None:
    order = an_import()
    advance(order, store)
    stands(store, order, ErrandState.RUNNING, phase="sorting", done=7, total=9)
    advance(order, store)
    told = OrderProgress.objects.get(pk=order.pk)
    assert (order.state, told.phase, told.done, told.total) == ("running", "sorting", 7, 9)
    facts = told_set()
    store.put(facts)
    result = json.dumps({"schema_version": 1, "sets": [{"sha256": facts.sha256}]})
    stands(store, order, ErrandState.DONE, result=result)
    assert advance(order, store) is None
    assert (order.state, order.set_sha256) == ("done", facts.sha256)
    assert HashSet.objects.get().name == "Known files"
    assert advance(order, store) is None


def test_a_step_that_was_lost_is_taken_again(store: ToldBroker) -> None:
    order = an_import()
    stands(store, order, ErrandState.DONE)
    assert advance(order, store) is None
    assert order.state == "done"


@pytest.mark.parametrize("trouble", ["gone", "busy"])
def test_a_broker_that_cannot_now_is_asked_again(store: ToldBroker, trouble: str) -> None:
    order = an_import()
    store.is_gone, store.refuses = trouble == "gone", Code.BUSY if trouble == "busy" else ""
    assert advance(order, store) == 60
    assert order.state == "asked"
    assert "asked again" in OrderProgress.objects.get(pk=order.pk).phase


def test_what_is_refused_fails_with_its_reason_and_can_be_tried_again(store: ToldBroker) -> None:
    order = an_import()
    store.refuses = Code.NO_UPLOAD
    assert advance(order, store) is None
    assert (order.state, order.message) == ("failed", "refused")
    before = order.errand_id
    order_act(SYSTEM, reason="a test", order=order, action="retry", roles=KEEPER)
    order.refresh_from_db()
    assert (order.state, order.errand_id != before) == ("asked", True)


def test_stopping_is_asked_for_until_it_has_ended(store: ToldBroker) -> None:
    order = an_import()
    advance(order, store)
    stands(store, order, ErrandState.RUNNING)
    order_act(SYSTEM, reason="a test", order=order, action="stop", roles=KEEPER)
    advance(order, store)
    assert order.state == "cancelled"


def test_what_was_cancelled_while_it_was_ordered_is_called_off(store: ToldBroker) -> None:
    order = an_import()
    stands(store, order, ErrandState.QUEUED)
    order_act(SYSTEM, reason="a test", order=order, action="cancel", roles=KEEPER)
    assert advance(order, store) is None
    assert store.errands[str(order.errand_id)].state is ErrandState.CANCELLED
    assert order.state == "cancelled"


def test_a_task_of_an_earlier_turn_does_nothing(store: ToldBroker) -> None:
    order = an_import()
    assert order_advance(order.id, 0, broker=store, actor=SYSTEM) is None
    assert store.asked == []


def test_a_verification_says_what_it_found(store: ToldBroker) -> None:
    found = a_set(store)
    for holds, state, said in (
        (True, ErrandState.DONE, "Everything holds: 3 files compared"),
        (False, ErrandState.FAILED, "It does not hold:\nsha256.keys differs"),
    ):
        order = verify_order(SYSTEM, reason="a test", hash_set=found)
        findings = [] if holds else ["sha256.keys differs"]
        sets = [{"sha256": found.sha256, "parts": 3, "keys": {"sha256": 1}, "findings": findings}]
        result = json.dumps({"holds": holds, "sets": sets})
        stands(store, order, state, result=result)
        advance(order, store)
        assert (order.state, order.message) == (state.value, said)


def test_an_update_says_how_many_sets_it_brought(store: ToldBroker) -> None:
    order = update_order(SYSTEM, reason="a test", place="incoming/u")
    result = {"issued_at": "2026-11-01", "imported": [{}, {}], "present": [{}], "removed": []}
    stands(store, order, ErrandState.DONE, result=json.dumps(result))
    advance(order, store)
    assert order.message == "Issued 2026-11-01: 2 imported, 1 were there, 0 removed"


@pytest.mark.parametrize("result", ["no json", "[]", '{"sets": 7}', '{"sets":[{"sha256":7}]}'])
def test_a_result_of_another_form_costs_nothing(store: ToldBroker, result: str) -> None:
    order = an_import()
    stands(store, order, ErrandState.DONE, result=result)
    advance(order, store)
    assert (order.state, order.set_sha256) == ("done", "")


def test_an_act_is_told_until_the_store_agrees(store: ToldBroker) -> None:
    found = a_set(store)
    deed = switch(found, SetAct.DISABLE)
    assert DBTaskResult.objects.get().args_kwargs["args"] == [found.sha256]
    store.is_gone = True
    assert set_switch(found.sha256, broker=store) == 60
    store.is_gone, store.refuses = False, Code.DAMAGED
    assert set_switch(found.sha256, broker=store) == 60
    found.refresh_from_db()
    assert (found.is_enabled, found.wanted) == (True, "disable")
    store.refuses = ""
    assert set_switch(found.sha256, broker=store) is None
    found.refresh_from_db()
    assert (found.is_enabled, found.wanted) == (False, "")
    order = next(each for each in store.asked if isinstance(each, SetActOrder))
    assert (order.act, order.by) == (StoreAct.DISABLE, f"{SYSTEM.name} (act {deed.id})")
    asked = len(store.asked)
    assert set_switch(found.sha256, broker=store) is None
    assert len(store.asked) == asked


def test_a_set_that_is_gone_needs_no_removing(store: ToldBroker) -> None:
    found = a_set(store)
    switch(found, SetAct.REMOVE)
    store.sets.clear()
    assert set_switch(found.sha256, broker=store) is None
    found.refresh_from_db()
    assert (found.is_gone, found.wanted) == (True, "")
    with pytest.raises(UsageError, match="removed"):
        switch(found, SetAct.ENABLE)


def test_a_set_that_was_removed_and_imported_again_is_there_again(store: ToldBroker) -> None:
    found = a_set(store)
    hash_sets_copy(())
    a_set(store)
    found.refresh_from_db()
    assert not found.is_gone


def test_a_wish_outlives_what_the_store_tells_meanwhile(store: ToldBroker) -> None:
    found = a_set(store)
    switch(found, SetAct.DISABLE)
    hash_sets_copy(store.hashset_list())
    found.refresh_from_db()
    assert found.wanted == "disable"


def test_a_damaged_store_lets_go_of_the_damaged_set_and_of_what_ended(
    store: ToldBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, order = a_set(store), an_import()
    stands(store, order, ErrandState.DONE)

    def damaged(_: object) -> None:
        raise BrokerRefused(Code.DAMAGED, "a set is damaged")

    with monkeypatch.context() as patch:
        patch.setattr(ToldBroker, "hashset_list", damaged)
        patch.setattr(ToldBroker, "hashset_switch", lambda _broker, _order: damaged(None))
        switch(found, SetAct.DISABLE)
        assert set_switch(found.sha256, broker=store) == 60
        assert advance(order, store) is None
        assert order.state == "done"
    found.refresh_from_db()
    switch(found, SetAct.REMOVE)
    assert set_switch(found.sha256, broker=store) is None
    found.refresh_from_db()
    assert found.is_gone


def test_an_act_whose_task_was_given_up_is_asked_for_again(store: ToldBroker) -> None:
    found = a_set(store)
    switch(found, SetAct.DISABLE)
    assert ask_again_for_switches() == 0
    DBTaskResult.objects.update(status="FAILED", worker_ids=["w"] * MAX_ATTEMPTS)

    assert (ask_again_for_switches(), ask_again_for_switches()) == (1, 0)

    assert DBTaskResult.objects.filter(status="READY").count() == 1


def test_only_an_act_that_changes_something_is_one(store: ToldBroker) -> None:
    with pytest.raises(UsageError, match="already"):
        switch(a_set(store), SetAct.ENABLE)
    assert not SetDeed.objects.exists()


def test_orders_whose_task_was_given_up_are_failed() -> None:
    order = an_import()
    assert fail_given_up_orders(SYSTEM) == 0
    DBTaskResult.objects.update(status="FAILED", worker_ids=["w"] * MAX_ATTEMPTS)
    assert fail_given_up_orders(SYSTEM) == 1
    order.refresh_from_db()
    assert (order.state, "gave up" in order.message) == ("failed", True)
    assert fail_given_up_orders(SYSTEM) == 0


def test_the_store_is_copied_once_a_minute(
    store: ToldBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 1_000.0
    monkeypatch.setattr("polit.web.tasks.set_keeping.monotonic_s", lambda: now_s)
    copying = Copying()
    store.put(told_set())
    assert copying.copy(store)
    assert not copying.copy(store)
    now_s += 61
    store.is_gone = True
    assert not copying.copy(store)
    assert HashSet.objects.get().is_enabled
