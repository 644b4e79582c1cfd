"""What the gallery fetches: orders and tiles of one case, for its reviewers alone."""

import json
import re
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

from polit.web.accounts.models import User
from polit.web.audit.services import act
from polit.web.cases.services import member_add
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Purpose, Role
from polit.web.items.models import Item, ReviewSet
from polit.web.items.rules import ItemMark, ItemState, place_of
from polit.web.items.services import items_mark
from polit.web.items.services.building import items_build
from polit.web.matching.models import ContentMatch, KnownContent, MatchSet
from polit.web.matching.rules import Verdict
from polit.web.media.models import Package, Word
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
     "flag=Victim_Visible", "graded_by=x", "verdict=perhaps", "exhibit=1111111111111111111"],
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


def answered(client: Client, url: str) -> Any:
    """Return the JSON of an answer that nobody keeps."""
    response = client.get(url)
    assert response.status_code == 200, response.content[:300]
    assert response["Cache-Control"] == "no-store"
    return response.json()


def test_counts_folders_and_facts_tell_of_every_copy(there: Imported, grader: Client) -> None:
    items = {place_of(each.pk): each for each in Item.objects.all()}
    facets = answered(grader, address("facets", there))["facets"]
    assert facets["exhibit"] == [[str(there.package.number), "AB/1", len(items)]]
    assert sum(count for _, _, count in facets["kind"]) == len(items)
    assert "state" not in answered(grader, address("facets", there) + "?queue=second")["facets"]

    told = answered(grader, address("timeline", there))
    assert sum(count for _, count in told["counts"]) + told["unknown"] == len(items)

    (top,) = answered(grader, address("folders", there))["folders"]
    assert (top["name"], top["items"], top["number"]) == ("AB/1", len(items), 0)
    asked = f"{address('folders', there)}?package={top['package']}"
    (root,) = answered(grader, asked)["folders"]
    assert root["items"] == len(items)
    below = f"{address('order', there)}?folder={root['number']}"
    assert set(ordered(grader, below)[1]["places"]) == set(items)
    assert answered(grader, f"{address('folders', there)}?package=999")["folders"] == []

    copied = next(place for place, each in items.items() if each.occurrences > 1)
    facts = answered(grader, address("item", there, place=copied))
    assert len(facts["names"]) == items[copied].occurrences == facts["copies"]
    assert facts["sha256"] == bytes(items[copied].sha256).hex()
    assert (facts["history"], facts["agreed"]) == ([], "no")
    blind = answered(grader, address("item", there, place=copied) + "?queue=second")
    assert not {"history", "state", "grade", "flags", "agreed"} & blind.keys()
    assert blind["verdict"] == "Unknown"
    sample = answered(grader, address("item", there, place=copied) + "?queue=sample")
    assert not {"verdict", "settled", "matches"} & sample.keys()
    assert "verdict" not in answered(grader, address("facets", there) + "?queue=sample")["facets"]
    assert grader.get(address("item", there, place=4_000)).status_code == 404


def test_filters_narrow_and_changes_are_told(
    there: Imported, grader: Client, django_user_model: type[User]
) -> None:
    review_set = ReviewSet.objects.get()
    places = [place_of(each.pk) for each in Item.objects.order_by("id")]
    officer = django_user_model.objects.get(username="g.example")
    since = answered(grader, f"{address('changes', there)}?since=0")["revision"]
    with act(SYSTEM, "tests.mark", reason="a test", case=there.package.case) as deed:
        items_mark(review_set, places[:1], state=ItemState.GRADED, grade=1, flags=1,
                   graded_by=officer.pk)  # fmt: skip
        items_mark(review_set, places[1:2], state=ItemState.DISPUTED, grade=2, flags=0,
                   graded_by=officer.pk)  # fmt: skip
        deed.about("items", "1")

    told = answered(grader, f"{address('changes', there)}?since={since}")
    assert [each[:3] for each in told["items"]] == [[places[0], 1, 1], [places[1], 5, 2]]
    assert (
        answered(grader, f"{address('changes', there)}?since={since}&queue=second")["items"] == []
    )
    assert answered(grader, f"{address('changes', there)}?since={told['revision']}")["items"] == []

    def found(query: str) -> list[int]:
        return ordered(grader, f"{address('order', there)}?{query}")[1]["places"]

    assert found("queue=mine") == found("graded_by=me&queue=all")
    assert set(found("queue=mine")) == set(places[:2])
    assert found("queue=graded") == found("queue=all&flag=victim_visible") == places[:1]
    assert found("queue=all&grade=2") == found("disputed=yes&queue=all") == places[1:2]
    assert set(found("")) == set(places[2:])
    assert found("kind=video") == found("verdict=alert") == found("exhibit=77") == []
    assert set(found("verdict=unknown&kind=picture&size=tiny")) == set(places[2:])
    assert found("from=2999-01-01") == found("camera=9") == found("folder=5") == []
    for sort in ("date", "folder", "size", "likeness", "matters"):
        assert set(found(f"queue=all&stacks=no&sort={sort}")) == set(places)
    assert found(f"lead={places[0]}") == places[:1]
    _, blind = ordered(grader, f"{address('order', there)}?queue=second")
    assert (blind["states"], blind["grades"]) == ([0] * len(blind["places"]),) * 2


def test_table_says_what_the_grid_shows(there: Imported, grader: Client) -> None:
    places = [place_of(each.pk) for each in Item.objects.order_by("id")]
    page = grader.get(f"{address('table', there)}?queue=all").content.decode()
    sent = re.findall(r'type="checkbox" name="(\w+)" value="(\d+)"', page)
    form = re.search(r'<form method="post" action="(.*?decide-form)"', page)
    assert form is not None
    assert sorted(int(place) for _, place in sent) == sorted(places)
    assert "Pending" in page
    assert "AB/1" in page
    with CaptureQueriesContext(connection) as queries:
        grader.get(f"{address('table', there)}?queue=all")
    with CaptureQueriesContext(connection) as fewer:
        grader.get(f"{address('table', there)}?queue=all&after={places[-2]}")
    assert len(queries) == len(fewer)
    assert grader.get(f"{address('table', there)}?after=x").status_code == 400
    # What the page has is what the form takes.
    asked = {sent[0][0]: sent[0][1], "code": "A", "shown": "queue=all"}
    assert grader.post(form[1], asked)["Location"].endswith("/table?queue=all&sort=matters")


@pytest.fixture
def stack(there: Imported, make_user: MakeUser) -> list[int]:
    """Return the places of a stack of two that resemble what is sought, graded and flagged."""
    lead, other, *_ = Item.objects.order_by("id")
    for item, bits in ((lead, 8), (other, 30)):
        _near(there, item, bits)
    ReviewSet.objects.update(basis="")
    review_set = items_build(there.package.case_id)
    assert review_set is not None
    places = [place_of(each.pk) for each in (lead, other)]
    officer = make_user("other.example", Role.GRADER)
    with act(SYSTEM, "tests.mark", reason="a test", case=there.package.case) as deed:
        Item.objects.filter(pk=other.pk).update(lead_place=places[0])
        items_mark(review_set, places, state=ItemState.GRADED, grade=2, flags=1,
                   graded_by=officer.pk)  # fmt: skip
        deed.about("items", "2")
    return places


@pytest.mark.parametrize("queue", ["second", "sample"])
def test_a_blind_queue_is_told_nothing(
    there: Imported, grader: Client, stack: list[int], queue: str
) -> None:
    asked, is_sample = f"?lead={stack[0]}&queue={queue}", queue == "sample"
    likely = ItemMark(0) if is_sample else ItemMark.ALERT | ItemMark.NEAR

    # The whole stack, whatever was drawn of it; a sample checks what hash sets say: not told.
    told = ordered(grader, address("order", there) + asked + "&stacks=no")[1]
    assert sorted(told["places"]) == stack
    assert (told["states"], told["grades"]) == ([ItemState.PENDING] * 2, [0, 0])
    hidden = ItemMark.ALERT | ItemMark.NEAR | ItemMark.FLAGGED
    assert {each & hidden for each in told["marks"]} == {likely}
    facets = answered(grader, address("facets", there) + asked)["facets"]
    facts = answered(grader, address("item", there, place=stack[0]) + asked)
    assert not {"state", "grade", "flag", "flags", "graded_by", "history"} & {*facets, *facts}
    assert len({"verdict", "matches", "settled"} & facts.keys()) == (0 if is_sample else 3)
    assert ("verdict" in facets) is not is_sample
    since = f"{address('changes', there)}?since=0&queue={queue}"
    assert answered(grader, since)["items"] == []
    page = grader.get(address("table", there) + asked).content.decode()
    assert page.count('name="place"') == 2
    assert "flagged" not in page
    assert "Graded</td>" not in page
    assert ("Like an alert" in page) is not is_sample
    figures = answered(grader, f"{address('figures', there)}?places={stack[0]}")["figures"][0]
    assert figures.keys() == {"place", "size_bytes", "pixels", "day", "duration_ms", "distance"}


def test_a_withdrawal_is_seen_before_items_are_built(
    there: Imported, grader: Client, stack: list[int]
) -> None:
    asked = f"{address('order', there)}?queue=all&stacks=no&sort=likeness"
    before = ordered(grader, asked)[1]
    assert before["places"][:2] == stack  # the nearer one first, alike as they are
    _put(there, "withdrawn")
    assert ordered(grader, asked)[1]["places"] == []
    assert answered(grader, address("timeline", there) + "?queue=all")["counts"] == []
    page = grader.get(address("table", there) + "?queue=all").content.decode()
    assert 'name="place"' not in page
    _put(there, "imported")
    assert ordered(grader, asked)[1] == before


def _put(there: Imported, state: str) -> None:
    with act(SYSTEM, "tests.put", reason="a test", case=there.package.case) as deed:
        Package.objects.update(state=state)
        deed.about("package", there.package.id)


def _near(there: Imported, item: Item, bits: int) -> None:
    """Say that a picture resembles what a set alerts to."""
    number, base = there.package.number, there.package.number << 32
    KnownContent.objects.create(
        id=item.content_id, verdict=Verdict.NEAR_ALERT, settled=0, source_number=number, matches=1,
        sets=1,
    )  # fmt: skip
    word = Word.objects.get_or_create(word="drawn")[0]
    kept = MatchSet(
        id=base + bits, package=there.package, set_sha256=bytes(32), name="drawn", status=1,
        scheme="", provider="", jurisdiction="", version="", format="", file_sha256="", records=1,
        keys="[]",
    )  # fmt: skip
    match = ContentMatch(
        id=base + bits, package=there.package, content_id=item.content_id, match_set=kept, record=1,
        algorithm=4, distance_bits=bits, threshold_bits=31, alerts=True, settles=False,
        contradicted=False, others=0, asserted=word, variant=word,
    )  # fmt: skip
    MatchSet.objects.bulk_create([kept])
    ContentMatch.objects.bulk_create([match])
