"""The broker's parts alone: peers, ledger, session, messages for people, lanes."""

import sqlite3
import threading
import uuid
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import brokers
import psycopg
import pytest

from polit.base.errors import (
    BrokerGone,
    BrokerRefused,
    IsolationTooWeak,
    SandboxError,
    SourceError,
    UsageError,
)
from polit.broker.examiner import for_people
from polit.broker.examiner_talk import ExaminerOrder
from polit.broker.protocol import Code, ExamineOrder, JobState, JobStatus
from polit.broker.server.events_postgresql import PostgresqlEvents
from polit.broker.server.lanes import DecodingLanes
from polit.broker.server.ledger import BrokerLedger
from polit.broker.server.photographs import photograph_type
from polit.run.rendering import Renderer

ORDER = "4f3a9c12-0000-4000-8000-000000000000"


@pytest.fixture
def ledger(tmp_path: Path) -> BrokerLedger:
    """Return a fresh ledger."""
    return BrokerLedger(tmp_path / "broker")


def test_a_user_that_is_no_peer_gets_no_answer(tmp_path: Path) -> None:
    installation = brokers.installed(tmp_path)
    with (
        brokers.serving(installation, peers=frozenset({4_242_424})) as client,
        pytest.raises(BrokerGone),
    ):
        client.package_list()


def test_an_event_is_used_once_also_by_another_ledger(tmp_path: Path) -> None:
    first, second = BrokerLedger(tmp_path), BrokerLedger(tmp_path)
    won: list[bool] = []
    threads = [
        threading.Thread(target=lambda each=each: won.append(each.use_event(ORDER)))
        for each in (first, second) * 8
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False] * 15 + [True]
    assert second.is_used(ORDER)
    assert not second.is_used("another")


def test_the_ledger_is_synced_before_it_says_so(tmp_path: Path) -> None:
    ledger = BrokerLedger(tmp_path)
    connection = ledger._connection
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_ledger_of_a_later_version_is_refused(tmp_path: Path) -> None:
    BrokerLedger(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(UsageError, match="later version"):
        BrokerLedger(tmp_path)


def test_a_ledger_of_an_earlier_version_keeps_its_jobs_and_counts_alerts(tmp_path: Path) -> None:
    earlier = BrokerLedger(tmp_path)
    earlier.add_job(ORDER, "{}", resumes=False)
    earlier.close()
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as connection:
        connection.execute("ALTER TABLE jobs DROP COLUMN alerts")
        connection.execute("DROP TABLE errands")
        connection.execute("PRAGMA user_version = 2")

    ledger = BrokerLedger(tmp_path)
    ledger.set_status(JobStatus(ORDER, JobState.RUNNING, alerts=3))

    assert ledger.status_of(ORDER) == JobStatus(ORDER, JobState.RUNNING, alerts=3)


def test_a_failed_write_leaves_the_ledger_as_it_was(ledger: BrokerLedger) -> None:
    ledger.add_job(ORDER, "{}", resumes=False)
    broken = JobStatus(ORDER, JobState.DONE, package="")
    with pytest.raises(sqlite3.IntegrityError):
        ledger.set_status(broken)
    assert ledger.status_of(ORDER) == JobStatus(ORDER, JobState.QUEUED)


def test_jobs_are_taken_in_their_order_and_only_moved_along_the_states(
    ledger: BrokerLedger,
) -> None:
    first, second = str(uuid.uuid4()), str(uuid.uuid4())
    for each in (first, second):
        assert ledger.add_job(each, "asked", resumes=False) == "asked"
    assert ledger.add_job(first, "otherwise", resumes=True) == "asked"
    taken = ledger.take_job()
    assert taken is not None
    assert (taken.order_id, taken.resumes) == (first, False)
    assert not ledger.move_job(first, to=JobState.QUEUED, only_from=(JobState.FAILED,))
    assert ledger.interrupt_all() == 1
    assert ledger.move_job(first, to=JobState.QUEUED, only_from=(JobState.INTERRUPTED,))
    again = ledger.take_job()
    assert again is not None
    assert (again.order_id, again.resumes) == (first, True)
    last = ledger.take_job()
    assert last is not None
    assert last.order_id == second
    assert ledger.take_job() is None
    assert ledger.status_of("none") is None


def told() -> ExaminerOrder:
    order = ExamineOrder(ORDER, "T-1", "AB/1", "A. Example", "", "evidence/phone")
    return ExaminerOrder(order, "/srv/e/phone", "/srv/p/T-1", "/srv/v", resume=False)


def test_a_message_says_what_to_tick_and_names_no_path_of_the_machine() -> None:
    atime = SourceError("reading /srv/e/phone would …, or accept the change with --accept-atime")
    assert for_people(atime, told()) == (
        "reading evidence/phone would …, or accept the change with ticking "
        "'access times may change'"
    )
    weak = IsolationTooWeak(
        "level 'reduced': accept it with --accept-reduced-isolation; 'polit doctor' says more"
    )
    assert for_people(weak, told()).endswith("ticking 'examine under reduced isolation'")
    begun = UsageError("/srv/p/T-1/AB%2F1.polit was begun already: go on with it by --resume")
    assert "tick 'go on with a begun package'" in for_people(begun, told())
    assert len(for_people(UsageError("x" * 9000), told())) == 600


@pytest.mark.parametrize(
    ("head", "mime"),
    [(b"\xff\xd8\xff\xe0", "image/jpeg"), (b"\x89PNG\r\n\x1a\n\0\0\0\0", "image/png"),
     (b"RIFF\0\0\0\0WEBP", "image/webp"), (b"\0\0\0\x18ftypheic", "image/heic"),
     (b"\0\0\0\x18ftypavif", "image/avif"), (b"\0\0\0\x18ftypmp42", None), (b"%PDF", None),
     (b"RIFF\0\0\0\0AVI ", None), (b"", None)],
)  # fmt: skip
def test_a_photograph_is_told_by_its_first_bytes(head: bytes, mime: str | None) -> None:
    assert photograph_type(head) == mime


def test_postgresql_is_local_by_a_socket_alone() -> None:
    for address, is_local in {
        "postgresql:///polit": True,
        "postgresql:///polit?host=/run/postgresql": True,
        "postgresql://db.example/polit": False,
        "postgresql:///polit?hostaddr=127.0.0.1": False,
        "postgresql:///polit?host=/run/postgresql,db.example": False,
    }.items():
        assert PostgresqlEvents(address).is_local == is_local
    with pytest.raises(UsageError, match="POLIT_DATABASE"):
        _ = PostgresqlEvents("postgresql://[").is_local


class _Found:
    """Answers as a connection of PostgreSQL that finds a row."""

    def __init__(self, row: tuple[object, ...] | None) -> None:
        self.row = row

    def __enter__(self) -> "_Found":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def execute(self, *_: object) -> "_Found":
        return self

    def fetchone(self) -> tuple[object, ...] | None:
        return self.row


def test_an_event_of_postgresql_is_read_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    at = datetime(2026, 1, 2, tzinfo=UTC)
    row = ("pictures.show", "consultation", "content", "ab", "T-1", "A. Example", "{}", at)
    reader, event_id = PostgresqlEvents("postgresql:///polit"), uuid.uuid4()
    monkeypatch.setattr(psycopg, "connect", lambda *_, **__: _Found(row))
    found = reader.find(event_id)
    assert found is not None
    assert (found.event_id, found.recorded_at) == (str(event_id), at)
    monkeypatch.setattr(psycopg, "connect", lambda *_, **__: _Found(None))
    assert reader.find(event_id) is None

    def fail(*_: object, **__: object) -> None:
        raise psycopg.OperationalError("no server at a place that must not be told")

    monkeypatch.setattr(psycopg, "connect", fail)
    with pytest.raises(BrokerRefused) as refused:
        reader.find(event_id)
    assert refused.value.code == Code.NO_RECORD
    assert "place" not in str(refused.value)


def test_a_lane_outlives_what_fails_in_it_and_a_full_queue_is_told() -> None:
    lanes = DecodingLanes(1, accept_reduced_isolation=True)
    lanes.start()

    def fail(_renderer: Renderer) -> None:
        raise ZeroDivisionError

    def lose(_renderer: Renderer) -> None:
        raise SandboxError("planted")

    for broken, error in ((fail, ZeroDivisionError), (lose, SandboxError)):
        with pytest.raises(error):
            lanes.run(broken)
    assert lanes.run(lambda _: 7) == 7
    gate, began = threading.Event(), threading.Event()

    def wait(_renderer: Renderer) -> None:
        began.set()
        gate.wait(60)

    threads = [threading.Thread(target=lanes.run, args=(wait,)) for _ in range(9)]
    threads[0].start()
    began.wait(60)
    for thread in threads[1:]:
        thread.start()
    brokers.wait_for(lanes._queue.full)
    with pytest.raises(BrokerRefused) as refused:
        lanes.check_room()
    assert refused.value.code == Code.BUSY
    with pytest.raises(BrokerRefused):
        lanes.run(wait)
    gate.set()
    for thread in threads:
        thread.join()
    lanes.close()


def test_reduced_isolation_shows_nothing_unless_it_was_accepted() -> None:
    lanes = DecodingLanes(1, accept_reduced_isolation=False)
    lanes._level = "reduced"
    lanes._tested.set()
    with pytest.raises(IsolationTooWeak, match="reduced"):
        lanes.check_isolation()
    lanes._accepts = True
    lanes.check_isolation()
