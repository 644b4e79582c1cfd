"""The page by which a package is withdrawn and restored, and who sees its rows meanwhile."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from web.conftest import ClientFor, MakeCase, MakeUser
from web.imported import Imported, examination_of, imported

from polit.base.errors import UsageError
from polit.web.audit.models import AuditEvent
from polit.web.core.rules import Role
from polit.web.intake.queries import check_attachable, packages_offered
from polit.web.media.models import Entry


@pytest.fixture
def there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_case: MakeCase, make_user: MakeUser
) -> Imported:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "polit"))
    case = make_case("T-1", make_user("e.example", Role.EXAMINER))
    return imported(case, tmp_path)


@pytest.fixture
def examiner(there: Imported, client_for: ClientFor) -> Client:
    return client_for(there.package.case.members.get().user)


def address(name: str, there: Imported, **more: object) -> str:
    keys = {"case_id": there.package.case_id, "examination_id": there.examination.id}
    return reverse(name, kwargs={**keys, **more})


def test_withdrawn_package_is_seen_by_nobody_until_it_is_restored(
    there: Imported, examiner: Client
) -> None:
    results = address("media:results", there)
    entry = reverse(
        "media:entry",
        kwargs={"case_id": there.package.case_id, "entry_id": Entry.objects.all()[0].pk},
    )
    withdraw = address("intake:package", there, package_action="withdraw")
    restore = address("intake:package", there, package_action="restore")
    assert withdraw in examiner.get(address("examinations:page", there)).content.decode()

    refused = examiner.post(withdraw, {"reason": ""})
    done = examiner.post(withdraw, {"reason": "the package of another phone"})

    assert (refused.status_code, done.status_code) == (200, 302)
    assert [examiner.get(url).status_code for url in (results, entry)] == [404, 404]
    assert Entry.objects.count() == 5
    page = examiner.get(address("examinations:page", there)).content.decode()
    assert "Package withdrawn" in page
    assert restore in page
    event = AuditEvent.objects.get(action="intake.package_withdraw")
    assert event.reason == "the package of another phone"
    assert "cannot withdraw" in examiner.post(withdraw, {"reason": "again"}).content.decode()

    examiner.post(restore, {"reason": "it was the right one"})

    assert [examiner.get(url).status_code for url in (results, entry)] == [200, 200]


def test_other_actions_and_examinations_without_a_package_are_not_found(
    there: Imported, examiner: Client
) -> None:
    other = examination_of(there.package.exhibit, "root/a")
    keys = {"case_id": there.package.case_id, "examination_id": other.id}

    unknown = examiner.get(address("intake:package", there, package_action="erase"))
    none = examiner.get(reverse("intake:package", kwargs={**keys, "package_action": "withdraw"}))

    assert (unknown.status_code, none.status_code) == (404, 404)


def test_packages_of_a_case_that_one_does_not_see_are_neither_named_nor_attached(
    there: Imported, make_case: MakeCase, make_user: MakeUser
) -> None:
    member, outsider = there.package.case.members.get().user, make_user("o.example", Role.EXAMINER)
    make_case("OP-2", outsider)
    names = ("T-1/AB%2F1.polit", "OP-2/AB%2F1.polit", "run-1/AB%2F1.polit")

    assert packages_offered(member, names) == (names[0], names[2])
    assert packages_offered(outsider, names) == (names[1], names[2])
    check_attachable(member, there.package.place)
    check_attachable(outsider, "run-1/nothing there.polit")
    with pytest.raises(UsageError, match="names another case"):
        check_attachable(outsider, there.package.place)
