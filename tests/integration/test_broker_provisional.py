"""A running examination is read beside its writer: for its own case, and never in its way."""

import contextlib
import sqlite3
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import brokers
import made_packages
import msgspec
import numpy as np
import pytest
import shown_packages as shown
from web.imported import examination_of
from web.seized import seized_exhibit

from polit.base.errors import BrokerRefused
from polit.broker.client import BrokerClient, Code, ExamineOrder
from polit.broker.server.ledger import BrokerLedger
from polit.model.matching import HashSetFacts, Match, SetStatus
from polit.package.database import fold_writer
from polit.package.match_rows import add_hash_sets, add_matches
from polit.package.write import Ledger
from polit.store.case_keys import destroy_case_key
from polit.store.keys import create_keys
from polit.web.cases.services import case_open
from polit.web.core.acting import SYSTEM
from polit.web.items.models import Item
from polit.web.items.services.following import following_read
from polit.web.matching.rules import Verdict

COUNT = 5
SET = bytes(range(32))


@dataclass(frozen=True, slots=True)
class Running:
    """An examination that runs: its order, its writer, and a broker that serves."""

    made: brokers.Broker
    client: BrokerClient
    order_id: str
    writer: Ledger

    def codes(self, order_id: str, case: str) -> set[str]:
        """Return what both questions are refused with."""
        found = set()
        for ask in (
            lambda: self.client.provisional_list(order_id, case_reference=case),
            lambda: self.client.provisional_tiles(order_id, (), case_reference=case),
        ):
            with pytest.raises(BrokerRefused) as error:
                ask()
            found.add(error.value.code)
        return found


def ordered(made: brokers.Broker, exhibit: str) -> str:
    """Put an order into the ledger of a broker that is not up yet; return its id."""
    order_id = str(uuid.uuid4())
    order = ExamineOrder(order_id, "T-1", exhibit, "A. Example", "s.19 PACE", "evidence/x")
    with contextlib.closing(BrokerLedger(made.data / "broker")) as ledger:
        ledger.add_job(order_id, msgspec.json.encode(order).decode(), resumes=False)
        ledger.take_job()
    return order_id


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Return one, with a story, an alert, a likeness and a picture that does not decode."""
    made = brokers.installed(tmp_path_factory.mktemp("broker"))
    order_id = ordered(made, "AB/1")
    package = made.data / "packages" / shown.PLACE
    writer = made_packages.begin(package, create_keys(made.data))
    writer.set_meta("case", "T-1")
    shown.fill(package, writer, COUNT, story=2)
    facts = HashSetFacts(SET.hex(), "made", SetStatus.ALERT, "", "", "", "", "plain", "", 9)
    add_hash_sets(writer.connection, [facts])
    exact = Match(
        shown.digest_of(1), SET.hex(), 1, "sha256", "", 0, 0, "A", alerts=True, settles=False
    )
    near = Match(
        shown.digest_of(2), SET.hex(), 2, "pdq", "full", 9, 31, "A", alerts=True, settles=False
    )
    add_matches(writer.connection, [exact, near])
    with brokers.serving(made) as client:
        yield Running(made, client, order_id, writer)
    writer.abandon()


def test_what_is_decoded_so_far_is_listed_page_by_page(running: Running) -> None:
    ask = partial(running.client.provisional_list, running.order_id, case_reference="T-1", limit=2)
    pages = [ask()]
    while pages[-1].next_after:
        pages.append(ask(after=pages[-1].next_after))
    page, listed = pages[0], [item for each in pages for item in each.items]
    assert (page.exhibit, page.package) == ("AB/1", shown.PLACE)
    numbers = {shown.digest_of(number).hex(): number for number in range(COUNT)}
    assert [item.sha256 for item in listed] == sorted(numbers)
    items = {numbers[item.sha256]: item for item in listed}
    assert [items[n].kind for n in range(COUNT)] == ["video", *["still"] * 4]
    assert [items[n].alerts for n in range(COUNT)] == [0, 2, 1, 0, 0]
    assert [items[n].has_tile for n in range(COUNT)] == [True] * 4 + [False]
    first = items[0]
    assert (first.width_px, first.height_px, first.duration_ms) == (640, 480, 9000)
    assert (first.occurrences, first.size_bytes, first.mime) == (1, 5, "video/mp4")
    assert not first.is_settled


def test_safe_tiles_alone_come_without_an_event(running: Running) -> None:
    asked = [shown.digest_of(number).hex() for number in range(COUNT)]
    tiles = running.client.provisional_tiles(running.order_id, asked, case_reference="T-1")
    assert set(tiles) == set(asked[:-1])
    for data in tiles.values():
        tile = np.asarray(brokers.upright(data).convert("RGB"))
        assert tile.shape == (18, 24, 3)
        assert tile.std() > 3
        assert np.ptp(tile, axis=2).max() <= 3, "grey"
    with pytest.raises(BrokerRefused) as error:
        running.client.provisional_tiles(running.order_id, asked * 13, case_reference="T-1")
    assert error.value.code == Code.BAD_REQUEST


def test_a_running_package_has_pages_for_events_of_its_own_case(running: Running) -> None:
    items = [(shown.PLACE, shown.digest_of(number)) for number in range(2)]
    parts = running.client.render_many(shown.page(running.made, items))
    assert [(part.code, part.width_px) for part in parts] == [("", 160)] * 2
    (other,) = running.client.render_many(shown.page(running.made, items[:1], case_reference="T-2"))
    assert other.code == Code.WRONG_CASE


def test_nothing_is_told_of_other_cases_or_orders(running: Running) -> None:
    assert running.codes(running.order_id, "T-2") == {Code.WRONG_CASE}
    assert running.codes(str(uuid.uuid4()), "T-1") == {Code.NO_ORDER}


def test_an_examination_without_findings_and_one_of_an_erased_case_say_so(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    made = brokers.installed(tmp_path_factory.mktemp("broker"))
    order_id = ordered(made, "AB/2")
    made.keep(brokers.landscape())
    with brokers.serving(made) as client:
        with pytest.raises(BrokerRefused) as error:
            client.provisional_list(order_id, case_reference="T-1")
        assert error.value.code == Code.NO_PACKAGE
        destroy_case_key(made.data, "T-1", reason="court order")
        with pytest.raises(BrokerRefused) as error:
            client.provisional_tiles(order_id, (), case_reference="T-1")
        assert error.value.code == Code.ERASED


def test_a_reader_holds_up_neither_the_writer_nor_the_seal(tmp_path: Path) -> None:
    package = tmp_path / "AB%2F1.polit"
    writer = made_packages.begin(package, create_keys(tmp_path))
    reader = sqlite3.connect(package / "findings.sqlite", check_same_thread=False)
    assert reader.execute("SELECT count(*) FROM meta").fetchone()[0] > 3
    writer.set_meta("note", "written meanwhile")
    closing = threading.Timer(0.3, reader.close)
    closing.start()
    fold_writer(writer.connection)
    closing.join()
    assert writer.connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    writer.abandon()


@pytest.mark.django_db
def test_the_record_follows_what_the_broker_tells(running: Running) -> None:
    case = case_open(SYSTEM, reason="a test", reference="T-1", title="A test")
    examination = examination_of(
        seized_exhibit(case, "AB/1"), "evidence/x", kind="queued", state="running",
        order_id=uuid.UUID(running.order_id),
    )  # fmt: skip
    following = following_read(examination, broker=running.client)
    assert (following.package, following.after) == (shown.PLACE, "")
    items = {bytes(each.sha256): each for each in Item.objects.filter(review_set__case=case)}
    told = [items[shown.digest_of(number)] for number in range(COUNT)]
    assert [each.verdict for each in told] == [0, Verdict.ALERT, Verdict.NEAR_ALERT, 0, 0]
    assert [each.kind for each in told] == [2, 1, 1, 1, 1]
    assert (told[0].duration_ms, told[0].pixels, told[0].size_bytes) == (9000, 640 * 480, 5)
    assert [each.has_tile for each in told] == [True] * 4 + [False]
    assert not any(each.is_present for each in told)
