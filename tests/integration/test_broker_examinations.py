"""Examinations through the broker: queued, stopped, killed, gone on with; the same rows."""

import contextlib
import os
import shutil
import signal
import uuid
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import brokers
import examinations as run
import pytest

from polit.base.errors import BrokerRefused, PackageBusy
from polit.broker.client import BrokerClient, Code, ExamineOrder, JobState
from polit.broker.serving import broker
from polit.package.seal import read_manifest

PACKAGE = "T-1/AB%2F1.polit"
PICTURES = 24
HANGS = "decoder.job=15:hang"
"""Planted where an examination is to be caught at work: one picture holds up its decoder."""


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with enough pictures to be stopped among them."""
    folder = tmp_path_factory.mktemp("pictures")
    for number in range(PICTURES):
        content = brokers.landscape((640, 480), seed=number)
        (folder / f"secret name {number}.jpg").write_bytes(content)
    (folder / "notes.txt").write_text("no picture")
    return folder


@pytest.fixture(scope="module")
def rows_sha256(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what an undisturbed run on the command line gives."""
    place = tmp_path_factory.mktemp("undisturbed")
    ran = run.examine(pictures, place, "--accept-reduced-isolation")
    return str(ran.json()["rows_sha256"])


@pytest.fixture
def made(tmp_path: Path, pictures: Path) -> brokers.Broker:
    """Return an installation with a copy of that folder as evidence."""
    installation = brokers.installed(tmp_path)
    # Hard links: the bytes of the evidence are never written.
    shutil.copytree(pictures, installation.evidence / "phone", copy_function=os.link)
    return installation


def order(**changes: object) -> ExamineOrder:
    values: dict[str, object] = {
        "order_id": str(uuid.uuid4()), "case_reference": "T-1", "exhibit_reference": "AB/1",
        "examiner": "A. Example", "authority": "warrant 7", "evidence": "evidence/phone",
        "acquisition": (), "clock_offset_s": 0, "time_zone": "Europe/London",
        "keep_originals": False, "resume": False, "accept_atime": False,
        "accept_reduced_isolation": True, **changes,
    }  # fmt: skip
    return ExamineOrder(**values)  # type: ignore[arg-type]


def working(client: BrokerClient, order_id: str) -> None:
    """Wait until some entries of an examination are settled, and not all."""
    brokers.wait_for(lambda: client.examine_status(order_id).done > 2, limit_s=100)
    assert client.examine_status(order_id).state is JobState.RUNNING


def sealed_rows(made: brokers.Broker) -> str:
    return read_manifest(made.data / "packages" / PACKAGE).rows_sha256


def is_running(pid: object) -> bool:
    with contextlib.suppress(OSError):
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    return False


def test_an_examination_runs_to_its_sealed_package(made: brokers.Broker, rows_sha256: str) -> None:
    client = made.start()
    asked = order(keep_originals=True, carve=False, shadow_copies=True)
    assert client.examine_start(asked).state in {JobState.QUEUED, JobState.RUNNING}
    assert client.examine_start(asked).order_id == asked.order_id
    status = brokers.ended(client, asked.order_id)
    assert (status.state, status.package, status.exit_code) == (JobState.DONE, PACKAGE, 0)
    assert (status.entries, status.done, status.failed) == (PICTURES + 1, PICTURES + 1, 0)
    assert client.package_list() == (PACKAGE,)
    assert sealed_rows(made) == rows_sha256
    plan = read_manifest(made.data / "packages" / PACKAGE).plan
    assert (plan["carve"], plan["shadow_copies"]) == (False, True)
    assert client.examine_cancel(asked.order_id) == status
    assert client.examine_resume(asked.order_id) == status
    original = brokers.landscape((640, 480), seed=3)
    event_id = made.event(sha256(original).hexdigest())
    assert client.render(event_id).width_px == 160
    assert made.end() == 0
    logged = (made.place / "log").read_text()
    assert "secret" not in logged
    assert "phone" not in logged


def test_another_order_under_the_same_id_is_refused(
    made: brokers.Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLIT_FAULTS", HANGS)
    with brokers.serving(made) as client:
        asked = order()
        client.examine_start(asked)
        with pytest.raises(BrokerRefused) as refused:
            client.examine_start(order(order_id=asked.order_id, examiner="B. Example"))
        assert refused.value.code == Code.ORDER_DIFFERS
        client.examine_cancel(asked.order_id)
        brokers.ended(client, asked.order_id)


def test_a_stopped_examination_goes_on_to_the_same_rows(
    made: brokers.Broker, rows_sha256: str
) -> None:
    client = made.start(POLIT_FAULTS=HANGS)
    first, second = order(), order(exhibit_reference="AB/2")
    client.examine_start(first)
    client.examine_start(second)
    working(client, first.order_id)
    assert client.examine_status(second.order_id).state is JobState.QUEUED, "one at a time"
    assert client.examine_cancel(second.order_id).state is JobState.INTERRUPTED
    assert client.examine_cancel(first.order_id).state is JobState.STOPPING
    status = brokers.ended(client, first.order_id)
    assert (status.state, status.exit_code) == (JobState.INTERRUPTED, 130)
    assert status.package == ""
    assert made.end() == 0
    client = made.start()
    assert client.examine_resume(first.order_id).state in {JobState.QUEUED, JobState.RUNNING}
    assert brokers.ended(client, first.order_id).state is JobState.DONE
    assert sealed_rows(made) == rows_sha256
    assert made.end() == 0


def test_a_killed_broker_leaves_no_orphan_and_resuming_gives_the_same_rows(
    made: brokers.Broker, rows_sha256: str
) -> None:
    client = made.start(POLIT_FAULTS=HANGS)
    asked = order()
    client.examine_start(asked)
    working(client, asked.order_id)
    (pid,) = [line["pid"] for line in made.log if line["event"] == "examination.started"]
    assert is_running(pid)
    made.end(signal.SIGKILL)
    brokers.wait_for(lambda: not is_running(pid), limit_s=10)
    assert not (made.data / "packages" / PACKAGE / "manifest.json").exists()
    client = made.start()
    status = client.examine_status(asked.order_id)
    assert status.state is JobState.INTERRUPTED
    assert "go on" in status.message
    client.examine_resume(asked.order_id)
    assert brokers.ended(client, asked.order_id).state is JobState.DONE
    assert sealed_rows(made) == rows_sha256
    assert made.end() == 0


def test_a_killed_examiner_is_resumable_and_sigterm_is_a_checkpoint(
    made: brokers.Broker, rows_sha256: str
) -> None:
    client = made.start(POLIT_FAULTS="derivatives.write@9:kill")
    asked = order()
    client.examine_start(asked)
    status = brokers.ended(client, asked.order_id)
    assert status.state is JobState.INTERRUPTED
    assert "SIGKILL" in status.message
    assert made.end() == 0
    client = made.start(POLIT_FAULTS=HANGS)
    client.examine_resume(asked.order_id)
    working(client, asked.order_id)
    assert made.end() == 0
    client = made.start()
    assert client.examine_status(asked.order_id).state is JobState.INTERRUPTED
    client.examine_resume(asked.order_id)
    assert brokers.ended(client, asked.order_id).state is JobState.DONE
    assert sealed_rows(made) == rows_sha256
    assert made.end() == 0


def test_what_is_queued_outlives_the_broker(
    made: brokers.Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLIT_FAULTS", HANGS)
    with brokers.serving(made) as client:
        first, second = order(), order(exhibit_reference="AB/2")
        client.examine_start(first)
        client.examine_start(second)
        working(client, first.order_id)
    with brokers.serving(made) as client:
        assert client.examine_status(first.order_id).state is JobState.INTERRUPTED
        assert client.examine_status(second.order_id).state in {JobState.QUEUED, JobState.RUNNING}
        client.examine_cancel(second.order_id)
        brokers.ended(client, second.order_id)


def test_what_cannot_be_examined_fails_with_what_to_do(made: brokers.Broker) -> None:
    (made.evidence / "image.dd").write_bytes(b"\0" * 512)
    with brokers.serving(made) as client:
        cases = {
            "no digits": order(acquisition=("sha256:" + "0" * 63,)),
            "no evidence": order(evidence="evidence/nothing"),
        }
        for asked in cases.values():
            with pytest.raises(BrokerRefused):
                client.examine_start(asked)
        blank = order(exhibit_reference=" ")
        client.examine_start(blank)
        status = brokers.ended(client, blank.order_id)
        assert (status.state, status.exit_code) == (JobState.FAILED, 2)
        package = made.data / "packages" / PACKAGE
        package.mkdir(parents=True)
        (package / "something").write_text("begun by somebody")
        begun = order()
        client.examine_start(begun)
        status = brokers.ended(client, begun.order_id)
        assert status.state is JobState.FAILED
        assert "tick" in status.message
        assert "--" not in status.message
        assert str(made.data) not in status.message


def test_an_order_id_that_is_none_is_refused(tmp_path: Path) -> None:
    installation = brokers.installed(tmp_path)
    with brokers.serving(installation) as client:
        for ask in (client.examine_status, client.examine_cancel, client.examine_resume):
            for order_id in ("", "x", str(uuid.uuid4()).upper() + "A", "../" * 12):
                assert code_of(ask, order_id) == Code.BAD_REQUEST
            assert code_of(ask, str(uuid.uuid4())) == Code.NO_ORDER


def code_of(ask: Callable[[str], object], order_id: str) -> str:
    with pytest.raises(BrokerRefused) as refused:
        ask(order_id)
    return refused.value.code


def test_a_second_broker_is_refused_and_a_stale_socket_replaced(tmp_path: Path) -> None:
    installation = brokers.installed(tmp_path)
    installation.start()
    with pytest.raises(PackageBusy, match="another broker"), broker(installation.settings()):
        pass
    second = run.polit(installation.data, "broker")
    assert second.code == 1
    assert "another broker" in second.stderr
    assert installation.client().package_list() == ()
    installation.end(signal.SIGKILL)
    assert installation.socket.exists()
    installation.start()
    assert installation.end() == 0
    assert not installation.socket.exists()


def test_the_socket_is_for_its_user_and_its_group_alone(tmp_path: Path) -> None:
    installation = brokers.installed(tmp_path)
    with brokers.serving(installation):
        assert installation.socket.stat().st_mode & 0o777 == 0o660
        assert installation.socket.parent.stat().st_mode & 0o777 == 0o700
    with brokers.serving(installation, peers=frozenset({os.getuid(), 12345})):
        assert installation.socket.parent.stat().st_mode & 0o777 == 0o750
