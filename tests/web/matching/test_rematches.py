"""Matching again: asked for once at a time, ordered of the broker, followed, taken in."""

from pathlib import Path
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult
from made_packages import sealed
from made_supplements import PICTURE, add, alert
from web.conftest import ClientFor, MakeCase, MakeUser
from web.imported import Imported, imported

from polit.base.errors import BrokerGone, BrokerRefused, UsageError
from polit.broker.client import Code, ErrandState, ErrandStatus, MatchOrder
from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.audit.services import act
from polit.web.cases.queries import case_access
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.matching.models import Alert, MatchSource, Rematch, StackRun
from polit.web.matching.services import rematch_ask, rematch_step
from polit.web.media.places import package_folder
from polit.web.tasks import matching as tasks
from polit.web.tasks.rules import Again


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "polit"))


@pytest.fixture
def user(make_user: MakeUser) -> User:
    return make_user("e.example", Role.EXAMINER, Role.INVESTIGATOR)


@pytest.fixture
def there(tmp_path: Path, make_case: MakeCase, user: User) -> Imported:
    return imported(make_case("T-1", user), tmp_path / "made", sealed(tmp_path / "made"))


class Errand:
    """A broker that is asked to match, and says what it is told to say."""

    def __init__(self, *told: ErrandState | Exception) -> None:
        self.told = list(told)
        self.orders: list[MatchOrder] = []

    def errand_status(self, errand_id: str) -> ErrandStatus:
        """Tell the next state of what was ordered."""
        if not self.orders:
            raise BrokerRefused(Code.NO_ERRAND, "none")
        state = self.told.pop(0)
        if isinstance(state, Exception):
            raise state
        return ErrandStatus(errand_id, state, message="as told")

    def match_start(self, order: MatchOrder) -> ErrandStatus:
        """Take the order, and tell the next state."""
        self.orders.append(order)
        return self.errand_status(order.errand_id)


def followed(monkeypatch: pytest.MonkeyPatch, errand: Errand, rematch: Rematch) -> list[object]:
    monkeypatch.setattr(tasks, "broker_client", lambda: errand)
    return [tasks.rematch_run.func(str(rematch.id)) for _ in range(len(errand.told))]


def queued(name: str) -> int:
    return DBTaskResult.objects.filter(task_path=f"polit.web.tasks.matching.{name}").count()


def test_matching_again_is_followed_and_its_supplements_are_wanted(
    there: Imported, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = case_access(user, there.package.case_id)
    rematch = rematch_ask(SYSTEM, reason="new set", access=access)
    before = queued("supplements_bring")
    errand = Errand(ErrandState.QUEUED, BrokerGone("away"), ErrandState.RUNNING, ErrandState.DONE)

    answers = followed(monkeypatch, errand, rematch)

    rematch.refresh_from_db()
    assert [type(each) for each in answers] == [Again, Again, Again, type(None)]
    assert [(order.packages, order.errand_id) for order in errand.orders] == [
        ((there.package.place,), str(rematch.errand_id))
    ]
    assert (rematch.state, rematch.packages) == ("done", 1)
    assert queued("supplements_bring") == before + 1
    assert queued("rematch_run") == 1


def test_one_scope_is_matched_once_at_a_time(there: Imported, user: User) -> None:
    access = case_access(user, there.package.case_id)
    rematch_ask(SYSTEM, reason="new set", access=access)
    rematch_ask(SYSTEM, reason="new set", access=None)

    for scope in (access, None):
        with pytest.raises(UsageError, match="already"):
            rematch_ask(SYSTEM, reason="again", access=scope)
    assert AuditEvent.objects.filter(action="matching.rematch").count() == 2


@pytest.mark.parametrize(
    "told", [ErrandState.FAILED, BrokerRefused(Code.NO_PACKAGE, "none of this case")]
)
def test_what_fails_says_so_and_can_be_asked_again(
    there: Imported, monkeypatch: pytest.MonkeyPatch, told: ErrandState | Exception
) -> None:
    del there
    rematch = rematch_ask(SYSTEM, reason="new set", access=None)

    assert followed(monkeypatch, Errand(told), rematch) == [None]

    rematch.refresh_from_db()
    assert rematch.state == "failed"
    assert rematch.message
    assert tasks.rematch_run.func(str(rematch.id)) is None
    rematch_ask(SYSTEM, reason="again", access=None)


def test_worker_takes_supplements_in_and_stacks_again(
    there: Imported, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(there.made, [alert(PICTURE)], folder=package_folder(there.package.place))
    monkeypatch.setattr(tasks, "broker_client", lambda: there.broker)

    assert tasks.supplements_bring.func(str(there.package.id)) is None
    tasks.stacks_compute.func(str(there.package.case_id), "")
    tasks.stacks_compute.func(str(there.package.case_id), str(there.package.id))

    assert MatchSource.objects.get(supplement=1).state == "imported"
    assert Alert.objects.count() == 1
    assert StackRun.objects.filter(is_ready=True).count() == 2


def test_what_the_worker_gave_up_is_failed_and_can_be_asked_again(there: Imported) -> None:
    del there
    rematch = rematch_ask(SYSTEM, reason="new set", access=None)
    assert tasks.fail_given_up_rematches() == 0

    DBTaskResult.objects.all().delete()

    assert tasks.fail_given_up_rematches() == 1
    rematch.refresh_from_db()
    assert rematch.state == "failed"
    rematch_ask(SYSTEM, reason="again", access=None)


def test_broker_that_begins_again_is_followed_on(
    there: Imported, monkeypatch: pytest.MonkeyPatch
) -> None:
    del there
    rematch = rematch_ask(SYSTEM, reason="new set", access=None)
    told = (ErrandState.RUNNING, ErrandState.QUEUED, ErrandState.RUNNING, ErrandState.DONE)

    answers = followed(monkeypatch, Errand(*told), rematch)

    rematch.refresh_from_db()
    assert [type(each) for each in answers] == [Again, Again, Again, type(None)]
    assert rematch.state == "done"


def test_what_ends_while_it_is_given_up_stays_as_it_ended(
    there: Imported, monkeypatch: pytest.MonkeyPatch
) -> None:
    del there
    rematch = rematch_ask(SYSTEM, reason="new set", access=None)
    DBTaskResult.objects.all().delete()
    step = rematch_step

    def ended_before(*args: Any, **options: Any) -> object:
        with act(SYSTEM, "tests.rematch", reason="a test") as deed:
            Rematch.objects.filter(pk=rematch.pk).update(state="done")
            deed.about("rematch", rematch.id)
        return step(*args, **options)

    monkeypatch.setattr(tasks, "rematch_step", ended_before)

    assert tasks.fail_given_up_rematches() == 0
    rematch.refresh_from_db()
    assert rematch.state == "done"


def test_pages_ask_with_a_reason(there: Imported, user: User, client_for: ClientFor) -> None:
    client = client_for(user)
    for url in (f"/cases/{there.package.case_id}/match-again/", "/match-again/"):
        assert client.post(url, {"reason": ""}).status_code == 200
        assert client.post(url, {"reason": "a new set came"}).status_code == 302
        again = client.post(url, {"reason": "a new set came"})
        assert b"being matched already" in again.content
        assert b"a new set came" in client.get(url).content
    assert Rematch.objects.count() == 2
