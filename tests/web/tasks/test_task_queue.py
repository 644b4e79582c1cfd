"""The queue: at least once, one at a time, again after a failure, taken up after a kill."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from polit.base.clock import now_utc
from polit.web.tasks import services
from polit.web.tasks.loop import Worker
from polit.web.tasks.models import Heartbeat, TaskLease
from polit.web.tasks.queries import QueueFigures, queue_count
from polit.web.tasks.rules import LEASE, MAX_ATTEMPTS, Part

RAN: list[str] = []


@task()
def note(word: str) -> None:
    RAN.append(word)


@task()
def fail(word: str) -> None:
    raise ValueError(f"a hostile name: {word}")


@pytest.fixture(autouse=True)
def _forget() -> None:
    RAN.clear()


def worker(name: str = "one", **daily: Callable[[date], object]) -> Worker:
    return Worker(name, threads=1, daily=daily)


def row_of(task_id: UUID) -> "DBTaskResult[[str], None]":
    return DBTaskResult.objects.get(id=task_id)


def make_due(task_id: UUID) -> None:
    DBTaskResult.objects.filter(id=task_id).update(run_after=now_utc())


def expire_leases() -> None:
    TaskLease.objects.update(expires_at=now_utc() - timedelta(seconds=1))


def enqueued(word: str = "a") -> UUID:
    return UUID(str(note.enqueue(word).id))


def test_tasks_run_once_and_in_order() -> None:
    for word in ("a", "b", "c"):
        note.enqueue(word)
    assert worker().run_due() == 3
    assert RAN == ["a", "b", "c"]
    assert worker().run_due() == 0
    assert not TaskLease.objects.exists()


def test_a_task_exists_exactly_when_what_asked_for_it_was_committed() -> None:
    with transaction.atomic():
        note.enqueue("never")
        transaction.set_rollback(True)
    worker().run_due()
    assert RAN == []


def test_what_one_worker_holds_another_does_not_get() -> None:
    enqueued()
    assert services.task_claim("one") is not None
    assert services.task_claim("two") is None


def test_what_a_killed_worker_left_behind_is_taken_up_again() -> None:
    task_id = enqueued()
    services.task_claim("killed")
    expire_leases()
    assert worker("two").run_due() == 1
    assert RAN == ["a"]
    assert row_of(task_id).worker_ids == ["killed", "two"]


def test_a_released_lease_is_taken_up_at_once() -> None:
    enqueued()
    services.task_claim("killed")
    assert services.lease_release("killed") == 1
    assert worker("two").run_due() == 1


def test_who_lost_a_task_does_not_end_it() -> None:
    enqueued()
    lost = services.task_claim("slow")
    assert lost is not None
    expire_leases()
    held = services.task_claim("two")
    assert held is not None
    assert not services.task_finish(lost, "slow")
    assert row_of(lost.task_id).status == TaskResultStatus.RUNNING
    assert services.task_finish(held, "two")


def test_a_renewed_lease_is_held_on() -> None:
    enqueued()
    services.task_claim("one")
    expire_leases()
    assert services.lease_renew("one") == 1
    assert services.task_claim("two") is None


def test_a_failed_task_is_tried_again_later_and_then_no_more() -> None:
    task_id = UUID(str(fail.enqueue("x").id))
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert row_of(task_id).status == TaskResultStatus.READY
        assert worker().run_due() == 1
        assert len(row_of(task_id).worker_ids) == attempt
        assert worker().run_due() == 0, "not before its pause is over"
        make_due(task_id)
    assert row_of(task_id).status == TaskResultStatus.FAILED
    assert queue_count() == QueueFigures(waiting=0, running=0, failed=1)


def test_what_is_kept_of_an_error_is_its_class_alone() -> None:
    task_id = UUID(str(fail.enqueue("x").id))
    worker().run_due()
    row = row_of(task_id)
    assert row.exception_class_path == "builtins.ValueError"
    assert row.traceback == ""


def test_a_task_that_kills_its_worker_each_time_is_given_up() -> None:
    task_id = enqueued()
    for attempt in range(MAX_ATTEMPTS):
        assert services.task_claim(f"killed-{attempt}") is not None
        expire_leases()
    assert services.task_claim("next") is None
    assert row_of(task_id).status == TaskResultStatus.FAILED
    assert row_of(task_id).exception_class_path == "killed"


def test_a_lease_that_is_not_held_renews_nothing() -> None:
    assert services.lease_renew("nobody") == 0
    assert services.lease_release("nobody") == 0


def test_a_worker_says_that_it_lives() -> None:
    before = now_utc()
    worker().run_due()
    beat = Heartbeat.objects.get(part=Part.WORKER.value)
    assert before <= beat.beat_at <= now_utc()
    worker().run_due()
    assert Heartbeat.objects.count() == 1


def test_a_daily_task_is_asked_for_once_a_day() -> None:
    asked: list[date] = []
    for _ in range(3):
        worker(example=asked.append).run_due()
    assert len(asked) == 1


def test_a_new_day_asks_anew_and_an_old_one_never() -> None:
    name, day = f"example-{uuid4()}", date(2026, 11, 26)
    assert services.daily_round_begin(name, day)
    assert not services.daily_round_begin(name, day)
    assert not services.daily_round_begin(name, day - timedelta(days=1))
    assert services.daily_round_begin(name, day + timedelta(days=1))


def test_a_lease_outlives_several_beats() -> None:
    services.task_claim("one")
    assert timedelta(seconds=30) <= LEASE
