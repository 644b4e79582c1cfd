"""Whatever an investigator asks for: no name, path, digest or pixel of what is quarantined.

Every address of the site is asked with the identifiers of the quarantined entry, and every list and
file; what showed it before the quarantine proves that the walk would see it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from address_samples import CaseSamples
from django.test import Client
from django.urls import reverse
from made_packages import sealed
from matched_packages import ALERTING, PICTURE, SETS, exact
from web.conftest import ClientFor, MakeUser
from web.imported import Imported, imported
from web.review.looked_at import TellingBroker, session_of

from polit.base.errors import UsageError
from polit.web.accounts.models import User
from polit.web.cases.models import Case
from polit.web.cases.queries import case_access
from polit.web.cases.rules import GrantedAccess
from polit.web.cases.services import member_add
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.rules import CASE_ROLES, Purpose
from polit.web.core.sightings import sightings_of
from polit.web.items.models import Item
from polit.web.items.queries.some import items_by_places
from polit.web.items.rules import place_of
from polit.web.items.services.building import items_build
from polit.web.matching.models import Alert, StackMember, StackRow
from polit.web.matching.services.stacking import stacks_make
from polit.web.media.models import Entry
from polit.web.privilege.services import entry_hold
from polit.web.review.views import unveil
from polit.web.site.addresses import Address, all_addresses

if TYPE_CHECKING:
    from collections.abc import Callable

_NAMES = ("a.jpg", "b.jpg")
_SOURCE = Path(__file__).parents[3] / "src/polit/web"


@dataclass(slots=True)
class World:
    """A case with a picture that lies in two entries, alerts, stacks and is an item of review."""

    there: Imported
    user: User
    client: Client
    entry: Entry = field(init=False)
    item: Item = field(init=False)
    tile: bytes = field(init=False)
    samples: CaseSamples = field(init=False)

    def __post_init__(self) -> None:
        """Find the picture."""
        self.samples = CaseSamples(self.case)
        self.entry = Entry.objects.get(path="a.jpg")
        self.item = Item.objects.get(content_id=self.entry.content_id)
        self.tile = self.get("media:tile")[1]

    @property
    def case(self) -> Case:
        """The case."""
        return self.there.package.case

    def values(self) -> dict[str, object]:
        """Return the picture's own identifiers, and those of what holds it."""
        return {
            "case_id": self.case.pk, "examination_id": self.there.examination.pk,
            "exhibit_id": self.there.package.exhibit_id, "entry_id": self.entry.pk,
            "content_id": self.entry.content_id, "place": place_of(self.item.pk),
            "alert_id": Alert.objects.get().pk, "stack_id": StackRow.objects.get().pk,
            "alert_action": "acknowledge", "quarantined_id": self.entry.pk,
        }  # fmt: skip

    def url(self, address: Address) -> str:
        """Return an address with them; of parameters of others with a sample."""
        known = self.values()
        for name in address.parameters - known.keys():
            known[name] = self.samples.value(address.name, name)
        return reverse(address.name, kwargs={name: known[name] for name in address.parameters})

    def get(self, name: str, query: str = "") -> tuple[int, bytes]:
        """Ask for an address."""
        (address,) = [each for each in all_addresses() if each.name == name]
        answer = self.client.get(self.url(address) + query)
        return answer.status_code, b"".join(answer)

    def told(self, data: bytes) -> bool:
        """Tell whether an answer says anything of the picture."""
        text = data.decode(errors="replace")
        said = [re.compile(rf"(?<![\w.]){re.escape(name)}") for name in _NAMES]
        hexes = [name.encode().hex() for name in _NAMES]
        return (
            any(each.search(text) for each in said)
            or any(each in text for each in [*hexes, bytes(self.item.sha256).hex()])
            or self.tile in data
        )


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_user: MakeUser, client_for: ClientFor
) -> World:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "polit"))
    made = sealed(tmp_path / "made", matches=[exact(PICTURE, ALERTING)], sets=SETS)
    there = imported("T-1", tmp_path / "made", made)
    case = there.package.case
    _stack(case, Entry.objects.get(path="a.jpg").content_id or 0)
    assert items_build(case.pk) is not None
    user = make_user("i.example", *CASE_ROLES)
    member_add(SYSTEM, reason="a test", case=case, user_id=user.pk, purpose=Purpose.INVESTIGATION)
    return World(there, user, client_for(user))


def _stack(case: Case, content: int) -> None:
    """Keep a stack that holds a content: what alerts is put into none by the run itself."""
    run = stacks_make(case.pk, None)
    assert run is not None
    number = (run.pk << 32) + 1
    row = StackRow.objects.create(
        id=number, content_id=content, contents=1, occurrences=2, farthest_bits=0
    )
    StackMember.objects.create(
        id=number, stack=row, content_id=content, distance_bits=0, occurrences=2
    )


def quarantine(world: World) -> None:
    entry_hold(
        Actor("user", str(world.user.pk), world.user.username), reason="a test",
        access=_granted(world),
        entry_id=world.entry.pk,
    )  # fmt: skip


def _addresses() -> Iterator[Address]:
    for each in all_addresses():
        if each.passage and "GET" in each.passage.methods and "case_id" in each.parameters:
            yield each


_LISTING = {"media", "matching", "review"}
_QUERIES = ("", "?queue=all", "?verdict=alert", "?state=all", "?contains=a.jpg", "?q=a.jpg")


def test_no_address_tells_of_what_is_quarantined(world: World) -> None:
    # The walk sees: the entry, lists of it, what knows it, its review, its tile.
    seeing = {
        "media:entry", "media:entries", "media:tile", "media:tiles", "matching:known",
        "matching:alert", "matching:stack", "review:item", "review:table",
    }  # fmt: skip
    found = {each.name for each in _addresses() if each.name in seeing and _tells(world, each)}
    assert found == seeing

    quarantine(world)

    after = {each.name for each in _addresses() if _tells(world, each)}
    assert after == set()


def _tells(world: World, address: Address) -> bool:
    url, found = world.url(address), False
    is_list = address.name.partition(":")[0] in _LISTING
    for query in _QUERIES if is_list else ("",):
        answer = world.client.get(url + query)
        data = b"".join(answer)
        # What the page was asked for stands in its own fields.
        asked = query.partition("=")[2].encode()
        found = found or world.told(data.replace(asked, b"") if asked == b"a.jpg" else data)
    return found


def test_files_and_pictures_leave_without_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    broker = TellingBroker()
    monkeypatch.setattr(unveil, "broker", lambda: broker)
    session_of(world.user, world.case)
    place = place_of(world.item.pk)
    posts: dict[str, Callable[[], bytes]] = {
        "csv": lambda: b"".join(
            world.client.post(reverse("media:download", kwargs=_of(world)), {"reason": "a test"})
        ),
        "tiles": lambda: world.get("review:tiles", f"?places={place}")[1],
        "figures": lambda: world.get("review:figures", f"?places={place}")[1],
    }
    assert world.told(posts["csv"]())
    assert world.told(posts["tiles"]())

    quarantine(world)

    for name, post in posts.items():
        assert not world.told(post()), name
    for what in ("page", "original", "story", "frames", "sound"):
        answer = _post(world, "review:unveil", {"what": what, "places": [place], "rung": "grey160"})
        assert answer in {400, 404}, what
    assert broker.asked == []
    decided = {"places": [place], "code": "A"}
    assert _post(world, "review:decide", decided) in {400, 404, 409}
    with pytest.raises(UsageError, match="not, or no longer"):
        items_by_places(_granted(world), (place,))


def test_account_stays_whole_and_says_how_many_are_not_shown(world: World) -> None:
    quarantine(world)

    names = (
        "media:results", "media:entries", "media:tiles", "media:folders", "matching:known",
        "matching:alerts", "review:table", "review:gallery",
    )  # fmt: skip
    for name in names:
        page = world.get(name)[1].decode()
        assert "2 entries are quarantined for legal privilege" in page, name
    assert "5 = 3 + 1 + 1" in world.get("media:results")[1].decode()


def test_digest_of_a_referral_is_not_said_to_lie_there(world: World) -> None:
    digests = frozenset({bytes(world.item.sha256).hex()})
    assert sightings_of(world.user, digests)
    quarantine(world)
    assert sightings_of(world.user, digests) == ()


def test_press_of_a_button_hides_it_and_pressing_again_finds_nothing(world: World) -> None:
    assert "Quarantine for legal privilege" in world.get("media:entry")[1].decode()
    at = {"case_id": world.case.pk, "entry_id": world.entry.pk}
    url = reverse("privilege:entry_press", kwargs=at)

    assert world.client.post(url).status_code == 302
    assert world.get("media:entry")[0] == 404
    assert world.client.post(url).status_code == 404
    assert Entry.objects.filter(quarantine__is_blocked=True).count() == 2  # and its copy


def _of(world: World) -> dict[str, object]:
    return {"case_id": world.case.pk, "examination_id": world.there.examination.pk}


def _post(world: World, name: str, body: Mapping[str, object]) -> int:
    url = reverse(name, kwargs={"case_id": world.case.pk})
    data = json.dumps(body)
    return world.client.post(url, data, content_type="application/json").status_code


def _granted(world: World) -> GrantedAccess:
    granted = case_access(world.user, world.case.pk)
    assert granted is not None
    return granted


_ASKS_ROWS_ITSELF = {
    "media": "keeps the rows, and the doors to them",
    "privilege": "quarantines them; names are for counsel's pages alone",
    "intake": "writes them",
    "matching/services": "the worker's: contents by digest, no names are shown",
    "items/services": "the worker's: items are shown by queries that leave out what is blocked",
    "grading/services/listing.py": "a list of digests for the force, asked of decisions",
    "welfare/queries/figures.py": "counts",
}


def test_only_named_places_ask_the_tables_themselves() -> None:
    """Another page that asks entries, contents or folders must ask what is not quarantined."""
    asks = re.compile(r"\b(Entry|Content|Folder|Tag)\.objects\b|\bmedia_(entry|content|folder)\b")
    found = {
        str(path.relative_to(_SOURCE))
        for path in _SOURCE.rglob("*.py")
        if "migrations" not in path.parts and asks.search(path.read_text())
    }
    others = {each for each in found if not each.startswith(tuple(_ASKS_ROWS_ITSELF))}
    assert others <= {"items/queries/folders.py"}, others  # parents of folders, by number
