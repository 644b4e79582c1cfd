"""Examinations: what may be asked for, who may stop it, notes that stay, and the worker's steps."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from made_packages import sealed
from web.adopting import VerifyingBroker, place_package
from web.conftest import MakeCase
from web.imported import examination_of
from web.seized import seized_exhibit

from polit.base.clock import now_utc
from polit.base.errors import (
    AuthorityError,
    BrokerGone,
    BrokerRefused,
    PackageBusy,
    StorageFull,
    UsageError,
)
from polit.broker.client import ExamineOrder, JobState, JobStatus
from polit.web.audit.models import AuditEvent
from polit.web.cases.models import Case
from polit.web.cases.rules import CaseHeader, CaseStatus, GrantedAccess
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Purpose, Role
from polit.web.examinations.models import Examination, Note, Progress
from polit.web.examinations.rules import (
    EXAMINATION_STATES,
    Asked,
    Device,
    ExaminationKind,
    ExaminationState,
    check_asked,
    check_digest,
    step_to,
)
from polit.web.examinations.services import (
    Step,
    examination_act,
    examination_ask,
    examination_prioritise,
    examination_step,
    examinations_ask,
    note_add,
)
from polit.web.exhibits.models import Exhibit
from polit.web.media.models import Package
from polit.web.tasks import jobs
from polit.web.tasks.examining import LATER_S, SOON_S, TROUBLE_S, advance, fail_given_up
from polit.web.tasks.loop import Worker
from polit.web.tasks.rules import MAX_ATTEMPTS

ANY_ID = UUID(int=1)
EXAMINER = frozenset({Role.EXAMINER})


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "polit"))


@pytest.fixture
def exhibit() -> Exhibit:
    return seized_exhibit("T-1", "AB/1")


def granted(case: Case) -> GrantedAccess:
    header = CaseHeader(case.id, case.reference, case.title, CaseStatus(case.status))
    return GrantedAccess(header, Purpose.EXAMINATION, "member")


def asked_for(exhibit: Exhibit, **changes: object) -> Examination:
    asked = replace(Asked(exhibit.id, "root/a.E01", "warrant 7"), **changes)  # type: ignore[arg-type]
    return examination_ask(
        SYSTEM, reason="a test", access=granted(exhibit.case), kind=ExaminationKind.QUEUED,
        asked=asked,
    )  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        {"authority": " "}, {"place": ""}, {"place": "/"}, {"priority": 0}, {"priority": 10},
        {"device": Device(clock_offset_s=10**12)}, {"device": Device(("md5:12",))},
    ],
)  # fmt: skip
def test_nothing_is_asked_for_without_authority_place_and_sane_figures(
    changes: dict[str, object],
) -> None:
    with pytest.raises(UsageError):
        check_asked(replace(Asked(ANY_ID, "root/a", "warrant"), **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("digest", ["", "md5:", "crc:00", "sha256:" + "g" * 64, "MD5:" + "0" * 32])
def test_digest_has_its_form(digest: str) -> None:
    with pytest.raises(UsageError):
        check_digest(digest)
    check_digest("md5:" + "0" * 32)


def test_every_state_has_a_label_and_a_tone() -> None:
    assert set(EXAMINATION_STATES.states) == {state.value for state in ExaminationState}
    assert all(state.label and state.tone for state in ExaminationState)
    assert all(kind.label for kind in ExaminationKind)
    with pytest.raises(UsageError):
        step_to("imported", "running")


def test_asking_records_it_and_wakes_the_worker_in_the_same_transaction(exhibit: Exhibit) -> None:
    examination = asked_for(exhibit)

    assert (examination.state, examination.exhibit.reference) == ("asked", "AB/1")
    assert AuditEvent.objects.filter(action="examinations.ask", nature="collection").count() == 1
    (task,) = DBTaskResult.objects.all()
    assert task.args_kwargs["args"] == [str(examination.id), 1]


def test_asking_again_later_waits_until_then(exhibit: Exhibit) -> None:
    tonight = now_utc() + timedelta(hours=8)

    asked_for(exhibit, not_before=tonight, priority=1)

    task = DBTaskResult.objects.get()
    assert (task.run_after, task.priority) == (tonight, 4)


def test_asking_for_several_is_all_or_none(exhibit: Exhibit, make_case: MakeCase) -> None:
    other = seized_exhibit(make_case("OP-2"), "CD/1")
    both = [Asked(exhibit.id, "root/a", "w"), Asked(other.id, "root/b", "w")]

    with pytest.raises(Exhibit.DoesNotExist):
        examinations_ask(
            SYSTEM, reason="a test", access=granted(exhibit.case), kind=ExaminationKind.QUEUED,
            asked=both,
        )  # fmt: skip
    with pytest.raises(UsageError, match="between"):
        examinations_ask(
            SYSTEM, reason="a test", access=granted(exhibit.case), kind=ExaminationKind.QUEUED,
            asked=[],
        )  # fmt: skip

    assert not Examination.objects.exists()
    assert not DBTaskResult.objects.exists()


@pytest.mark.parametrize("role", list(Role))
def test_only_examiners_and_supervisors_stop_an_examination(exhibit: Exhibit, role: Role) -> None:
    examination = examination_of(exhibit, "root/a", state="running")
    may = role in {Role.EXAMINER, Role.SUPERVISOR}

    try:
        examination_act(
            SYSTEM, reason="a test", examination=examination, action="stop",
            roles=frozenset({role}),
        )  # fmt: skip
    except AuthorityError:
        assert not may
    else:
        assert may


def test_resuming_counts_and_forgets_the_message(exhibit: Exhibit) -> None:
    examination = examination_of(exhibit, "root/a", state="failed", message="disk gone")

    resumed = examination_act(
        SYSTEM, reason="a test", examination=examination, action="resume", roles=EXAMINER
    )

    assert (resumed.state, resumed.resumes, resumed.message) == ("asked", 1, "")
    assert Progress.objects.get().turn == 1


def test_cancelled_examination_is_past_stopping(exhibit: Exhibit) -> None:
    examination = examination_of(exhibit, "root/a", state="asked")

    examination_act(
        SYSTEM, reason="a test", examination=examination, action="cancel", roles=EXAMINER
    )

    assert Progress.objects.get().turn == 1
    with pytest.raises(UsageError):
        examination_act(
            SYSTEM, reason="a test", examination=examination, action="stop", roles=EXAMINER
        )


def test_place_in_the_queue_changes_until_it_begins(exhibit: Exhibit) -> None:
    examination = examination_of(exhibit, "root/a", state="asked")
    begun = examination_of(exhibit, "root/b", state="running")

    changed = examination_prioritise(SYSTEM, reason="a test", examination=examination, priority=1)

    assert changed.priority == 1
    assert DBTaskResult.objects.get().priority == 4
    for wrong, priority in ((begun, 1), (examination, 0)):
        with pytest.raises(UsageError, match="priority"):
            examination_prioritise(SYSTEM, reason="a", examination=wrong, priority=priority)


def test_step_that_was_taken_already_writes_nothing(exhibit: Exhibit) -> None:
    examination = examination_of(exhibit, "root/a", state="running")
    before = AuditEvent.objects.count()

    examination_step(
        SYSTEM, reason="a", examination_id=examination.id, turn=0,
        step=Step(ExaminationState.RUNNING),
    )  # fmt: skip

    assert AuditEvent.objects.count() == before


def noted(examination: Examination, text: str = "opened the case", **more: object) -> Note:
    given: dict[str, object] = {"occurred_at": now_utc(), **more}
    return note_add(SYSTEM, reason="a test", examination=examination, text=text, **given)  # type: ignore[arg-type]


def test_note_is_corrected_once_and_stays(exhibit: Exhibit) -> None:
    examination = examination_of(exhibit, "root/a")
    first = noted(examination)

    second = noted(examination, "opened the bag", corrects=first)

    assert second.corrects_id == first.id
    assert Note.objects.count() == 2
    with pytest.raises(UsageError, match="corrected already"):
        noted(examination, "again", corrects=first)
    with pytest.raises(UsageError, match="another examination"):
        noted(examination_of(exhibit, "root/b"), "x", corrects=second)
    with pytest.raises(UsageError, match="write what"):
        noted(examination, " ")
    with pytest.raises(UsageError, match="not come yet"):
        noted(examination, occurred_at=now_utc() + timedelta(hours=1))


@pytest.mark.parametrize("statement", ["UPDATE {} SET text = 'x'", "DELETE FROM {}"])
def test_database_refuses_to_change_a_note(exhibit: Exhibit, statement: str) -> None:
    noted(examination_of(exhibit, "root/a"))

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format("examinations_note"))


@dataclass(frozen=True)
class ToldBroker(VerifyingBroker):
    """Answers with what it is told to, in order; keeps what it was asked."""

    answers: list[JobStatus | Exception] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    orders: list[ExamineOrder] = field(default_factory=list)

    def examine_start(self, order: ExamineOrder) -> JobStatus:
        self.orders.append(order)
        return self._next("start")

    def examine_status(self, order_id: str) -> JobStatus:
        assert order_id
        return self._next("status")

    def examine_cancel(self, order_id: str) -> JobStatus:
        assert order_id
        return self._next("cancel")

    def examine_resume(self, order_id: str) -> JobStatus:
        assert order_id
        return self._next("resume")

    def _next(self, verb: str) -> JobStatus:
        self.asked.append(verb)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def told(state: JobState, **more: object) -> JobStatus:
    return JobStatus("order", state, **more)  # type: ignore[arg-type]


def test_worker_takes_an_order_from_asking_to_the_record(exhibit: Exhibit, tmp_path: Path) -> None:
    made = sealed(tmp_path / "made")
    place = place_package(made.folder, "T-1")
    examination = asked_for(exhibit)
    broker = ToldBroker(
        made.keys,
        [told(JobState.QUEUED), told(JobState.RUNNING, entries=3, phase="reading"),
         told(JobState.DONE, entries=5, package=place)],
    )  # fmt: skip

    waits = [advance(examination.id, 1, broker=broker, actor=SYSTEM) for _ in range(4)]

    assert waits == [LATER_S, SOON_S, None, None]
    assert broker.asked == ["start", "status", "status"]
    assert broker.orders[0].evidence == "root/a.E01"
    examination.refresh_from_db()
    assert (examination.state, examination.package) == ("imported", place)
    assert examination.findings.entries == 5
    assert Progress.objects.get().entries == 5


def test_worker_attaches_a_package_at_once(exhibit: Exhibit, tmp_path: Path) -> None:
    made = sealed(tmp_path / "made")
    place = place_package(made.folder, "T-1")
    examination = examination_of(exhibit, place, state="asked")

    assert advance(examination.id, 0, broker=ToldBroker(made.keys), actor=SYSTEM) is None

    examination.refresh_from_db()
    assert examination.state == "imported"
    progress = Progress.objects.get()
    assert (progress.done, progress.skipped, progress.failed) == (3, 1, 1)


def test_worker_says_that_a_package_is_refused(tmp_path: Path) -> None:
    made = sealed(tmp_path / "made")
    place = place_package(made.folder, "T-1")
    examination = examination_of(seized_exhibit("T-1", "ZZ/1"), place, state="asked")

    advance(examination.id, 0, broker=ToldBroker(made.keys), actor=SYSTEM)

    examination.refresh_from_db()
    assert examination.state == "failed"
    assert examination.findings.state == "refused"


def test_worker_says_that_a_package_is_another_case_s(tmp_path: Path) -> None:
    made = sealed(tmp_path / "made")
    place = place_package(made.folder, "OP-9")
    examination = examination_of(seized_exhibit("OP-9", "ZZ/1"), place, state="asked")

    advance(examination.id, 0, broker=ToldBroker(made.keys), actor=SYSTEM)

    examination.refresh_from_db()
    assert examination.state == "failed"
    assert "another case" in examination.message
    assert not Package.objects.exists()


Stepped = tuple[str, list[JobStatus | Exception], str, list[str], int | None]


@pytest.mark.parametrize(
    "given",
    [
        ("asked", [BrokerGone("gone")], "asked", ["start"], TROUBLE_S),
        ("asked", [BrokerRefused("no_such", "no such evidence")], "failed", ["start"], None),
        ("stopping", [told(JobState.RUNNING)], "stopping", ["cancel"], SOON_S),
        ("stopping", [told(JobState.INTERRUPTED)], "interrupted", ["cancel"], None),
        ("running", [told(JobState.FAILED, message="no room")], "failed", ["status"], None),
        ("running", [told(JobState.STOPPING)], "stopping", ["status"], SOON_S),
        ("imported", [], "imported", [], None),
    ],
)
def test_worker_steps(exhibit: Exhibit, tmp_path: Path, given: Stepped) -> None:
    state, answers, after, asked, wait = given
    broker = ToldBroker(sealed(tmp_path / "made").keys, list(answers))
    examination = examination_of(exhibit, "root/a", state=state, kind="queued")

    assert advance(examination.id, 0, broker=broker, actor=SYSTEM) == wait

    examination.refresh_from_db()
    assert (examination.state, broker.asked) == (after, asked)


def test_worker_goes_on_with_what_was_interrupted(exhibit: Exhibit, tmp_path: Path) -> None:
    answers: list[JobStatus | Exception] = [told(JobState.INTERRUPTED), told(JobState.RUNNING)]
    broker = ToldBroker(sealed(tmp_path / "made").keys, answers)
    examination = examination_of(exhibit, "root/a", state="asked", kind="queued", resumes=1)

    assert advance(examination.id, 0, broker=broker, actor=SYSTEM) == SOON_S

    assert broker.asked == ["start", "resume"]


def test_task_of_an_earlier_turn_ends(exhibit: Exhibit, tmp_path: Path) -> None:
    broker = ToldBroker(sealed(tmp_path / "made").keys)
    examination = asked_for(exhibit)

    assert advance(examination.id, 0, broker=broker, actor=SYSTEM) is None

    assert broker.asked == []


def test_task_runs_again_while_there_is_a_next_step(
    exhibit: Exhibit, monkeypatch: pytest.MonkeyPatch
) -> None:
    examination = asked_for(exhibit)
    monkeypatch.setattr(jobs, "advance", lambda *_args, **_more: 5)
    worker = Worker("one", threads=1, daily={})

    for _ in range(MAX_ATTEMPTS + 1):
        assert worker.run_due() == 1
        DBTaskResult.objects.update(run_after=now_utc())

    assert DBTaskResult.objects.get().status == TaskResultStatus.READY
    monkeypatch.setattr(jobs, "advance", lambda *_args, **_more: None)
    worker.run_due()
    assert DBTaskResult.objects.get().status == TaskResultStatus.SUCCESSFUL
    assert examination.standing.is_moving


@dataclass(frozen=True)
class MeanwhileBroker(ToldBroker):
    """Somebody acts while it is asked."""

    action: str = "cancel"

    def examine_start(self, order: ExamineOrder) -> JobStatus:
        found = Examination.objects.get(order_id=order.order_id)
        examination_act(SYSTEM, reason="a", examination=found, action=self.action, roles=EXAMINER)
        return super().examine_start(order)

    def examine_status(self, order_id: str) -> JobStatus:
        found = Examination.objects.get(order_id=order_id)
        examination_act(SYSTEM, reason="a", examination=found, action=self.action, roles=EXAMINER)
        return super().examine_status(order_id)


def test_order_that_is_cancelled_while_it_is_given_is_called_off(
    exhibit: Exhibit, tmp_path: Path
) -> None:
    keys = sealed(tmp_path / "made").keys
    broker = MeanwhileBroker(keys, [told(JobState.QUEUED), told(JobState.INTERRUPTED)])
    examination = asked_for(exhibit)

    assert advance(examination.id, 1, broker=broker, actor=SYSTEM) is None

    examination.refresh_from_db()
    assert (examination.state, broker.asked) == ("cancelled", ["start", "cancel"])


def test_stop_that_comes_while_the_worker_asks_stands(exhibit: Exhibit, tmp_path: Path) -> None:
    keys = sealed(tmp_path / "made").keys
    broker = MeanwhileBroker(keys, [told(JobState.RUNNING)], action="stop")
    examination = examination_of(exhibit, "root/a", state="queued", kind="queued")

    advance(examination.id, 0, broker=broker, actor=SYSTEM)

    examination.refresh_from_db()
    assert examination.state == "stopping"


def test_cancelled_order_that_the_broker_never_had_is_let_be(
    exhibit: Exhibit, tmp_path: Path
) -> None:
    keys = sealed(tmp_path / "made").keys
    broker = ToldBroker(keys, [BrokerRefused("no_order", "unknown")])
    queued = examination_of(exhibit, "root/a", state="cancelled", kind="queued")
    attached = examination_of(exhibit, "a.polit", state="cancelled")

    assert advance(queued.id, 0, broker=broker, actor=SYSTEM) is None
    assert advance(attached.id, 0, broker=broker, actor=SYSTEM) is None


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (BrokerGone("gone"), "does not answer"),
        (BrokerRefused("busy", "later"), "busy"),
        (StorageFull("full"), "No room"),
        (PackageBusy("busy"), "Another import"),
    ],
)
def test_trouble_that_passes_is_told_and_waited_for(
    exhibit: Exhibit, tmp_path: Path, trouble: Exception, said: str
) -> None:
    broker = ToldBroker(sealed(tmp_path / "made").keys, [trouble])
    examination = asked_for(exhibit)

    assert advance(examination.id, 1, broker=broker, actor=SYSTEM) == TROUBLE_S

    assert said in Progress.objects.get().phase


def test_examination_whose_task_was_given_up_is_failed(exhibit: Exhibit) -> None:
    assert fail_given_up(SYSTEM) == 0
    examination = asked_for(exhibit)
    assert fail_given_up(SYSTEM) == 0
    DBTaskResult.objects.update(status=TaskResultStatus.FAILED)

    assert fail_given_up(SYSTEM) == 1

    examination.refresh_from_db()
    assert examination.state == "failed"
    assert "gave up" in examination.message
    assert fail_given_up(SYSTEM) == 0
