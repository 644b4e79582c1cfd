"""Evidence from the page's order to its results, with the real broker and the real worker.

Both are processes of their own and are killed; the record must come to the same rows each time.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import brokers
import examinations as run
import pytest
from browser_site import Site, prepare, records_of
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoDbBlocker, Settings
from web.seized import seized_exhibit
from web_sessions import client_of, signed_in_session

from polit.base.clock import now_utc
from polit.store.keys import create_keys
from polit.web.accounts.models import RoleGrant, User
from polit.web.audit.services import act
from polit.web.cases.queries import case_access
from polit.web.cases.services import member_add
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Purpose, Role
from polit.web.examinations.models import Examination, Progress
from polit.web.examinations.rules import Asked, ExaminationKind, ExaminationState, Options
from polit.web.examinations.services import examination_act, examination_ask
from polit.web.exhibits.models import Exhibit
from polit.web.matching.models import Alert, MatchSource, SupplementLook
from polit.web.media.models import Entry, Package

PICTURES = 24
HANGS = "decoder.job=15:hang"
EXAMINER = frozenset({Role.EXAMINER})


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with enough pictures to be stopped among them."""
    folder = tmp_path_factory.mktemp("pictures")
    for number in range(PICTURES):
        content = brokers.landscape((640, 480), seed=number)
        (folder / f"picture {number}.jpg").write_bytes(content)
    (folder / "notes.txt").write_text("no picture")
    return folder


@pytest.fixture(scope="module")
def rows_sha256(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what an undisturbed run on the command line gives."""
    ran = run.examine(
        pictures, tmp_path_factory.mktemp("undisturbed"), "--accept-reduced-isolation"
    )
    return str(ran.json()["rows_sha256"])


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what every installation here starts from."""
    return prepare(tmp_path_factory.mktemp("prepared"))


@dataclass(slots=True)
class Record:
    """An installation with its broker and its worker, and the services of this process on it."""

    broker: brokers.Broker
    exhibit: Exhibit
    user: User
    workers: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def work(self, **environment: str) -> "subprocess.Popen[bytes]":
        """Start a worker."""
        data = self.broker.data
        with (data.parent / "worker.log").open("ab") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "polit.web.site.worker"],
                env=run.environment(data, **environment),
                stdout=log,
                stderr=log,
            )
        self.workers.append(worker)
        return worker

    def ask(self, place: str = "evidence/phone") -> Examination:
        """Queue evidence as the page does."""
        access = case_access(self.user, self.exhibit.case_id)
        assert access is not None
        options = Options(keep_originals=False, accept_reduced_isolation=True)
        asked = Asked(self.exhibit.id, place, "warrant 7", options=options)
        return examination_ask(
            SYSTEM, reason="a test", access=access, kind=ExaminationKind.QUEUED, asked=asked
        )

    def act(self, examination: Examination, action: str) -> None:
        """Do something with an examination as the page does."""
        examination_act(
            SYSTEM, reason="a test", examination=examination, action=action, roles=EXAMINER
        )

    def wait(self, examination: Examination, state: ExaminationState) -> None:
        """Wait until an examination is in a state; its next step is always due."""

        def is_there() -> bool:
            examination.refresh_from_db()
            return examination.standing is state

        self.wait_until(is_there)

    def wait_until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds; the next step is always due."""

        def held() -> bool:
            DBTaskResult.objects.filter(status="READY").update(run_after=now_utc())
            return holds()

        brokers.wait_for(held, limit_s=120)

    def catch_at_work(self, examination: Examination) -> None:
        """Wait until some entries are settled, and not all."""
        progress = Progress.objects.filter(pk=examination.id)
        self.wait_until(lambda: progress.get().done > 2)
        self.wait(examination, ExaminationState.RUNNING)

    def check(self, examination: Examination, rows_sha256: str) -> Package:
        """Check that it is here whole, each row once, with the rows of an undisturbed run."""
        package = Package.objects.get(examination=examination)
        assert (package.state, package.rows_sha256) == ("imported", rows_sha256)
        paths = list(Entry.objects.filter(package=package).values_list("path", flat=True))
        assert len(paths) == len(set(paths)) == PICTURES + 1
        return package


@pytest.fixture
def record(
    tmp_path: Path,
    prepared: Path,
    pictures: Path,
    django_db_blocker: DjangoDbBlocker,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
) -> Iterator[Record]:
    """Return an installation with a copy of the pictures as evidence, and an exhibit."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {"staticfiles": plain}
    settings.WHITENOISE_AUTOREFRESH = True
    data = tmp_path / "data"
    shutil.copytree(prepared / "data", data)
    create_keys(data)
    # Hard links: the bytes of the evidence are never written.
    shutil.copytree(pictures, data / "evidence" / "phone", copy_function=os.link)
    monkeypatch.setenv("POLIT_DATA", str(data))
    installation = brokers.Broker(tmp_path)
    with records_of(Site("http://localhost", data), django_db_blocker):
        exhibit = seized_exhibit("T-1", "AB/1")
        made = Record(installation, exhibit, _examiner(exhibit))
        yield made
        for process in (*made.workers, installation.process):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()


def _examiner(exhibit: Exhibit) -> User:
    user = User(username="e.example", full_name="E. Example")
    with act(SYSTEM, "tests.user", reason="a test") as deed:
        user.save()
        RoleGrant(user=user, role=Role.EXAMINER.value, granted_by="a test").save()
        deed.about("user", user.id)
    member_add(
        SYSTEM, reason="a test", case=exhibit.case, user_id=user.pk, purpose=Purpose.EXAMINATION
    )
    return user


def test_queued_folder_comes_to_its_results_although_the_worker_is_killed_while_it_imports(
    record: Record, rows_sha256: str
) -> None:
    record.broker.start()
    killed = record.work(POLIT_FAULTS="intake.committed@4:kill")
    examination = record.ask()

    record.wait_until(lambda: killed.poll() is not None)
    assert killed.returncode == -signal.SIGKILL
    record.wait(examination, ExaminationState.DONE)
    assert not Package.objects.filter(state="imported").exists()
    record.work()
    record.wait(examination, ExaminationState.IMPORTED)

    record.check(examination, rows_sha256)
    steps = DBTaskResult.objects.filter(task_path__endswith="examination_run")
    assert steps.count() == 1, "one row for all steps"
    place = f"/cases/{examination.case_id}/examinations/{examination.id}/results/"
    client = client_of(signed_in_session(record.user))
    page = client.get(place + "tiles/").content.decode()
    assert "picture 3.jpg" in page
    tile = f"/cases/{examination.case_id}/tiles/{Entry.objects.filter(kind=1)[0].content_id}/"
    assert client.get(tile)["Content-Type"] == "image/webp"


def test_stopped_examination_goes_on_to_the_same_rows(record: Record, rows_sha256: str) -> None:
    record.broker.start(POLIT_FAULTS=HANGS)
    record.work()
    examination = record.ask()
    record.catch_at_work(examination)

    record.act(examination, "stop")
    record.wait(examination, ExaminationState.INTERRUPTED)
    record.broker.end()
    record.broker.start()
    record.act(examination, "resume")
    record.wait(examination, ExaminationState.IMPORTED)

    record.check(examination, rows_sha256)


def test_broker_that_is_killed_is_waited_for_and_the_examination_goes_on(
    record: Record, rows_sha256: str
) -> None:
    record.broker.start(POLIT_FAULTS=HANGS)
    record.work()
    examination = record.ask()
    record.catch_at_work(examination)

    record.broker.end(signal.SIGKILL)
    progress = Progress.objects.filter(pk=examination.id)
    record.wait_until(lambda: "does not answer" in progress.get().phase)
    examination.refresh_from_db()
    assert examination.standing is ExaminationState.RUNNING
    record.broker.start()
    record.wait(examination, ExaminationState.INTERRUPTED)
    assert "go on" in examination.message
    record.act(examination, "resume")
    record.wait(examination, ExaminationState.IMPORTED)

    record.check(examination, rows_sha256)


def test_order_without_a_broker_waits_and_is_carried_out_when_it_comes(
    record: Record, rows_sha256: str
) -> None:
    record.work()
    examination = record.ask()
    progress = Progress.objects.filter(pk=examination.id)

    record.wait_until(lambda: "does not answer" in progress.get().phase)
    assert examination.standing is ExaminationState.ASKED
    record.broker.start()
    record.wait(examination, ExaminationState.IMPORTED)

    record.check(examination, rows_sha256)


def attached(record: Record, reference: str) -> Examination:
    """Examine two pictures on the command line as case T-1, and attach the package to a case."""
    data = record.broker.data
    source = data.parent / "card"
    source.mkdir()
    for number in range(2):
        (source / f"{number}.jpg").write_bytes(brokers.landscape((64, 48), seed=number))
    ran = run.polit(
        data, "examine", source, *run.OPTIONS, "--out", data / "packages" / "T-1",
        "--accept-reduced-isolation", "--no-sets", "--json",
    )  # fmt: skip
    assert ran.code == 0, ran.stderr
    exhibit = record.exhibit if reference == "T-1" else seized_exhibit(reference, "AB/1")
    if exhibit is not record.exhibit:
        member_add(
            SYSTEM, reason="a test", case=exhibit.case, user_id=record.user.pk,
            purpose=Purpose.EXAMINATION,
        )  # fmt: skip
    access = case_access(record.user, exhibit.case_id)
    assert access is not None
    why = "" if reference == "T-1" else "renamed after the merger"
    asked = Asked(exhibit.id, "T-1/AB%2F1.polit", "warrant 7", mismatch_reason=why)
    return examination_ask(
        SYSTEM, reason="a test", access=access, kind=ExaminationKind.ATTACHED, asked=asked
    )


@pytest.mark.parametrize("reference", ["T-1", "OP-9"])
def test_match_on_the_command_line_alerts_on_the_case_of_the_package(
    record: Record, reference: str
) -> None:
    examination = attached(record, reference)
    record.broker.start()
    killed = record.work(POLIT_FAULTS="intake.supplement_finish:kill")
    record.wait(examination, ExaminationState.IMPORTED)
    assert not Alert.objects.exists()
    sought = hashlib.sha256(brokers.landscape((64, 48), seed=1)).hexdigest()
    listed = record.broker.data.parent / "sought.txt"
    listed.write_text(f"{sought}\n")
    data = record.broker.data
    words = ("hashset", "import", listed, "--format", "plain", "--status", "alert")
    assert run.polit(data, *words).code == 0

    ran = run.polit(data, "match", data / "packages", "--json")

    assert ran.code == 0, ran.stderr
    record.wait_until(lambda: killed.poll() is not None)
    assert killed.returncode == -signal.SIGKILL
    assert not Alert.objects.exists()
    record.work()
    record.wait_until(Alert.objects.exists)
    alert = Alert.objects.get()
    assert (bytes(alert.sha256).hex(), alert.case_id) == (sought, examination.case_id)
    source = MatchSource.objects.get(supplement=1)
    assert (source.state, source.alerts_raised) == ("imported", 1)
    looks = SupplementLook.objects.filter(package__examination=examination)
    first = looks.get().looked_at
    record.wait_until(lambda: looks.get().looked_at != first)
    assert MatchSource.objects.filter(supplement__gt=0).count() == 1
    page = client_of(signed_in_session(record.user)).get(f"/cases/{alert.case_id}/alerts/")
    assert "1.jpg" in page.content.decode() or "sought" in page.content.decode()
