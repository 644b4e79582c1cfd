"""The store of hash sets: what is imported is found, said, switched off, removed, and accounted."""

from pathlib import Path

import pytest
from stored_sets import MadeFormat, MadeStore, digest, plain, rich, terms

from polit.base.errors import (
    HashSetDamaged,
    HashSetsBusy,
    HashSetUnknown,
    HashSetUnreadable,
    UsageError,
)
from polit.match import filling
from polit.match.hashsets import HashSets
from polit.match.importing import ImportTerms, import_set
from polit.match.reading import Rejected, SourceFrame, SourceRecord
from polit.match.switches import LOG
from polit.match.unfinished import importing
from polit.model.matching import SetStatus


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeStore:
    return MadeStore(tmp_path, monkeypatch)


def test_every_key_of_every_record_is_found_and_stated(store: MadeStore) -> None:
    records = rich(60)
    stored = store.add(records)
    with store.sets.open_enabled() as sets:
        (opened,) = sets
        for number, record in enumerate(records):
            stated = opened.stated(number)
            assert (stated.md5, stated.sha1, stated.sha256) == (
                record.md5, record.sha1, record.sha256
            )  # fmt: skip
            assert opened.record(number).fields == dict(record.fields)
            for name in ("md5", "sha1", "sha256"):
                key = getattr(record, name)
                assert not key or opened.find(name, [key]) == [(0, number)]
        assert opened.find("md5", [digest("md5", 60)]) == []
        assert opened.find("blake3", [bytes(32)]) == []
    assert stored.facts.keys == {"md5": 60, "sha1": 40, "sha256": 29, "pdq": 15}
    assert stored.facts.records == 60


def test_fingerprints_keep_their_record_quality_and_time(store: MadeStore) -> None:
    frames = tuple(SourceFrame(digest("sha256", at), 50 + at, at * 1000) for at in range(3))
    store.add([*plain([1]), SourceRecord(pdq=digest("sha256", 9)), SourceRecord(frames=frames)])
    with store.sets.open_enabled() as (opened,):
        assert opened.pdq is not None
        assert opened.frames is not None
        assert opened.pdq.records.tolist() == [1]
        assert opened.pdq.qualities.tolist() == [255]
        assert opened.frames.records.tolist() == [2, 2, 2]
        assert opened.frames.qualities.tolist() == [50, 51, 52]
        assert opened.frames.at_ms.tolist() == [0, 1000, 2000]
        found = opened.frames.search(opened.frames.index.values[1:2], threshold_bits=0)
        assert found.place.tolist() == [1]


def test_a_plain_list_keeps_nothing_for_what_it_does_not_say(store: MadeStore) -> None:
    stored = store.add(plain(range(20)))
    names = {path.name for path in stored.folder.iterdir()}
    assert names == {
        "set.json", "categories.json", "md5.keys", "md5.records", "md5.stated", "md5.top"
    }  # fmt: skip


def test_the_same_file_gives_the_same_digest_everywhere(
    store: MadeStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = store.add(rich(30))
    (tmp_path / "other").mkdir()
    other = MadeStore(tmp_path / "other", monkeypatch)
    assert other.add(rich(30)).sha256 == first.sha256
    made = MadeFormat(rich(30), batch=11)
    other.sets.remove("made", by="a tester", reason="to import it again")
    other.read_by(made)
    again = import_set(other.sets, tmp_path / "other" / "made.list", terms("another name"))
    assert again.sha256 == first.sha256


def test_what_a_match_means_changes_the_digest(store: MadeStore) -> None:
    first = store.add(plain(range(9)), name="a")
    second = store.add(plain(range(9)), name="b", status=SetStatus.ALERT)
    store.sets.remove("a", by="a tester", reason="again")
    (store.place / "b.list").write_bytes(b"a")
    assert first.sha256 != second.sha256
    assert store.sets.get("b").facts.status is SetStatus.ALERT


def test_the_same_file_again_changes_nothing(store: MadeStore) -> None:
    first = store.add(plain(range(9)))
    log = (store.sets.folder / LOG).read_bytes()
    made = MadeFormat(plain(range(9)))
    store.read_by(made)
    again = import_set(store.sets, store.place / "made.list", terms("called otherwise"))
    assert again == first
    assert made.read_from == []
    assert (store.sets.folder / LOG).read_bytes() == log


def test_a_second_set_of_the_same_name_is_refused_unless_it_supersedes(store: MadeStore) -> None:
    first = store.add(plain(range(9)))
    (store.place / "new.list").write_bytes(b"new")
    store.read_by(MadeFormat(plain(range(10))))
    with pytest.raises(UsageError, match="supersedes"):
        import_set(store.sets, store.place / "new.list", terms("made"))
    newer = ImportTerms(
        "made", "auto", SetStatus.KNOWN_GOOD, imported_by="a tester", supersedes=("made",)
    )
    made = import_set(store.sets, store.place / "new.list", newer)
    assert [each.sha256 for each in store.sets.listed()] == [made.sha256]
    assert not first.folder.exists()


def test_the_report_accounts_for_every_record(
    store: MadeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "_MAX_REASONS", 4)
    bad = [
        SourceRecord(),
        SourceRecord(md5=bytes(16)),
        SourceRecord(md5=b"short"),
        SourceRecord(pdq=b"short"),
        SourceRecord(pdq=bytes(32), quality=101),
        SourceRecord(frames=(SourceFrame(bytes(32), 50, -1),)),
    ]
    rejected = tuple(Rejected(f"line {number}", "no hash") for number in range(200))
    stored = store.add([*plain(range(5)), *bad, *plain([0, 0])], rejected=rejected)
    report = stored.document.report
    assert report.read == 213
    assert report.kept == 7
    assert sum(report.rejected.values()) == 206
    assert report.rejected["no hash"] == 200
    assert report.rejected["other reasons"] == 3
    assert len(report.first_rejected) == 100
    assert report.first_rejected[0].place == "line 0"
    assert report.duplicates == {"md5": 2}
    assert report.unknown_keys == ("Odd",)
    assert report.header == (("version", "7"),)


def test_the_digest_of_no_bytes_alerts_nobody(store: MadeStore) -> None:
    empty = SourceRecord(md5=bytes.fromhex("d41d8cd98f00b204e9800998ecf8427e"))
    good = store.add([empty, *plain([1])], name="good")
    alert = store.add([empty, *plain([1])], name="alert", status=SetStatus.ALERT)
    assert good.facts.records == 2
    assert alert.facts.records == 1
    assert "on every device" in next(iter(alert.document.report.rejected))


def test_text_that_is_none_is_kept_as_an_escape(store: MadeStore) -> None:
    half = "\ud800"
    store.add([SourceRecord(md5=digest("md5", 1), fields=((half, half),))])
    with store.sets.open_enabled() as (opened,):
        assert opened.record(0).fields == {"\\ud800": "\\ud800"}
    stored = store.add([*plain([1]), SourceRecord(md5=digest("md5", 2), category=half)], name="b")
    assert stored.document.report.rejected == {"a category that is no text": 1}


def test_what_a_record_asserts_follows_status_and_category(store: MadeStore) -> None:
    records = [
        SourceRecord(md5=digest("md5", 1)),
        SourceRecord(md5=digest("md5", 2), number=1),
        SourceRecord(md5=digest("md5", 3), number=77),
    ]
    numbers = ("number:1", "number:77")
    for status, bare, alerts, settles in (
        (SetStatus.KNOWN_GOOD, "known-good", False, True),
        (SetStatus.ALERT, "alert", True, False),
        (SetStatus.CATEGORISED, "uncategorised", False, False),
    ):
        store.add(records, name=status.value, status=status)
        with store.sets.open_enabled((status.value,)) as (opened,):
            found = [opened.record(number) for number in range(3)]
        said = ["known-good"] * 3 if settles else [bare, *numbers]
        assert [each.asserted for each in found] == said
        assert {(each.alerts, each.settles) for each in found} == {(alerts, settles)}


def test_a_scheme_that_changed_since_is_refused(
    store: MadeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = store.place / "data" / "category-schemes"
    own.mkdir(parents=True)
    monkeypatch.setenv("POLIT_DATA", str(store.place / "data"))
    text = (
        '{"scheme": "own", "version": 1, "title": "t", "jurisdiction": "j", "notice": "n",'
        ' "codes": [{"code": "A", "label": "a", "counts_for_charge": true, "alerts": true,'
        ' "settles": false}], "numbers": {"1": "A"}}'
    )
    (own / "own.json").write_text(text)
    record = SourceRecord(md5=digest("md5", 1), number=1)
    store.add([record], status=SetStatus.CATEGORISED, scheme="own/1")
    with store.sets.open_enabled() as (opened,):
        assert opened.record(0).asserted == "own/1/A"
        assert opened.record(0).alerts
    (own / "own.json").write_text(text.replace('"1": "A"', '"2": "A"'))
    with pytest.raises(HashSetDamaged, match="new version"):
        store.sets.open_enabled()


def test_sets_are_named_by_name_or_digest(store: MadeStore) -> None:
    first = store.add(plain([1]), name="b")
    second = store.add(plain([2]), name="a")
    assert [each.facts.name for each in store.sets.listed()] == ["a", "b"]
    assert store.sets.get(first.sha256[:8].upper()).sha256 == first.sha256
    with store.sets.open_enabled((first.sha256, "b", "a")) as sets:
        assert [each.facts.sha256 for each in sets] == [second.sha256, first.sha256]
    for unknown in ("c", "", first.sha256[:3], "0" * 64):
        with pytest.raises(HashSetUnknown):
            store.sets.get(unknown)


def test_a_disabled_set_is_not_opened_and_says_why(store: MadeStore) -> None:
    store.add(plain([1]))
    assert not store.sets.disable("made", by="a tester", reason="out of date").is_enabled
    assert store.sets.open_enabled() == ()
    with pytest.raises(UsageError, match="out of date"):
        store.sets.open_enabled(("made",))
    assert store.sets.enable("made", by="a tester", reason="mended").is_enabled
    with store.sets.open_enabled() as sets:
        assert len(sets) == 1
    acts = [change.act for change in store.sets.get("made").changes]
    assert acts == ["import", "disable", "enable"]


def test_a_key_switched_off_silences_its_records_in_every_set(store: MadeStore) -> None:
    records = rich(40)
    store.add(records, name="a")
    store.add(records[:20], name="b", status=SetStatus.ALERT)
    bare = store.sets.open_enabled().disabled_sha256
    store.sets.disable_key(f"MD5:{records[7].md5.hex()}".lower(), by="a tester", reason="wrong")
    store.sets.disable_key(f"pdq:{records[10].pdq.hex()}", by="a tester", reason="wrong too")
    with store.sets.open_enabled() as sets:
        for opened in sets:
            assert opened.records_off == {7, 10}
            assert opened.find("md5", [records[7].md5, records[8].md5]) == [(1, 8)]
            assert opened.find("sha1", [records[7].sha1]) == []
            assert opened.records_stating(f"md5:{records[7].md5.hex()}") == (7,)
            assert opened.pdq is not None
            assert (
                len(opened.pdq.search(opened.pdq.index.values, threshold_bits=0))
                == len(opened.pdq.records) - 1
            )
        off = sets.disabled_sha256
    held = store.sets.holding(f"pdq:{records[10].pdq.hex()}")
    assert [(each.facts.name, count) for each, count in held] == [("a", 1), ("b", 1)]
    assert store.sets.holding("md5:" + "1" * 32) == ()
    assert bare == ""
    assert len(off) == 64
    assert [change.reason for change in store.sets.disabled_keys()] == ["wrong", "wrong too"]
    for change in store.sets.disabled_keys():
        store.sets.enable_key(change.key, by="a tester", reason="it was right")
    assert store.sets.open_enabled().disabled_sha256 == ""


@pytest.mark.parametrize("key", ["md5:12", "md4:" + "0" * 32, "pdq:zz", "md5:" + "0" * 40])
def test_what_is_no_key_is_not_switched(store: MadeStore, key: str) -> None:
    with pytest.raises(UsageError, match="no key"):
        store.sets.disable_key(key, by="a tester", reason="why")


def test_nothing_is_switched_or_removed_without_a_name_and_a_reason(store: MadeStore) -> None:
    store.add(plain([1]))
    for by, reason in (("", "why"), ("a tester", " ")):
        with pytest.raises(UsageError):
            store.sets.disable("made", by=by, reason=reason)
        with pytest.raises(UsageError):
            store.sets.remove("made", by=by, reason=reason)
        with pytest.raises(UsageError):
            store.sets.disable_key("md5:" + "0" * 32, by=by, reason=reason)
    with pytest.raises(UsageError, match="not switched off"):
        store.sets.enable_key("md5:" + "0" * 32, by="a tester", reason="why")
    assert store.sets.get("made").is_enabled


def test_a_removed_set_leaves_its_line(store: MadeStore) -> None:
    stored = store.add(plain([1]))
    change = store.sets.remove("made", by="a tester", reason="ordered by court")
    assert store.sets.listed() == ()
    assert not stored.folder.exists()
    assert change.set_sha256 == stored.sha256
    assert b"ordered by court" in (store.sets.folder / LOG).read_bytes()
    assert store.add(plain([1])).sha256 == stored.sha256


def test_a_removal_cut_short_counts_and_is_finished(store: MadeStore) -> None:
    stored = store.add(plain([1]))
    kept = {path.name: path.read_bytes() for path in stored.folder.iterdir()}
    store.sets.remove("made", by="a tester", reason="why")
    stored.folder.mkdir()
    for name, data in kept.items():
        (stored.folder / name).write_bytes(data)
    assert store.sets.listed() == ()
    assert store.add(plain([1])).sha256 == stored.sha256


def test_a_torn_line_of_the_log_is_no_act(store: MadeStore) -> None:
    store.add(plain([1]))
    log = store.sets.folder / LOG
    log.write_bytes(log.read_bytes() + b'{"act":"disable"')
    assert store.sets.get("made").is_enabled
    store.sets.disable("made", by="a tester", reason="why")
    assert not store.sets.get("made").is_enabled
    log.write_bytes(b"nonsense\n")
    with pytest.raises(HashSetDamaged):
        store.sets.listed()


def test_a_store_that_is_not_there_has_no_sets(tmp_path: Path) -> None:
    store = HashSets(tmp_path / "nowhere")
    assert store.listed() == ()
    assert store.open_enabled() == ()
    assert store.verify() == ()
    assert store.unfinished() == 0
    assert not (tmp_path / "nowhere").exists()


def test_one_process_imports_at_a_time(store: MadeStore) -> None:
    with importing(store.sets.folder), pytest.raises(HashSetsBusy):
        store.add(plain([1]))
    store.add(plain([1]))


def test_a_file_that_holds_nothing_is_refused(store: MadeStore) -> None:
    with pytest.raises(HashSetUnreadable, match="no record that can be kept"):
        store.add([SourceRecord()])
    assert store.sets.listed() == ()
    assert store.sets.unfinished() == 0


@pytest.mark.parametrize("name", ["", " ", "md5:00", "\u200b"])
def test_a_set_needs_a_name_that_can_be_told_from_a_key(store: MadeStore, name: str) -> None:
    store.read_by(MadeFormat(plain([1])))
    (store.place / "list").write_bytes(b"x")
    with pytest.raises(UsageError, match="no name"):
        import_set(store.sets, store.place / "list", terms(name))


def test_a_file_that_changes_while_it_is_read_is_refused(store: MadeStore) -> None:
    path = store.place / "list"
    path.write_bytes(b"x")
    store.read_by(MadeFormat(plain([1])))

    def change(progress: object) -> None:
        if getattr(progress, "stage", "") == "reading":
            path.write_bytes(b"longer")

    with pytest.raises(HashSetUnreadable, match="changed"):
        import_set(store.sets, path, terms("made"), change)
    assert store.sets.unfinished() == 0


def test_too_many_categories_are_refused_one_by_one(
    store: MadeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "_MAX_CATEGORIES", 3)
    records = [SourceRecord(md5=digest("md5", n), number=n % 5) for n in range(10)]
    records.append(SourceRecord(md5=digest("md5", 11), number=1 << 70))
    stored = store.add(records, status=SetStatus.CATEGORISED)
    assert stored.facts.records == 4


def test_more_records_than_can_be_numbered_are_refused(
    store: MadeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "MAX_RECORDS", 8)
    with pytest.raises(HashSetUnreadable, match="split"):
        store.add(plain(range(9)))


def test_records_beyond_the_set_are_refused(store: MadeStore) -> None:
    store.add(plain(range(3)))
    with store.sets.open_enabled() as (opened,):
        for number in (-1, 3):
            with pytest.raises(UsageError):
                opened.record(number)
            with pytest.raises(UsageError):
                opened.stated(number)
