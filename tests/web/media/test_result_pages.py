"""Pages of results: the account, lists, tiles, entries; who may see them, and what they show."""

from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from web.conftest import ClientFor, MakeCase, MakeUser
from web.imported import Imported, imported

from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.cases.services import member_add
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Purpose, Role
from polit.web.media.models import Entry
from polit.web.media.places import package_folder


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "polit"))


@pytest.fixture
def there(tmp_path: Path) -> Imported:
    return imported("T-1", tmp_path / "made")


@pytest.fixture
def examiner(there: Imported, make_user: MakeUser, client_for: ClientFor) -> Client:
    return client_for(member_of(there, make_user("e.example", Role.EXAMINER)))


def member_of(there: Imported, user: User) -> User:
    member_add(
        SYSTEM, reason="a test", case=there.package.case, user_id=user.pk,
        purpose=Purpose.EXAMINATION,
    )  # fmt: skip
    return user


def address(name: str, there: Imported, **more: object) -> str:
    kwargs: dict[str, object] = {"case_id": there.package.case_id}
    if not more:
        kwargs["examination_id"] = there.examination.id
    return reverse(f"media:{name}", kwargs=kwargs | more)


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, response.content[:300]
    return response.content.decode()


def test_account_shows_what_failed_and_what_was_not_examined(
    there: Imported, examiner: Client
) -> None:
    page = text_of(examiner, address("results", there))

    assert "5 = 3 + 1 + 1" in page
    assert "Not examined" in page
    assert "unallocated space" in page
    assert "undecodable" in page
    assert "extension_mismatch" in page
    assert "?outcome=failed" in page
    assert "?kind=still" in page
    assert "?kind=video" not in page  # there is none to show


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 5), ("kind=still", 3), ("outcome=failed", 1), ("reason=folder", 1), ("state=live", 5),
     ("state=deleted", 5), ("mismatch=yes", 1), ("contains=JPG", 3),
     ("contains=.jpg&kind=still", 3),
     ("contains=nothing", 0), ("reason=none_has_it", 0),
     ("kind=nonsense&folder=abc", 5), ("after=99999999999999999999", 5)],
)  # fmt: skip
def test_entries_are_filtered(there: Imported, examiner: Client, query: str, count: int) -> None:
    expected = 0 if query == "state=deleted" else count

    page = text_of(examiner, f"{address('entries', there)}?{query}")

    assert page.count("/entries/") - page.count("/results/entries/") == expected


def test_entry_shows_digests_and_the_other_occurrence(there: Imported, examiner: Client) -> None:
    first = Entry.objects.get(path="a.jpg")
    content = first.content
    assert content is not None

    page = text_of(examiner, address("entry", there, entry_id=first.pk))

    assert bytes(content.sha256).hex() in page
    assert "b.jpg" in page
    assert "zone unknown" not in page  # it has no times
    assert first.locator in page


def test_tile_is_the_grey_picture_and_is_never_stored(there: Imported, examiner: Client) -> None:
    content = Entry.objects.get(path="a.jpg").content_id
    before = AuditEvent.objects.count()

    response = examiner.get(
        address("tile", there, content_id=content), headers={"range": "bytes=0-3"}
    )

    assert (response.status_code, response["Content-Type"]) == (200, "image/webp")
    assert response.content[:4] == b"RIFF"
    assert "no-store" in response["Cache-Control"]
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("content_id", [1, 2**32 + 999, 2**63, 10**30])
def test_tile_that_is_not_there_is_not_found(
    there: Imported, examiner: Client, content_id: int
) -> None:
    assert examiner.get(address("tile", there, content_id=content_id)).status_code == 404


def test_tile_that_was_altered_is_not_shown(there: Imported, examiner: Client) -> None:
    pack = package_folder(there.package.place) / "derivatives/tiles.pack"
    pack.write_bytes(bytes(len(pack.read_bytes())))
    content = Entry.objects.get(path="a.jpg").content_id

    assert examiner.get(address("tile", there, content_id=content)).status_code == 404
    pack.unlink()
    assert examiner.get(address("tile", there, content_id=content)).status_code == 404


def test_csv_leaves_only_after_its_disclosure_is_recorded(
    there: Imported, examiner: Client
) -> None:
    response = examiner.post(address("download", there), {"reason": "for the case file"})

    assert response.status_code == 200
    lines = b"".join(response.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 6
    event = AuditEvent.objects.get(action="media.entries_export")
    assert (event.nature, event.reason) == ("disclosure", "for the case file")


def test_csv_without_a_reason_is_not_sent(there: Imported, examiner: Client) -> None:
    response = examiner.post(address("download", there), {"reason": ""})

    assert response.status_code == 200
    assert b"Enter the reason" in response.content
    assert not AuditEvent.objects.filter(action="media.entries_export").exists()


@pytest.mark.parametrize("name", ["results", "entries", "folders", "tiles"])
def test_pages_are_there_for_members_alone(
    there: Imported, make_user: MakeUser, client_for: ClientFor, name: str
) -> None:
    outsider = client_for(make_user("o.example", Role.EXAMINER))
    member = client_for(member_of(there, make_user("m.example", Role.SUPERVISOR)))

    assert outsider.get(address(name, there)).status_code == 404
    assert member.get(address(name, there)).status_code == 200


def test_safeguarding_reads_the_account_and_no_tile(
    there: Imported, make_user: MakeUser, client_for: ClientFor
) -> None:
    client = client_for(member_of(there, make_user("s.example", Role.SAFEGUARDING)))
    content = Entry.objects.get(path="a.jpg").content_id

    assert client.get(address("results", there)).status_code == 200
    assert client.get(address("tiles", there)).status_code == 404
    assert client.get(address("tile", there, content_id=content)).status_code == 404


def test_another_case_does_not_open_the_rows(
    there: Imported, make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    user = make_user("x.example", Role.EXAMINER)
    other = make_case("OP-2", user)
    client = client_for(user)
    entry = Entry.objects.get(path="a.jpg")

    asked: dict[str, dict[str, object]] = {
        "entry": {"entry_id": entry.pk},
        "tile": {"content_id": entry.content_id},
        "results": {"examination_id": there.examination.id},
    }
    for name, value in asked.items():
        found = reverse(f"media:{name}", kwargs={"case_id": other.id, **value})
        assert client.get(found).status_code == 404


@pytest.mark.parametrize(
    ("name", "most"), [("results", 19), ("entries", 15), ("folders", 13), ("tiles", 14)]
)
def test_pages_ask_a_fixed_number_of_queries(
    there: Imported, examiner: Client, name: str, most: int
) -> None:
    examiner.get(address(name, there))

    with CaptureQueriesContext(connection) as queries:
        examiner.get(address(name, there))

    assert len(queries) <= most, "\n".join(each["sql"][:150] for each in queries)
