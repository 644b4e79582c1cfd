"""What hangs on the matches of a package goes from view with it, and comes back with it."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django_tasks_db.models import DBTaskResult
from made_packages import sealed
from made_supplements import PICTURE, add, alert
from web.adopting import place_package
from web.conftest import ClientFor, MakeCase, MakeUser
from web.imported import Imported, examination_of, imported
from web.seized import seized_exhibit

from polit.base.errors import UsageError
from polit.match.effect import effect_of
from polit.web.accounts.models import User
from polit.web.cases.queries import case_access
from polit.web.cases.rules import GrantedAccess
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.intake.services import Attached, package_act, package_import
from polit.web.intake.supplements import supplements_import
from polit.web.matching.models import Alert, StackRun
from polit.web.matching.queries import alert_counts, alerts_waiting
from polit.web.matching.services import alerts_act, stacking
from polit.web.matching.services.stacking import stacks_make
from polit.web.matching.stack_queries import run_of
from polit.web.media.models import Package
from polit.web.media.places import package_folder
from polit.web.media.rules import package_of

ROLES = frozenset({Role.EXAMINER})


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "polit"))


@pytest.fixture
def user(make_user: MakeUser) -> User:
    return make_user("e.example", Role.EXAMINER, Role.INVESTIGATOR)


@pytest.fixture
def there(tmp_path: Path, make_case: MakeCase, user: User) -> Imported:
    """Return a package with an alert of a supplement, and its stacks."""
    found = imported(make_case("T-1", user), tmp_path / "made", sealed(tmp_path / "made"))
    add(found.made, [alert(PICTURE)], folder=package_folder(found.package.place))
    supplements_import(SYSTEM, reason="a test", package=found.package, broker=found.broker)
    stacks_make(found.package.case_id, found.package.id)
    stacks_make(found.package.case_id, None)
    return found


def second_of(there: Imported, folder: Path) -> Package:
    """Attach a second exhibit of the case, whose package holds the same contents."""
    folder.mkdir()
    made = sealed(folder)
    exhibit = seized_exhibit(there.package.case, "AB/2")
    place = place_package(made.folder, "T-1/second")
    attached = Attached(exhibit, place, "a test", examination_of(exhibit, place))
    package = package_import(
        SYSTEM, reason="a test", attached=attached, broker=type(there.broker)(made.keys)
    )
    assert package.state == "imported"
    return package


def access_of(user: User, case_id: UUID) -> GrantedAccess:
    access = case_access(user, case_id)
    assert access is not None
    return access


def acted(package: Package, action: str) -> None:
    package_act(SYSTEM, reason="a test", package=package, action=action, roles=ROLES)


def test_alerts_and_stacks_are_out_of_sight_until_the_package_is_restored(
    there: Imported, user: User, client_for: ClientFor
) -> None:
    access, client = access_of(user, there.package.case_id), client_for(user)
    found = Alert.objects.get()
    pages = [f"/cases/{found.case_id}/alerts/{found.pk}/", f"/cases/{found.case_id}/stacks/"]
    run = run_of(access, None)
    assert run is not None
    assert [client.get(page).status_code for page in pages] == [200, 200]

    acted(there.package, "withdraw")

    assert (alert_counts(access).open, alerts_waiting(user)) == (0, [])
    assert client.get(pages[0]).status_code == 404
    assert run_of(access, None) is None
    assert run_of(access, there.package) is None
    assert b"sought" not in client.get(f"/cases/{found.case_id}/alerts/?state=all").content
    assert client.get(f"/cases/{found.case_id}/").status_code == 200
    with pytest.raises(UsageError, match="not in this case"):
        alerts_act(SYSTEM, reason="a test", access=access, alerts=[found.pk],
                   action="acknowledge", roles=ROLES)  # fmt: skip

    acted(there.package, "restore")
    stacks_make(there.package.case_id, None)

    assert (alert_counts(access).open, len(alerts_waiting(user))) == (1, 1)
    assert [client.get(page).status_code for page in pages] == [200, 200]
    assert run_of(access, None) is not None
    assert Alert.objects.get().content_id == found.content_id


def test_alert_is_seen_while_another_exhibit_holds_its_content(
    there: Imported, user: User, client_for: ClientFor, tmp_path: Path
) -> None:
    second = second_of(there, tmp_path / "second")
    first = Alert.objects.get()
    assert first.exhibit == there.package.exhibit

    acted(there.package, "withdraw")

    now = Alert.objects.get()
    assert (now.is_seen, now.exhibit) == (True, second.exhibit)
    assert package_of(now.content_id) == second.number
    page = client_for(user).get(f"/cases/{now.case_id}/alerts/{now.pk}/").content.decode()
    assert "AB/2" in page
    assert "AB/1" not in page

    acted(there.package, "restore")

    back = Alert.objects.get()
    assert (back.exhibit, back.content_id) == (first.exhibit, first.content_id)


def test_content_that_comes_again_shows_the_alert_of_a_withdrawn_package(
    there: Imported, tmp_path: Path
) -> None:
    acted(there.package, "withdraw")
    assert not Alert.objects.get().is_seen

    second = second_of(there, tmp_path / "second")

    assert (Alert.objects.get().is_seen, Alert.objects.get().exhibit) == (True, second.exhibit)


def test_restoring_asks_for_supplements_that_were_made_meanwhile(there: Imported) -> None:
    acted(there.package, "withdraw")
    wanted = DBTaskResult.objects.filter(task_path__endswith=".supplements_bring")
    before = wanted.count()

    acted(there.package, "restore")

    assert wanted.count() == before + 1


def test_stacks_of_a_package_that_goes_meanwhile_are_not_shown(
    there: Imported, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    StackRun.objects.all().delete()

    def slowly(*args: Any, **options: Any) -> object:
        acted(there.package, "withdraw")
        return effect_of(*args, **options)

    monkeypatch.setattr(stacking, "effect_of", slowly)

    assert stacks_make(there.package.case_id, None) is None
    assert run_of(access_of(user, there.package.case_id), None) is None
