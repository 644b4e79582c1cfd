"""What an import says of what its set will do, and what it makes people look at."""

from dataclasses import replace
from pathlib import Path

import pytest
from stored_sets import MadeFormat, MadeStore, digest, plain, terms

from polit.base.errors import HashSetDamaged
from polit.match import open_set
from polit.match.hashsets import HashSets, StoredSet
from polit.match.importing import import_set
from polit.match.reading import Rejected, SourceRecord
from polit.match.schemes import Meaning
from polit.match.set_meaning import Category, warnings_of
from polit.model.matching import SetStatus

US = "us-vics-current/1"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeStore:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "data"))
    return MadeStore(tmp_path, monkeypatch)


def graded(numbers: list[int | None]) -> list[SourceRecord]:
    return [SourceRecord(md5=digest("md5", at), number=number) for at, number in enumerate(numbers)]


def warned(stored: StoredSet) -> str:
    return "; ".join(warnings_of(stored.document, stored.categories()))


def test_each_category_is_counted_with_what_it_does(store: MadeStore) -> None:
    stored = store.add(graded([1, 0, 1, None, 7]), status=SetStatus.CATEGORISED, scheme=US)
    assert {each.category.number: (each.records, each.means) for each in stored.categories()} == {
        None: (1, Meaning("uncategorised")),
        0: (1, Meaning(f"{US}/non-pertinent")),
        1: (2, Meaning(f"{US}/cam", alerts=True, settles=True)),
        7: (1, Meaning("number:7")),
    }
    assert warned(stored) == f"1 records state a category that means nothing by {US}"


def test_a_plain_list_has_one_meaning(store: MadeStore) -> None:
    (one,) = store.add(plain([1, 2])).categories()
    assert (one.category, one.records) == (Category(), 2)
    assert one.means == Meaning("known-good", alerts=False, settles=True)


def test_categories_without_a_scheme_do_nothing_and_the_import_says_so(store: MadeStore) -> None:
    stored = store.add(graded([1, 2]), status=SetStatus.CATEGORISED)
    assert warned(stored) == (
        "2 records state a category that means nothing without a scheme; "
        "so nothing in this set alerts, and nothing settles"
    )


def test_a_categorised_set_whose_records_say_nothing_is_told(store: MadeStore) -> None:
    stored = store.add(plain([1]), status=SetStatus.CATEGORISED, scheme=US)
    assert "no record states a category" in warned(stored)


def test_a_category_that_alerts_alerts_in_a_known_good_set_too(store: MadeStore) -> None:
    stored = store.add(graded([1, 5]), scheme="us-vics-former/1")
    assert "2 records state a category" in warned(stored)
    with store.sets.open_enabled() as (opened,):
        assert opened.says(0) == Meaning("us-vics-former/1/illegal", alerts=True, settles=False)
        assert opened.says(1) == Meaning("known-good", alerts=False, settles=True)


def test_an_alert_set_alerts_whatever_its_categories_mean(store: MadeStore) -> None:
    stored = store.add(graded([1, None]), status=SetStatus.ALERT)
    assert all(each.means.alerts and not each.means.settles for each in stored.categories())
    assert not warned(stored)


def test_a_file_that_is_mostly_refused_is_told(store: MadeStore) -> None:
    refused = tuple(Rejected(f"line {at}", "no hash") for at in range(1, 4))
    stored = store.add(plain(range(20)), rejected=refused)
    assert warned(stored).startswith("3 of 23 records were refused")


@pytest.mark.parametrize("text", ["{:040x}", "0x{:032X}", " {:064x} ", "AAAAAAAAAAAAAAAAAAAAAA=="])
def test_a_column_of_hashes_that_nobody_compares_is_told(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "data"))
    rows = [f"{at:032x};{text.format(at)};name {at}" for at in range(1, 30)]
    source = tmp_path / "german.csv"
    source.write_text("\n".join(["MD5;Streuwert;Name", *rows]))
    stored = import_set(HashSets(tmp_path / "sets"), source, replace(terms("x"), format="csv"))
    assert stored.document.report.overlooked == ("Streuwert",)
    assert "Streuwert looks like hashes" in warned(stored)


def test_what_is_overlooked_does_not_turn_on_the_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [
        SourceRecord(
            md5=digest("md5", at),
            fields=((f"at {at}", digest("md5", at).hex()),) if at >= 1_000 else (),
        )
        for at in range(2_000)
    ]
    told = []
    for size in (101, 970, 2_000):
        place = tmp_path / str(size)
        place.mkdir()
        store = MadeStore(place, monkeypatch)
        store.read_by(MadeFormat(records, batch=size))
        (place / "list").write_bytes(b"any")
        told.append(import_set(store.sets, place / "list", terms("made")))
    assert {each.document.report.overlooked for each in told} == {
        tuple(sorted(f"at {at}" for at in range(1_067, 2_000, 97)))
    }


def test_a_scheme_that_is_gone_is_named_with_its_set(store: MadeStore, tmp_path: Path) -> None:
    own = tmp_path / "data" / "category-schemes"
    own.mkdir(parents=True)
    (own / "own.json").write_text(
        '{"scheme": "own", "version": 1, "title": "t", "jurisdiction": "j", "notice": "n",'
        ' "codes_of": "uk-2014/1", "numbers": {"1": "A"}}'
    )
    stored = store.add(graded([1]), status=SetStatus.CATEGORISED, scheme="own/1")
    assert stored.categories()[0].means.alerts
    (own / "own.json").unlink()
    with pytest.raises(HashSetDamaged, match="'made' needs its scheme"):
        stored.categories()
    with pytest.raises(HashSetDamaged, match="'made' needs its scheme"):
        store.sets.open_enabled()


def test_of_a_key_stated_for_ever_what_alerts_does_not_go_under(
    store: MadeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_set, "MOST_OF_A_KEY", 4)
    numbers = [0, 0, 0, 0, 0, 2, 0, 1, 1, 0]
    records = [SourceRecord(md5=digest("md5", 1), number=number) for number in numbers]
    records.append(SourceRecord(md5=digest("md5", 1), sha1=digest("sha1", 1), number=1))
    store.add(records, status=SetStatus.CATEGORISED, scheme=US)
    with store.sets.open_enabled() as (opened,):
        assert opened.find("md5", [digest("md5", 1)]) == [(0, 0), (0, 5), (0, 7), (0, 8)]
    store.sets.disable_key(f"sha1:{digest('sha1', 1).hex()}", by="a tester", reason="a mistake")
    store.sets.disable_key(f"md5:{digest('md5', 1).hex()}", by="a tester", reason="a mistake")
    with store.sets.open_enabled() as (opened,):
        assert opened.records_off == frozenset(range(11))
        assert opened.find("md5", [digest("md5", 1)]) == []


def test_a_plain_list_that_repeats_a_key_for_ever_gives_so_many(
    store: MadeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_set, "MOST_OF_A_KEY", 3)
    store.add(plain([1] * 9))
    with store.sets.open_enabled() as (opened,):
        assert opened.find("md5", [digest("md5", 1)]) == [(0, 0), (0, 1), (0, 2)]
