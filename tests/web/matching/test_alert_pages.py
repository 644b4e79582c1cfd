"""Pages of alerts and of what is known: order, filters, selections, words, pinned queries."""

from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hostile_names import HOSTILE
from made_packages import sealed
from matched_packages import (
    ALERTING,
    BROKEN,
    GOOD,
    PICTURE,
    SETS,
    TEXT,
    exact,
    near,
    set_facts,
)
from web.conftest import ClientFor, MakeCase, MakeUser
from web.imported import Imported, imported

from polit.model.matching import SetStatus
from polit.web.accounts.models import User
from polit.web.core.rules import Role
from polit.web.matching.models import Alert
from polit.web.media.models import Entry

LIKENESS = "A near match is another file: it suggests, it settles nothing."


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "polit"))


@pytest.fixture
def user(make_user: MakeUser) -> User:
    return make_user("i.example", Role.INVESTIGATOR)


@pytest.fixture
def there(tmp_path: Path, make_case: MakeCase, user: User) -> Imported:
    matches = (exact(PICTURE, ALERTING), near(BROKEN, ALERTING), exact(TEXT, GOOD))
    return imported(make_case("T-1", user), tmp_path, sealed(tmp_path, matches=matches, sets=SETS))


@pytest.fixture
def client(there: Imported, user: User, client_for: ClientFor) -> Client:
    del there
    return client_for(user)


def alerts_url(there: Imported) -> str:
    return reverse("matching:alerts", kwargs={"case_id": there.package.case_id})


def known_url(there: Imported) -> str:
    kwargs = {"case_id": there.package.case_id, "examination_id": there.examination.id}
    return reverse("matching:known", kwargs=kwargs)


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, response.content[:300]
    return response.content.decode()


def test_exact_alerts_stand_before_near_ones_and_no_name_is_shown(
    there: Imported, client: Client
) -> None:
    page = text_of(client, alerts_url(there))

    assert page.index("Exact match") < page.index("Near match")
    assert "12 bits apart: another file, it suggests" in page
    assert ".jpg" not in page


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 2), ("?kind=exact", 1), ("?kind=near", 1), ("?state=closed", 0), ("?state=open", 2),
     ("?exhibit=AB/1", 2), ("?exhibit=nowhere", 2), ("?state=nonsense&kind=odd", 2),
     ("?after=9", 0), ("?after=%00", 0)],
)  # fmt: skip
def test_alerts_are_filtered(there: Imported, client: Client, query: str, count: int) -> None:
    page = text_of(client, alerts_url(there) + query)

    assert page.count('name="alert"') == count


def test_chosen_alerts_are_acknowledged_with_a_reason(there: Imported, client: Client) -> None:
    chosen = [str(alert.pk) for alert in Alert.objects.all()]
    url = alerts_url(there)

    nothing = client.post(url, {"reason": "seen"})
    nonsense = client.post(url, {"reason": "seen", "alert": "x"})
    silent = client.post(url, {"alert": chosen})
    done = client.post(url, {"reason": "seen", "alert": chosen})

    assert b"Choose from 1" in nothing.content or b"choose from 1" in nothing.content
    assert b"Choose alerts from the list" in nonsense.content
    assert silent.status_code == 200
    assert done.status_code == 302
    assert set(Alert.objects.values_list("state", flat=True)) == {"acknowledged"}


def test_one_alert_shows_sets_places_and_steps(there: Imported, client: Client) -> None:
    alert = Alert.objects.get(is_exact=False)
    base = alerts_url(there)

    page = text_of(client, f"{base}{alert.pk}/")
    act = client.post(f"{base}{alert.pk}/close/", {"reason": "not alike"})
    after = text_of(client, f"{base}{alert.pk}/")

    assert LIKENESS in page
    assert "12 of 31 bits" in page
    assert "bad.jpg" in page
    assert act.status_code == 302
    assert "not alike" in after
    assert client.get(f"{base}{alert.pk}/burn/").status_code == 404


def test_known_contents_are_listed_by_verdict(there: Imported, client: Client) -> None:
    first = text_of(client, known_url(there))
    good = text_of(client, known_url(there) + "?verdict=known_good")
    near_ones = text_of(client, known_url(there) + "?verdict=near_alert")

    assert "a.jpg" in first
    assert "c.txt" in good
    assert "a.jpg" not in good
    assert LIKENESS in near_ones


def test_entry_tells_its_matches(there: Imported, client: Client) -> None:
    entry = Entry.objects.get(path__endswith="bad.jpg")

    page = text_of(client, f"/cases/{there.package.case_id}/entries/{entry.pk}/")

    assert "Alerting set" in page
    assert "A provider" in page
    assert "PDQ, full" in page
    assert "12 of 31 bits" in page
    assert LIKENESS in page
    assert "Known today" in page


def test_case_and_home_say_how_many_wait(there: Imported, client: Client) -> None:
    case = text_of(client, f"/cases/{there.package.case_id}/")
    home = text_of(client, "/")

    assert "Work through the alerts" in case
    assert "Cases with open alerts" in home


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_sets_say_of_themselves_is_harmless(
    tmp_path: Path, make_case: MakeCase, user: User, client_for: ClientFor, text: str
) -> None:
    text = text.encode("utf-8", "replace").decode()
    facts = set_facts(text or "x", SetStatus.ALERT, provider=text, version=text)
    match = exact(PICTURE, facts, asserted=text or "x")
    made = sealed(tmp_path, matches=[match], sets=[facts])
    there = imported(make_case("T-1", user), tmp_path, made)
    client = client_for(user)
    alert = Alert.objects.get()

    for url in (alerts_url(there), f"{alerts_url(there)}{alert.pk}/", known_url(there)):
        page = text_of(client, url)
        assert "<script>" not in page.replace('<script src="', "")
        assert "\u202e" not in page


def queries_of(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return len(queries)


def test_queries_of_lists_do_not_grow(there: Imported, client: Client) -> None:
    alerts, known = alerts_url(there), known_url(there)

    assert queries_of(client, f"{alerts}?kind=exact") == queries_of(client, alerts) == 15
    assert queries_of(client, known) == 21
    assert queries_of(client, f"{known}?verdict=noted") <= 20
