"""Looking for supplements beside packages: found without being told, verified only when new."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django_tasks_db.models import DBTaskResult
from made_packages import sealed
from made_supplements import BROKEN, PICTURE, TEXT, add, alert
from web.adopting import VerifyingBroker
from web.conftest import ClientFor, MakeCase, MakeUser
from web.imported import Imported, imported

from polit.base.clock import now_utc
from polit.base.errors import BrokerGone, BrokerRefused
from polit.broker.client import AdoptedSupplement, Code
from polit.package.supplement import supplement_folder
from polit.web.accounts.models import User
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.intake.looking import supplements_look
from polit.web.intake.services import package_act
from polit.web.matching.models import Alert, MatchSource, SupplementLook
from polit.web.media.places import package_folder
from polit.web.tasks import matching as tasks
from polit.web.tasks.queries import queue_count
from polit.web.tasks.rules import LOOK_S, Again, Part
from polit.web.tasks.services import beat

NOBODY: frozenset[str] = frozenset()


class Counting:
    """A broker that verifies, and counts how often it had to; or says what it is told to say."""

    def __init__(self, verifying: VerifyingBroker) -> None:
        self.verifying = verifying
        self.asked: list[str] = []
        self.says: list[Exception] = []

    def supplement_adopt(
        self, package: str, *, case_reference: str, other_case_confirmed: bool = False
    ) -> tuple[AdoptedSupplement, ...]:
        """Count, and verify."""
        self.asked.append(package)
        if self.says:
            raise self.says.pop(0)
        return self.verifying.supplement_adopt(
            package, case_reference=case_reference, other_case_confirmed=other_case_confirmed
        )


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "polit"))


@pytest.fixture
def user(make_user: MakeUser) -> User:
    return make_user("e.example", Role.EXAMINER, Role.INVESTIGATOR)


@pytest.fixture
def there(tmp_path: Path, make_case: MakeCase, user: User) -> Imported:
    return imported(make_case("T-1", user), tmp_path / "made", sealed(tmp_path / "made"))


@pytest.fixture
def broker(there: Imported, monkeypatch: pytest.MonkeyPatch) -> Counting:
    made = Counting(there.broker)
    monkeypatch.setattr(tasks, "broker_client", lambda: made)
    return made


def round_of() -> list[object]:
    """Do what the worker does in a minute: look, and run what was asked for."""
    DBTaskResult.objects.all().delete()
    assert tasks.supplements_seek.func() == Again(LOOK_S)
    rows = DBTaskResult.objects.filter(task_path=tasks.supplements_bring.module_path)
    return [tasks.supplements_bring.func(*row.args_kwargs["args"]) for row in rows]


def supplement(there: Imported, content: bytes = PICTURE) -> Path:
    """Seal a supplement as ``polit match`` does: nobody tells the record."""
    folder = package_folder(there.package.place)
    manifest = add(there.made, [alert(content)], folder=folder)
    return supplement_folder(folder, manifest.number)


def look_of(there: Imported) -> SupplementLook:
    return SupplementLook.objects.get(package=there.package)


def test_supplement_that_came_to_lie_there_alerts_within_a_round(
    there: Imported, broker: Counting
) -> None:
    assert round_of() == []
    assert broker.asked == [], "where nothing lies, nothing is verified"
    supplement(there)

    assert round_of() == [None]

    assert MatchSource.objects.get(supplement=1).state == "imported"
    assert bytes(Alert.objects.get().sha256) == PICTURE


def test_what_was_taken_in_is_not_verified_again(there: Imported, broker: Counting) -> None:
    supplement(there)
    round_of()
    assert round_of() == []
    # Nor where somebody asks: after matching again nothing may have been said of most packages.
    tasks.supplements_bring.func(str(there.package.id))
    assert len(broker.asked) == 1

    supplement(there, TEXT)
    supplement(there, BROKEN)

    assert round_of() == [None]
    assert len(broker.asked) == 2
    assert list(MatchSource.objects.order_by("number").values_list("supplement", flat=True)) == [
        0, 1, 2, 3,
    ]  # fmt: skip


def test_refused_one_is_tried_again_only_when_it_changed(there: Imported, broker: Counting) -> None:
    matches = supplement(there) / "matches.sqlite"
    whole = matches.read_bytes()
    matches.write_bytes(whole[:-1])

    assert [round_of() for _ in range(3)] == [[None], [], []]
    assert MatchSource.objects.get(supplement=1).state == "refused"
    assert len(broker.asked) == 1

    times = matches.stat()
    matches.write_bytes(whole)
    os.utime(matches, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert round_of() == [None]
    assert MatchSource.objects.get(supplement=1).state == "imported"
    assert Alert.objects.count() == 1


def test_withdrawn_package_is_not_looked_at_until_it_is_restored(
    there: Imported, broker: Counting
) -> None:
    roles = frozenset({Role.EXAMINER, Role.SUPERVISOR})
    there.package.refresh_from_db()
    package_act(SYSTEM, reason="a test", package=there.package, action="withdraw", roles=roles)
    supplement(there)
    assert round_of() == []
    assert not Alert.objects.exists()

    package_act(SYSTEM, reason="a test", package=there.package, action="restore", roles=roles)

    assert round_of() == [None]
    assert Alert.objects.count() == 1
    assert len(broker.asked) == 1


def test_what_is_being_taken_in_is_asked_for_once(there: Imported) -> None:
    supplement(there)
    assert supplements_look(being_taken=frozenset({str(there.package.id)})) == 0
    assert supplements_look(being_taken=NOBODY) == 1
    assert supplements_look(being_taken=NOBODY) == 0, "it was asked for"

    # Its task was given up: an hour later it is asked for again.
    SupplementLook.objects.update(asked_at=now_utc() - timedelta(hours=2))
    assert supplements_look(being_taken=NOBODY) == 1


def test_silent_broker_is_waited_for_and_one_that_refuses_is_told(
    there: Imported, broker: Counting, client_for: ClientFor, user: User
) -> None:
    supplement(there)
    broker.says += [
        BrokerGone("away"),
        BrokerRefused(Code.BUSY, "later"),
        BrokerRefused(Code.DAMAGED, "its manifest <cannot> be read"),
    ]
    assert round_of() == [Again(60)]
    bring = tasks.supplements_bring.func
    assert bring(str(there.package.id)) == Again(60)
    assert bring(str(there.package.id)) is None
    assert round_of() == []

    page = client_for(user).get(
        f"/cases/{there.package.case_id}/examinations/{there.examination.id}/results/known/"
    )
    text = page.content.decode()
    assert "were last looked for on" in text
    assert "its manifest &lt;cannot&gt; be read" in text


def test_page_says_that_nobody_looked_or_nothing_can_be_read(
    there: Imported, client_for: ClientFor, user: User
) -> None:
    client, address = (
        client_for(user),
        (f"/cases/{there.package.case_id}/examinations/{there.examination.id}/results/known/"),
    )
    assert "have not been looked for yet" in client.get(address).content.decode()
    folder = package_folder(there.package.place)
    (folder / "supplements").mkdir()

    class Closed(OSError):
        """The folder's owner let nobody in."""

    def closed(_: Path) -> str:
        raise Closed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("polit.web.intake.looking.lying_sha256", closed)
        assert supplements_look(being_taken=NOBODY) == 0
    assert "cannot be read" in client.get(address).content.decode()
    supplements_look(being_taken=NOBODY)
    assert "cannot be read" not in client.get(address).content.decode()


@pytest.mark.parametrize("kind", ["a file", "a link", "an empty folder"])
def test_what_is_no_supplement_is_refused_once(
    there: Imported, broker: Counting, tmp_path: Path, kind: str
) -> None:
    place = supplement_folder(package_folder(there.package.place), 1)
    place.parent.mkdir()
    if kind == "a file":
        place.write_text("nothing")
    elif kind == "a link":
        place.symlink_to(tmp_path)
    else:
        place.mkdir()

    rounds = [round_of() for _ in range(3)]

    assert rounds == [[None], [], []]
    assert len(broker.asked) == 1
    assert not MatchSource.objects.filter(supplement=1, state="imported").exists()
    assert look_of(there).is_readable


@pytest.mark.django_db
def test_the_look_is_asked_for_once_and_is_no_task_that_waits() -> None:
    beat(Part.WORKER)
    assert tasks.seek_supplements()
    assert not tasks.seek_supplements()
    assert queue_count().waiting == 0

    DBTaskResult.objects.update(status="FAILED")
    assert queue_count().failed == 1
    assert tasks.seek_supplements(), "one that was given up is followed by another"
