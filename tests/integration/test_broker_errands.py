"""Errands of the broker: queued, run one at a time and held, stopped, begun again after a kill."""

import signal
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import brokers
import msgspec
import pytest

from polit.base.errors import BrokerRefused
from polit.broker.errand_protocol import ErrandState, ErrandStatus
from polit.broker.errand_talk import ErrandLimits, ErrandOrder
from polit.broker.protocol import (
    Code,
)
from polit.broker.server.errand_rows import ErrandRows
from polit.broker.server.errands import Errands
from polit.broker.server.ledger import BrokerLedger


@contextmanager
def working(made: brokers.Broker, consumed: list[str] | None = None) -> Iterator[Errands]:
    ledger = BrokerLedger(made.settings().ledger)
    errands = Errands(made.settings(), ledger)
    if consumed is not None:
        errands.on_done(consumed.append)
    errands.start()
    yield errands
    errands.close()
    ledger.close()


@pytest.fixture
def made(tmp_path: Path) -> brokers.Broker:
    return brokers.installed(tmp_path)


def an_order(*command: str, **changes: object) -> ErrandOrder:
    values: dict[str, object] = {"errand_id": str(uuid.uuid4()), "command": command, **changes}
    return ErrandOrder(**values)  # type: ignore[arg-type]


def ended(errands: Errands, order: ErrandOrder) -> ErrandStatus:
    errands.order(order)
    brokers.wait_for(lambda: errands.status(order.errand_id).state.has_ended)
    return errands.status(order.errand_id)


def test_what_a_command_prints_is_the_result(made: brokers.Broker) -> None:
    consumed: list[str] = []
    with working(made, consumed) as errands:
        status = ended(errands, an_order("--version", upload_id="an upload"))
    assert (status.state, status.exit_code) == (ErrandState.DONE, 0)
    assert status.result.startswith("polit ")
    assert consumed == ["an upload"]
    assert not any((made.settings().ledger / "errands").iterdir())


def test_a_refusal_is_told_without_paths_and_the_upload_stays(made: brokers.Broker) -> None:
    consumed: list[str] = []
    missing = made.data / "nothing.polit"
    order = an_order("verify", str(missing), "--json", reads=(str(missing),), upload_id="kept")
    with working(made, consumed) as errands:
        status = ended(errands, order)
    assert status.state is ErrandState.FAILED
    assert "nothing.polit" in status.message
    assert str(made.data) not in status.message
    assert not consumed


def test_files_that_are_not_named_cannot_be_opened(made: brokers.Broker) -> None:
    held = made.data / "held"
    held.mkdir()
    (held / "manifest.json").write_text("{}")
    with working(made) as errands:
        told = [
            ended(errands, an_order("verify", str(held), "--json", reads=reads)).message
            for reads in ((), (str(held),))
        ]
    assert told[0] != told[1]
    assert "Permission denied" in told[0]
    assert "Permission denied" not in told[1]


def test_too_little_memory_ends_one_errand_alone(made: brokers.Broker) -> None:
    with working(made) as errands:
        limits = ErrandLimits(memory_bytes=8 << 20)
        starved = ended(errands, an_order("--version", limits=limits))
        after = ended(errands, an_order("--version"))
    assert starved.state is ErrandState.FAILED
    assert starved.message
    assert after.state is ErrandState.DONE


def test_the_same_order_is_done_once_and_another_is_refused(made: brokers.Broker) -> None:
    with working(made) as errands:
        order = an_order("--version")
        first = ended(errands, order)
        assert errands.order(order) == first
        with pytest.raises(BrokerRefused) as refused:
            errands.order(an_order("doctor", errand_id=order.errand_id))
        assert refused.value.code == Code.ORDER_DIFFERS
        with pytest.raises(BrokerRefused) as unknown:
            errands.status(str(uuid.uuid4()))
        assert unknown.value.code == Code.NO_ERRAND


def test_a_running_errand_and_a_waiting_one_are_cancelled(
    made: brokers.Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLIT_FAULTS", "errand.begun:hang")
    with working(made) as errands:
        running, waiting = an_order("--version"), an_order("--version")
        errands.order(running)
        errands.order(waiting)
        brokers.wait_for(lambda: errands.status(running.errand_id).state is ErrandState.RUNNING)
        assert errands.status(waiting.errand_id).state is ErrandState.QUEUED
        assert errands.cancel(waiting.errand_id).state is ErrandState.CANCELLED
        errands.cancel(running.errand_id)
        status = ended(errands, running)
    assert status.state is ErrandState.CANCELLED


def test_a_killed_broker_leaves_an_errand_that_the_next_one_does(made: brokers.Broker) -> None:
    order = an_order("--version")
    ledger = BrokerLedger(made.settings().ledger)
    ErrandRows(ledger).add(order.errand_id, as_asked(order))
    ledger.close()
    made.start(POLIT_FAULTS="errand.begun:hang")
    brokers.wait_for(lambda: state(made, order) is ErrandState.RUNNING)
    made.end(signal.SIGKILL)
    with working(made) as errands:
        brokers.wait_for(lambda: errands.status(order.errand_id).state.has_ended)
        assert errands.status(order.errand_id).state is ErrandState.DONE


def test_what_ends_the_broker_each_time_is_given_up(made: brokers.Broker) -> None:
    order = an_order("--version")
    ledger = BrokerLedger(made.settings().ledger)
    rows = ErrandRows(ledger)
    rows.add(order.errand_id, as_asked(order))
    for _ in range(5):
        assert rows.take() is not None
        assert rows.put_back(was_killed=True) == 1
    ledger.close()
    with working(made) as errands:
        status = ended(errands, order)
    assert status.state is ErrandState.FAILED
    assert "5 times" in status.message


def test_a_broker_that_ends_by_itself_does_not_count_against_an_errand(
    made: brokers.Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = an_order("--version")
    monkeypatch.setenv("POLIT_FAULTS", "errand.begun:hang")
    for _ in range(6):
        with working(made) as errands:
            errands.order(order)
            brokers.wait_for(lambda: errands.status(order.errand_id).state is ErrandState.RUNNING)
    monkeypatch.delenv("POLIT_FAULTS")
    with working(made) as errands:
        assert ended(errands, order).state is ErrandState.DONE


def as_asked(order: ErrandOrder) -> str:
    return msgspec.json.encode(order).decode()


def state(made: brokers.Broker, order: ErrandOrder) -> ErrandState:
    return made.client().errand_status(order.errand_id).state
