"""Lists over a package of many entries: every entry once, however it is looked for."""

from pathlib import Path

import pytest
from django.urls import reverse
from web.conftest import ClientFor, MakeCase, MakeUser
from web.imported import examination_of, imported
from web.seized import seized_exhibit
from wide_packages import Shape, wide_package

from polit.web.core.rules import Role
from polit.web.media import queries
from polit.web.media.models import Entry, Folder, Package
from polit.web.media.queries import entry_page, folder_get, folder_page, picture_page
from polit.web.media.rules import EntryWanted


@pytest.fixture
def package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_case: MakeCase, make_user: MakeUser
) -> Package:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "polit"))
    monkeypatch.setattr(queries, "PAGE_ENTRIES", 7)
    monkeypatch.setattr(queries, "PAGE_TILES", 3)
    monkeypatch.setattr(queries, "PAGE_FOLDERS", 2)
    monkeypatch.setattr(queries, "SEARCHED_AT_ONCE", 40)
    case = make_case("T-1", make_user("e.example", Role.EXAMINER))
    (tmp_path / "made").mkdir()
    return imported(case, tmp_path, wide_package(tmp_path / "made", Shape(1_203, 3))).package


def walked(package: Package, wanted: EntryWanted) -> list[int]:
    found: list[int] = []
    after: int | None = None
    while True:
        page = entry_page(package, wanted, after=after)
        found += [row.pk for row in page.rows]
        if page.after is None:
            return found
        after = page.after


@pytest.mark.parametrize(
    ("wanted", "conditions"),
    [
        (EntryWanted(state=2), {"state": 2}),
        (EntryWanted(outcome=3), {"outcome": 3}),
        (EntryWanted(kind=1), {"kind": 1}),
        (EntryWanted(mismatch=True), {"extension_agrees": False}),
        (EntryWanted(kind=4, state=2), {"kind": 4, "state": 2}),
        (EntryWanted(contains="00001"), {"path__icontains": "00001"}),
        (EntryWanted(contains="nowhere"), {"path__icontains": "nowhere"}),
    ],
)
def test_pages_together_hold_every_match_once_in_order(
    package: Package, wanted: EntryWanted, conditions: dict[str, object]
) -> None:
    expected = Entry.objects.filter(**conditions).order_by("locator")

    assert walked(package, wanted) == [row.pk for row in expected]


def test_pictures_and_folders_go_on_page_by_page(package: Package) -> None:
    first = picture_page(package)
    second = picture_page(package, after=first.after)
    root, _ = folder_page(package, None)
    below, after = folder_page(package, root[0])

    assert len(first.rows) == 3
    assert {row.pk for row in first.rows}.isdisjoint(row.pk for row in second.rows)
    assert [each.entries_below for each in root] == [1_203]
    assert (len(below), after) == (2, below[-1].pk)
    assert folder_get(package, below[0].pk) == below[0]
    with pytest.raises(Folder.DoesNotExist):
        folder_get(package, 5)


def test_pages_of_folders_and_holders_lead_to_each_other(
    package: Package, client_for: ClientFor
) -> None:
    client = client_for(package.case.members.get().user)
    keys = {"case_id": package.case_id, "examination_id": package.examination_id}
    folder = Folder.objects.get(path="folder 00000")
    inside = Entry.objects.filter(within__isnull=False)[0]

    below = client.get(reverse("media:folders", kwargs=keys), {"folder": folder.pk})
    missing = client.get(reverse("media:folders", kwargs=keys), {"folder": 5})
    entry = client.get(
        reverse("media:entry", kwargs={"case_id": package.case_id, "entry_id": inside.pk})
    )

    assert (below.status_code, missing.status_code) == (200, 404)
    assert b"Inside of" in entry.content


def test_checks_are_shown_also_where_no_package_came(
    package: Package, client_for: ClientFor
) -> None:
    client = client_for(package.case.members.get().user)
    keys = {"case_id": package.case_id}
    other = examination_of(seized_exhibit(package.case, "ZZ/9"), "root/x", state="failed")

    held = client.get(
        reverse("intake:checks", kwargs={**keys, "examination_id": package.examination_id})
    )
    none = client.get(reverse("intake:checks", kwargs={**keys, "examination_id": other.id}))

    assert b"rows_sha256" in held.content
    assert b"no package came of it" in none.content
