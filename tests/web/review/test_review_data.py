"""What the gallery fetches: orders and tiles of one case, for its reviewers alone."""

import json
import struct
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from web.conftest import ClientFor, MakeCase, MakeUser
from web.imported import Imported, imported

from polit.web.cases.services import member_add
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Purpose, Role
from polit.web.items.models import Item
from polit.web.items.rules import ItemMark, place_of
from polit.web.items.services.building import items_build
from polit.web.media.places import package_folder


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "polit"))


@pytest.fixture
def there(tmp_path: Path) -> Imported:
    found = imported("T-1", tmp_path / "made")
    assert items_build(found.package.case_id) is not None
    return found


@pytest.fixture
def grader(there: Imported, make_user: MakeUser, client_for: ClientFor) -> Client:
    user = make_user("g.example", Role.GRADER)
    member_add(SYSTEM, reason="a test", case=there.package.case, user_id=user.pk,
               purpose=Purpose.GRADING)  # fmt: skip
    return client_for(user)


def address(name: str, there: Imported, **more: object) -> str:
    return reverse(f"review:{name}", kwargs={"case_id": there.package.case_id} | more)


def ordered(client: Client, url: str) -> tuple[dict[str, Any], dict[str, list[int]]]:
    """Return the header and the arrays of an order."""
    data = client.get(url).content
    (length,) = struct.unpack_from("<I", data)
    header = json.loads(data[4 : 4 + length])
    at, count = -(-(4 + length) // 4) * 4, header["count"]
    arrays = {}
    for name, code in (("places", "I"), ("stack", "I"), ("states", "B"), ("grades", "B"),
                       ("marks", "B")):  # fmt: skip
        arrays[name] = list(struct.unpack_from(f"<{count}{code}", data, at))
        at += struct.calcsize(f"<{count}{code}")
    assert at == len(data)
    return header, arrays


def test_order_and_tiles_are_the_cases_own(there: Imported, grader: Client) -> None:
    header, arrays = ordered(grader, address("order", there))
    items = {place_of(each.pk): each for each in Item.objects.all()}
    assert set(arrays["places"]) == set(items)
    assert header["media_files"] == sum(each.occurrences for each in items.values())
    untiled = [place for place, each in items.items() if not each.has_tile]
    tiled = [place for place, each in items.items() if each.has_tile]
    assert tiled
    assert {place for place, mark in zip(arrays["places"], arrays["marks"], strict=True)
            if mark & ItemMark.NO_TILE} == set(untiled)  # fmt: skip

    asked = f"{address('tiles', there)}?places=999,{','.join(map(str, [*untiled, *tiled]))}"
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = grader.get(asked)
    assert len([each for each in queries if "items_" in each["sql"]]) <= 2
    assert response["Cache-Control"] == "no-store"
    sent = tiles_of(response.content)
    assert list(sent) == [999, *untiled, *tiled]
    assert {place for place, data in sent.items() if data[:4] == b"RIFF"} == set(tiled)

    pack = package_folder(there.package.place) / "derivatives/tiles.pack"
    pack.write_bytes(bytes(len(pack.read_bytes())))
    assert not any(tiles_of(grader.get(asked).content).values())
    pack.unlink()
    assert not any(tiles_of(grader.get(asked).content).values())


def tiles_of(data: bytes) -> dict[int, bytes]:
    (count,) = struct.unpack_from("<I", data)
    table = struct.unpack_from(f"<{2 * count}I", data, 4)
    at, found = 4 + 8 * count, {}
    for place, length in zip(table[::2], table[1::2], strict=True):
        found[place] = data[at : at + length]
        at += length
    assert at == len(data)
    return found


@pytest.mark.parametrize(
    "query",
    ["queue=nonsense", "exhibit=a", "kind=nothing", "from=2020", "sort=x", "lead=-1", "size=x",
     "flag=Victim_Visible", "graded_by=x", "known=perhaps", "exhibit=1111111111111111111"],
)  # fmt: skip
def test_an_address_without_sense_is_refused(there: Imported, grader: Client, query: str) -> None:
    response = grader.get(f"{address('order', there)}?{query}")
    assert response.status_code == 400
    assert response.json()["error"] == "usage"


def test_another_case_has_nothing_of_this_one(
    there: Imported, make_case: MakeCase, make_user: MakeUser, client_for: ClientFor
) -> None:
    user = make_user("o.example", Role.GRADER)
    other = make_case("T-2", user)
    client = client_for(user)
    place = place_of(Item.objects.filter(has_tile=True)[0].pk)
    assert client.get(f"{address('tiles', there)}?places={place}").status_code == 404
    url = reverse("review:tiles", kwargs={"case_id": other.id})
    assert client.get(f"{url}?places={place}").status_code == 404  # nothing was built there
