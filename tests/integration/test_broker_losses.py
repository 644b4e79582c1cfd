"""What a broker has lost never becomes a second picture, a second examiner or a dead queue."""

import io
import shutil
import sqlite3
import threading
import uuid
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import brokers
import pytest

from polit.base.errors import BrokerRefused, PackageDamaged, UsageError
from polit.broker.client import BrokerClient, Code, ExamineOrder, JobState
from polit.broker.server import log, queue, settings
from polit.broker.server.lanes import DecodingLanes
from polit.broker.server.ledger import BrokerLedger, QueuedJob
from polit.broker.server.session import Session

LANDSCAPE = brokers.landscape()
DIGEST = sha256(LANDSCAPE).hexdigest()


@pytest.fixture
def made(tmp_path: Path) -> brokers.Broker:
    """Return an installation whose vault keeps a landscape."""
    installation = brokers.installed(tmp_path)
    installation.keep(LANDSCAPE)
    return installation


def code_of(client: BrokerClient, event_id: str) -> str:
    with pytest.raises(BrokerRefused) as refused:
        client.render(event_id)
    return refused.value.code


def test_event_is_not_shown_again_where_the_ledger_was_lost(made: brokers.Broker) -> None:
    event_id = made.event(DIGEST)
    with brokers.serving(made) as client:
        assert client.render(event_id).data
    shutil.rmtree(made.data / "broker")
    for _restart in range(2):
        with brokers.serving(made) as client:
            assert code_of(client, event_id) == Code.STALE
    with brokers.serving(made) as client:
        assert client.render(made.event(DIGEST)).data


def test_nothing_is_shown_once_the_ledger_is_removed_or_replaced(made: brokers.Broker) -> None:
    place = made.data / "broker" / "ledger.sqlite"
    with brokers.serving(made) as client:
        place.rename(place.with_name("away"))
        assert code_of(client, made.event(DIGEST)) == Code.FAILED
        shutil.copy(place.with_name("away"), place)
        assert code_of(client, made.event(DIGEST)) == Code.FAILED


def test_event_that_was_spent_is_never_called_busy(
    made: brokers.Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_lanes: DecodingLanes, _do: object) -> None:
        raise BrokerRefused(Code.BUSY, "ask again")

    monkeypatch.setattr(DecodingLanes, "run", busy)
    event_id = made.event(DIGEST)
    with brokers.serving(made) as client:
        assert code_of(client, event_id) == Code.FAILED
        assert code_of(client, event_id) == Code.USED


def test_clock_set_back_shows_no_event_again(
    made: brokers.Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    event_id = made.event(DIGEST)
    with brokers.serving(made) as client:
        assert client.render(event_id).data
        set_back = datetime.now(UTC) - timedelta(seconds=30)
        monkeypatch.setattr("polit.broker.server.showing.now_utc", lambda: set_back)
        assert code_of(client, event_id) == Code.USED


def test_ledger_of_the_version_before_gets_its_beginning(tmp_path: Path) -> None:
    BrokerLedger(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as connection:
        connection.executescript(
            "DROP TABLE made; DROP TABLE errands; ALTER TABLE jobs DROP COLUMN alerts;"
            "PRAGMA user_version = 1"
        )
    ledger = BrokerLedger(tmp_path)
    assert datetime.now(UTC) - ledger.made_at < timedelta(minutes=1)
    ledger.close()
    (tmp_path / "ledger.sqlite").unlink()


def test_ledger_whose_file_is_gone_marks_nothing(tmp_path: Path) -> None:
    ledger = BrokerLedger(tmp_path)
    (tmp_path / "ledger.sqlite").unlink()
    with pytest.raises(PackageDamaged, match="restart"):
        ledger.use_event("one")
    assert not ledger.is_used("one")


def order() -> ExamineOrder:
    return ExamineOrder(
        str(uuid.uuid4()), "T-1", "AB/1", "A. Example", "warrant 7", "evidence/phone",
        accept_reduced_isolation=True,
    )  # fmt: skip


class _FullDisk:
    """Makes the ledger fail as on a full disk, and remembers the examiners that were started."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_full, self.failures, self.pids = threading.Event(), 0, list[int]()
        monkeypatch.setattr(queue, "_LEDGER_AGAIN_S", 0.05)
        for name in ("set_status", "take_job"):
            monkeypatch.setattr(BrokerLedger, name, self._failing(getattr(BrokerLedger, name)))
        follow = Session.follow

        def followed(session: Session[Any, Any], tell: object) -> object:
            self.pids.append(session.pid)
            self.is_full.set()
            return follow(session, tell)  # type: ignore[arg-type]  # what it was called with

        monkeypatch.setattr(Session, "follow", followed)

    def _failing(self, real: object) -> object:
        def write(*arguments: object) -> object:
            if self.is_full.is_set():
                self.failures += 1
                raise sqlite3.OperationalError("database or disk is full")
            return real(*arguments)  # type: ignore[operator]  # a method

        return write


def is_running(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def test_full_disk_leaves_no_examiner_behind_and_the_queue_goes_on(
    made: brokers.Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    (made.evidence / "phone").mkdir()
    (made.evidence / "phone" / "a.jpg").write_bytes(LANDSCAPE)
    disk, asked = _FullDisk(monkeypatch), order()
    with brokers.serving(made) as client:
        client.examine_start(asked)
        brokers.wait_for(lambda: disk.failures >= 3)
        assert [is_running(pid) for pid in disk.pids] == [False]
        disk.is_full.clear()
        assert brokers.ended(client, asked.order_id).state is JobState.FAILED
        monkeypatch.undo()
        client.examine_resume(asked.order_id)
        assert brokers.ended(client, asked.order_id).state is JobState.DONE


def test_queue_waits_for_a_ledger_that_cannot_be_written(
    made: brokers.Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "_LEDGER_AGAIN_S", 0.05)
    real, failures = BrokerLedger.take_job, iter(range(3))

    def take(ledger: BrokerLedger) -> QueuedJob | None:
        if next(failures, None) is not None:
            raise sqlite3.OperationalError("database or disk is full")
        return real(ledger)

    monkeypatch.setattr(BrokerLedger, "take_job", take)
    (made.evidence / "phone").mkdir()
    asked = order()
    with brokers.serving(made) as client:
        client.examine_start(asked)
        assert brokers.ended(client, asked.order_id).state is JobState.DONE


def test_line_that_cannot_be_logged_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("wb", buffering=0) as full:
        stream = io.TextIOWrapper(full, write_through=True)
        monkeypatch.setattr("sys.stderr", stream)
        log.log("anything")
        monkeypatch.undo()
        with pytest.raises(OSError, match="space"):
            stream.write("x")
        stream.detach()


@pytest.mark.parametrize("root", ["", "..", "keys", "vault/x", "evidence/../keys"])
def test_no_evidence_root_leads_to_keys(
    root: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "srv" / "polit"
    monkeypatch.setenv("POLIT_DATA", str(data))
    monkeypatch.setenv("POLIT_EVIDENCE", f"{tmp_path}/elsewhere:{data}/{root}".rstrip("/"))
    with pytest.raises(UsageError, match="POLIT_EVIDENCE"):
        settings.read_settings()


def test_evidence_root_by_a_link_to_the_data_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "data")
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("POLIT_EVIDENCE", str(tmp_path / "link"))
    with pytest.raises(UsageError, match="POLIT_EVIDENCE"):
        settings.read_settings()
    monkeypatch.setenv("POLIT_EVIDENCE", f"{tmp_path}/data/evidence:{tmp_path}/other")
    assert [root.name for root in settings.read_settings().evidence] == ["evidence", "other"]
