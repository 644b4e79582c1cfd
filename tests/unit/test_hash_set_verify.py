"""Verifying a set: what was sealed holds, and any altered, missing or added byte is told."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from stored_sets import MadeStore, rich

from polit.base.errors import HashSetDamaged
from polit.match import set_verify
from polit.match.hashsets import HashSets, StoredSet
from polit.match.reading import SourceFrame, SourceRecord
from polit.match.set_document import SetDocument, render_document
from polit.match.set_parts import digest_parts
from polit.model.matching import SetStatus


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StoredSet:
    frames = tuple(SourceFrame(bytes([at]) * 32, 60, at) for at in range(3))
    return MadeStore(tmp_path, monkeypatch).add([*rich(40), SourceRecord(frames=frames)])


def findings(stored: StoredSet) -> str:
    (verified,) = HashSets(stored.folder.parent).verify()
    assert verified.holds == (not verified.findings)
    return "\n".join(verified.findings)


def test_a_set_that_was_imported_holds(stored: StoredSet, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    monkeypatch.setattr(set_verify, "_CHUNK", 7)
    (verified,) = HashSets(stored.folder.parent).verify("made", steps.append)
    assert verified.findings == ()
    assert verified.keys == sum(stored.facts.keys.values())
    assert verified.parts == len(stored.document.parts)
    assert "keys of md5" in steps


def test_any_altered_part_is_told(stored: StoredSet) -> None:
    for part in stored.document.parts:
        path = stored.folder / part.name
        kept = path.read_bytes()
        path.write_bytes(bytes([kept[0] ^ 1]) + kept[1:])
        assert f"{part.name} is not what was sealed" in findings(stored)
        path.unlink()
        assert f"{part.name} is missing" in findings(stored)
        path.write_bytes(kept)
    assert findings(stored) == ""
    (stored.folder / "stranger").write_bytes(b"x")
    assert "stranger is none of the set's parts" in findings(stored)


def reseal(stored: StoredSet, name: str, change: Callable[[bytes], bytes]) -> StoredSet:
    """Alter a part as one would who knows the format, and seal the set anew."""
    path = stored.folder / name
    path.write_bytes(change(path.read_bytes()))
    there, parts = stored.document, digest_parts(stored.folder)
    values = {each: getattr(there, each) for each in SetDocument.__slots__}
    document = SetDocument(**(values | {"parts": parts}))
    (stored.folder / "set.json").write_bytes(render_document(document))
    folder = stored.folder.rename(stored.folder.parent / document.sha256)
    return StoredSet(folder, document, ())


def swapped(raw: bytes, width: int) -> bytes:
    return raw[width : 2 * width] + raw[:width] + raw[2 * width :]


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("md5.keys", lambda raw: swapped(raw, 16), "not sorted"),
        ("md5.keys", lambda raw: bytes(16) + raw[16:], "another than its record states"),
        ("md5.keys", lambda raw: raw[:-16], "another count"),
        ("md5.records", lambda raw: b"\xff" * 4 + raw[4:], "belongs to no record"),
        ("md5.top", lambda raw: raw[:4] + bytes(len(raw) - 4), "the index is not that"),
        ("md5.stated", lambda raw: bytes(16) + raw[16:], "the records state"),
        ("category.codes", lambda raw: b"\xff\xff" + raw[2:], "a category that is not there"),
        ("fields.ends", lambda raw: b"\xff" * 8 + raw[8:], "the fields are not where"),
        ("fields.data", lambda raw: raw + b"x", "the fields are not where"),
        ("pdq.records", lambda raw: raw[:-4] + b"\xff" * 4, "a fingerprint belongs to no record"),
        ("vpdq.records", lambda raw: raw[:-4], "another count of fingerprints"),
        ("categories.json", lambda _raw: b"{", "cannot be read"),
    ],
)
def test_a_set_that_was_sealed_wrongly_is_told(
    stored: StoredSet, name: str, change: Callable[[bytes], bytes], told: str
) -> None:
    assert told in findings(reseal(stored, name, change))


def test_an_index_that_finds_something_else_is_told(
    stored: StoredSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    none = np.empty(0, dtype=np.int64)
    monkeypatch.setattr(set_verify, "find_sorted", lambda _keys, _queries: (none, none))
    assert "something else than a plain search" in findings(stored)


def test_a_folder_under_another_digest_is_told(stored: StoredSet) -> None:
    moved = stored.folder.rename(stored.folder.parent / ("0" * 64))
    (verified,) = HashSets(moved.parent).verify()
    assert "not that of the set" in verified.findings[0]


@pytest.mark.parametrize("raw", [b"", b"{}", b"x" * 100, None])
def test_a_document_that_is_none_is_told_and_can_be_removed(
    stored: StoredSet, raw: bytes | None
) -> None:
    path = stored.folder / "set.json"
    path.unlink()
    if raw is not None:
        path.write_bytes(raw)
    assert "set.json" in findings(stored)
    store = HashSets(stored.folder.parent)
    store.remove(stored.sha256, by="a tester", reason="damaged")
    assert store.listed() == ()


@pytest.mark.parametrize("status", [SetStatus.ALERT, SetStatus.CATEGORISED])
def test_a_set_that_may_alert_is_not_asked_with_one_bit_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: SetStatus
) -> None:
    stored = MadeStore(tmp_path, monkeypatch).add(rich(40), status=status)
    for part in stored.document.parts:
        path = stored.folder / part.name
        raw = path.read_bytes()
        path.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
        with pytest.raises(HashSetDamaged, match="not what was sealed"):
            HashSets(stored.folder.parent).open_enabled()
        path.write_bytes(raw)
    with HashSets(stored.folder.parent).open_enabled() as sets:
        assert len(sets) == 1


def test_a_set_whose_folder_is_gone_is_told_and_can_be_given_up(stored: StoredSet) -> None:
    shutil.rmtree(stored.folder)
    store = HashSets(stored.folder.parent)

    with pytest.raises(HashSetDamaged, match="was imported, and"):
        store.open_enabled()
    store.remove(stored.sha256, by="a tester", reason="lost")
    with store.open_enabled() as sets:
        assert not sets
