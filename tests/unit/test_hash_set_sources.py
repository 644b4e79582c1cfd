"""What may be imported as a hash set: regular files that stay as they are, and what they tell."""

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest
from stored_sets import MadeStore, digest, terms

from polit.base.errors import HashSetsBusy, HashSetUnknown, HashSetUnreadable, SourceMissing
from polit.match.detecting import format_of
from polit.match.hashsets import HashSets
from polit.match.importing import ImportProgress, import_set
from polit.match.reading import SourceRecord
from polit.match.unfinished import import_discard, importing


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeStore:
    return MadeStore(tmp_path, monkeypatch)


@pytest.mark.parametrize("form", ["auto", "plain", "kdb", "vics"])
def test_a_pipe_or_a_device_is_refused_and_never_waited_for(tmp_path: Path, form: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(HashSetUnreadable, match="no regular file"):
            import_set(HashSets(tmp_path / "sets"), path, replace(terms("made"), format=form))


def test_a_file_that_is_swapped_with_its_times_kept_is_told(
    store: MadeStore, tmp_path: Path
) -> None:
    source = tmp_path / "swapped.txt"
    source.write_text("0" * 31 + "1\n")
    times = source.stat()

    def swap(progress: ImportProgress) -> None:
        if progress.stage == "reading":
            source.write_text("0" * 31 + "2\n")
            os.utime(source, ns=(times.st_atime_ns, times.st_mtime_ns))

    with pytest.raises(HashSetUnreadable, match="changed while it was read"):
        import_set(store.sets, source, replace(terms("made"), format="plain"), swap)
    assert not store.sets.listed()
    assert store.sets.unfinished() == 0


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceMissing, match=r"there is no file 'none\.txt'"):
        import_set(HashSets(tmp_path), tmp_path / "none.txt", replace(terms("x"), format="plain"))


def test_digesting_and_sealing_tell_how_far_they_are(store: MadeStore, tmp_path: Path) -> None:
    source = tmp_path / "long.txt"
    source.write_bytes(b"".join(b"%032x\n" % (at + 1) for at in range(1_100_000)))
    told: dict[str, list[int]] = {}
    import_set(
        store.sets, source, replace(terms("made"), format="plain"),
        lambda at: told.setdefault(at.stage, []).append(at.kept_bytes),
    )  # fmt: skip
    assert told["digesting"] == [0, 1 << 24, 1 << 25]
    assert len(told["sealing"]) >= 4
    assert told["sealing"] == sorted(told["sealing"])


def test_zeros_for_a_digest_that_is_not_known_cost_no_other_key(store: MadeStore) -> None:
    kept = SourceRecord(md5=digest("md5", 1), sha1=bytes(20), sha256=bytes(32))
    stored = store.add([kept, SourceRecord(md5=bytes(16))])
    assert stored.document.report.rejected == {"no key but zeros, which stand for a missing one": 1}
    assert stored.facts.keys == {"md5": 1}
    with store.sets.open_enabled() as (opened,):
        assert opened.find("md5", [digest("md5", 1)]) == [(0, 0)]


@pytest.mark.parametrize("name", ["our pdq list.txt", "list.txt"])
def test_a_list_of_sha256_is_no_pdq_list_by_its_name(tmp_path: Path, name: str) -> None:
    lines = [hashlib.sha256(b"%d" % at).hexdigest() for at in range(200)]
    (tmp_path / name).write_text("\n".join(lines))
    if "pdq" in name:
        with pytest.raises(HashSetUnreadable, match="--format pdq or --format plain"):
            format_of(tmp_path / name)
    else:
        assert format_of(tmp_path / name).NAME == "plain"


def test_an_import_that_nobody_will_finish_is_discarded(store: MadeStore) -> None:
    folder = store.sets.folder / "importing"
    (folder / "abcd1").mkdir(parents=True)
    (folder / "abcd2").mkdir()
    (folder / "abcd2" / "md5.stated").write_bytes(b"x")
    for text in ("abc", "abcd", "beef", ""):
        with pytest.raises(HashSetUnknown, match="unfinished imports are called"):
            import_discard(store.sets, text)
    with importing(store.sets.folder), pytest.raises(HashSetsBusy):
        import_discard(store.sets, "abcd2")
    assert import_discard(store.sets, "abcd2") == "abcd2"
    assert store.sets.unfinished_names() == ("abcd1",)
