"""An import that fails or dies at any of its writes goes on, and ends with the same digest."""

import errno
import os
from pathlib import Path

import pytest
from stored_sets import MadeFormat, MadeStore, rich, terms

from polit.base import faults
from polit.base.errors import PolitError, StorageFull
from polit.match import sorting
from polit.match.hashsets import HashSets, StoredSet
from polit.match.importing import import_set
from polit.match.reading import SourceFrame, SourceRecord
from polit.match.switches import LOG

POINTS = (
    "hashsets.batch",
    "hashsets.column",
    "hashsets.column_sync",
    "hashsets.mark",
    "hashsets.mark_sync",
    "hashsets.mark_rename",
    "hashsets.sync_folder",
    "hashsets.run",
    "hashsets.share",
    "hashsets.part_sync",
    "hashsets.index",
    "hashsets.seal",
    "hashsets.log",
    "hashsets.log_sync",
    "hashsets.place",
)
RECORDS = [
    *rich(12),
    SourceRecord(frames=(SourceFrame(bytes(range(32)), 60, 5),)),
]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> str:
    with pytest.MonkeyPatch.context() as patch:
        return MadeStore(tmp_path_factory.mktemp("whole"), patch).add(RECORDS).sha256


def attempt(place: Path) -> StoredSet:
    return import_set(HashSets(place / "hashsets"), place / "made.list", terms("made"))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    store = MadeStore(tmp_path, monkeypatch)
    store.read_by(MadeFormat(RECORDS, batch=5))
    monkeypatch.setattr(sorting, "_SAMPLES", 2)
    (tmp_path / "made.list").write_bytes(b"made")
    return tmp_path


def plant(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    monkeypatch.setattr(faults, "_planted", faults._parse(fault) if fault else [])


@pytest.mark.parametrize("point", POINTS)
def test_a_failed_write_is_told_and_taken_up_again(
    point: str, place: Path, undisturbed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = 0
    for turn in range(1, 200):
        plant(monkeypatch, f"{point}@{turn}:enospc")
        try:
            made = attempt(place)
        except StorageFull:
            reached += 1
            # Each failure leaves what it has: the next goes on, as far as it then gets.
            continue
        assert made.sha256 == undisturbed
        break
    plant(monkeypatch, "")
    assert reached, f"{point} is never reached"
    assert HashSets(place / "hashsets").verify()[0].holds


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_costs_nothing(
    point: str, place: Path, undisturbed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for turn in (1, 2):
        child = os.fork()
        if not child:
            plant(monkeypatch, f"{point}@{turn}:kill")
            try:
                attempt(place)
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        assert turn == 2 or os.WIFSIGNALED(status), f"{point} is never reached"
    store = HashSets(place / "hashsets")
    assert attempt(place).sha256 == undisturbed
    assert [each.sha256 for each in store.listed()] == [undisturbed]
    assert store.verify()[0].holds
    assert store.unfinished() == 0


def test_an_import_goes_on_from_its_last_mark(
    place: Path, undisturbed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = MadeFormat(RECORDS, batch=5)
    monkeypatch.setattr("polit.match.importing.format_of", lambda _path, _name: made)
    plant(monkeypatch, "hashsets.batch@3:eio")
    with pytest.raises(OSError, match="planted"):
        attempt(place)
    plant(monkeypatch, "")
    assert HashSets(place / "hashsets").unfinished() == 1
    assert attempt(place).sha256 == undisturbed
    assert made.read_from == ["", "10"]


def test_an_import_all_but_placed_takes_the_name_given_last(
    place: Path, undisturbed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch, "hashsets.place:eio")
    with pytest.raises(OSError, match="planted"):
        attempt(place)
    plant(monkeypatch, "")
    store = HashSets(place / "hashsets")
    made = import_set(store, place / "made.list", terms("called otherwise"))
    assert made.sha256 == undisturbed
    assert [each.facts.name for each in store.listed()] == ["called otherwise"]


@pytest.mark.parametrize("point", ["hashsets.log", "hashsets.log_sync"])
def test_an_act_that_cannot_be_written_does_not_count(
    point: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = attempt(place)
    store = HashSets(place / "hashsets")
    log = (store.folder / LOG).read_bytes()
    plant(monkeypatch, f"{point}:enospc")
    with pytest.raises(StorageFull):
        store.remove("made", by="a tester", reason="why")
    plant(monkeypatch, "")
    assert store.listed() == (made,)
    assert (store.folder / LOG).read_bytes() == log


def test_a_mark_that_is_none_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, "hashsets.batch@3:eio")
    with pytest.raises(OSError, match="planted") as raised:
        attempt(place)
    assert raised.value.errno == errno.EIO
    plant(monkeypatch, "")
    (mark,) = (place / "hashsets" / "importing").glob("*/progress.json")
    mark.write_bytes(b"nonsense")
    with pytest.raises(PolitError, match="remove"):
        attempt(place)
