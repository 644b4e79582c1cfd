"""A supplement is sealed whole or not at all, belongs to one package, and is verified with it."""

import json
import os
import shutil
import sqlite3
import string
import tarfile
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import made_packages as made
import made_supplements as more
import pytest

from polit.base.errors import PackageBusy, PackageDamaged, SourceMissing
from polit.model.manifest import Signature
from polit.package import sealed_text, transport
from polit.package.layout import MANIFEST, PARTS
from polit.package.supplement import (
    list_supplements,
    open_supplement,
    read_supplement,
    supplement_folder,
)
from polit.package.supplement_rows import rows_sha256
from polit.package.supplement_verify import count_missing
from polit.package.supplement_write import draft_supplement
from polit.package.transport import pack_package, unpack_package
from polit.package.verify import verify_package


@pytest.fixture
def sealed(tmp_path: Path) -> made.MadePackage:
    """Return a sealed package."""
    return made.sealed(tmp_path)


def _failing(folder: Path) -> dict[str, str]:
    return {
        check.name: check.detail for check in verify_package(folder).all_checks if not check.holds
    }


def test_a_supplement_holds_and_gives_back_what_was_put_in(sealed: made.MadePackage) -> None:
    told = more.add(sealed, [more.alert(), more.good()])
    assert _failing(sealed.folder) == {}
    assert (told.tally.contents, told.tally.matched, told.tally.alerts) == (3, 2, 1)
    assert (told.tally.counts.known_good, told.tally.counts.near, told.new_alerts) == (1, 0, 1)
    with open_supplement(supplement_folder(sealed.folder, 1)) as opened:
        assert opened.manifest == told
        assert opened.hash_sets == (more.ALERTING, more.GOOD)
        assert set(opened.matches()) == {more.alert(), more.good()}


def test_only_what_did_not_alert_before_is_news(sealed: made.MadePackage) -> None:
    first = more.add(sealed, [more.alert(algorithm="pdq", distance_bits=4)])
    again = more.add(sealed, [more.alert(algorithm="pdq", distance_bits=2)])
    by_digest = more.add(sealed, [more.alert()])
    known = more.add(sealed, [more.alert(algorithm="pdq"), more.alert(more.TEXT)])
    assert [one.new_alerts for one in (first, again, by_digest, known)] == [1, 0, 1, 1]
    assert [one.number for one in list_supplements(sealed.folder)] == [1, 2, 3, 4]
    assert _failing(sealed.folder) == {}


def test_what_is_not_sealed_leaves_nothing(sealed: made.MadePackage) -> None:
    before = sorted(sealed.folder.rglob("*"))
    terms = more.terms(more.ALERTING)
    with draft_supplement(sealed.folder, sealed.manifest, terms) as draft:
        draft.add([more.alert()])
    assert sorted(sealed.folder.rglob("*")) == before


def test_a_supplement_that_does_not_hold_takes_nothing_from_its_package(
    sealed: made.MadePackage,
) -> None:
    more.add(sealed, [more.alert()])
    _append(supplement_folder(sealed.folder, 1) / "matches.sqlite", b"x")
    found = verify_package(sealed.folder)
    assert (found.holds, found.all_hold) == (True, False)
    _append(sealed.folder / "findings.sqlite", b"x")
    assert not verify_package(sealed.folder).holds


def test_two_at_once_never_take_one_number(sealed: made.MadePackage) -> None:
    terms = more.terms(more.ALERTING)
    with (
        draft_supplement(sealed.folder, sealed.manifest, terms),
        pytest.raises(PackageBusy, match="another process"),
    ):
        more.add(sealed, [more.alert()])
    assert more.add(sealed, [more.alert()]).number == 1


def test_what_a_kill_left_counts_for_nothing(sealed: made.MadePackage) -> None:
    more.add(sealed, [more.alert()])
    left = sealed.folder / "supplements" / ".new"
    left.mkdir()
    (left / "matches.sqlite").write_bytes(b"half")
    told = {check.name: check.detail for check in verify_package(sealed.folder).all_checks}
    assert "broken off" in told["supplements"]
    assert _failing(sealed.folder) == {}
    assert more.add(sealed, [more.alert()]).number == 2
    assert not left.exists()


def _edit(folder: Path, sql: str, name: str = "matches.sqlite") -> None:
    with closing(sqlite3.connect(folder / name, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("PRAGMA ignore_check_constraints=ON")
        connection.execute(sql)


def _reseal(package: made.MadePackage, folder: Path, **changes: object) -> None:
    """Sign what a forger altered, as one who has a key of his own could."""
    manifest = read_supplement(folder)
    with suppress(sqlite3.Error), closing(sqlite3.connect(folder / "matches.sqlite")) as connection:
        manifest = replace(manifest, rows_sha256=rows_sha256(connection))
    manifest = replace(manifest, **changes)  # type: ignore[arg-type]
    parts = sealed_text.digest_files(folder, ["matches.sqlite"])
    manifest = sealed_text.sign(replace(manifest, parts=parts), package.keys.signing)
    (folder / "manifest.json").write_bytes(sealed_text.render(manifest))


def _append(path: Path, data: bytes) -> None:
    with path.open("ab") as stream:
        stream.write(data)


def _replace_by(path: Path, make: Callable[[Path], None]) -> None:
    path.unlink()
    make(path)


ALTERATIONS: dict[str, tuple[Callable[[Path], object], str]] = {
    "the examiner": (
        lambda p: (p / "manifest.json").write_text(
            (p / "manifest.json").read_text().replace("tester", "another")), "seal"),
    "added text": (
        lambda p: (p / "manifest.json").write_text(
            (p / "manifest.json").read_text().replace("{", '{"note": 1,', 1)), "seal"),
    "a match": (lambda p: _edit(p, "UPDATE matches SET record = 4"), "parts"),
    "a longer part": (lambda p: _append(p / "matches.sqlite", b"x"), "parts"),
    "a file more": (lambda p: (p / "note.txt").touch(), "files"),
    "no manifest": (lambda p: (p / "manifest.json").unlink(), "holds no supplement"),
    "a manifest that is none": (lambda p: (p / "manifest.json").write_text("[]"),
                                "no manifest"),
    "a manifest that is too long": (
        lambda p: os.truncate(p / "manifest.json", 1 << 40), "no manifest"),
    "no rows": (lambda p: (p / "matches.sqlite").unlink(), "parts"),
    "rows that are a FIFO": (lambda p: _replace_by(p / "matches.sqlite", os.mkfifo), "parts"),
    "rows that are a link": (
        lambda p: _replace_by(p / "matches.sqlite", lambda q: q.symlink_to("/dev/zero")), "parts"),
    "a manifest that is a FIFO": (
        lambda p: _replace_by(p / "manifest.json", os.mkfifo), "no regular file"),
    "giant rows": (lambda p: os.truncate(p / "matches.sqlite", 1 << 42), "parts"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(ALTERATIONS))
def test_every_alteration_is_found(sealed: made.MadePackage, name: str) -> None:
    more.add(sealed, [more.alert()])
    alter, expected = ALTERATIONS[name]
    alter(supplement_folder(sealed.folder, 1))
    assert expected in _failing(sealed.folder)["supplement 1"]


_SPELLINGS: dict[str, Callable[[Signature], Signature]] = {
    "another name": lambda one: replace(one, algorithm="Ed25519"),
    "capitals": lambda one: replace(one, public_key=one.public_key.upper()),
    "a space": lambda one: replace(one, public_key=f"{one.public_key} "),
    "loose bits": lambda one: replace(one, value=f"{one.value[:-3]}{_next(one.value[-3])}=="),
}


def _next(letter: str) -> str:
    """Return the base64 letter after one: its last four bits are not used at the end."""
    letters = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
    return letters[letters.index(letter) + 1]


@pytest.mark.parametrize("name", sorted(_SPELLINGS))
def test_a_signature_that_is_spelled_otherwise_is_found(
    sealed: made.MadePackage, name: str
) -> None:
    told = more.add(sealed, [more.alert()])
    for manifest, place in ((told, supplement_folder(sealed.folder, 1)),
                            (sealed.manifest, sealed.folder)):  # fmt: skip
        assert manifest.signature is not None
        other = replace(manifest, signature=_SPELLINGS[name](manifest.signature))
        (place / MANIFEST).write_bytes(sealed_text.render(other))
    failing = _failing(sealed.folder)
    assert "does not cover" in failing["seal"]
    assert "does not cover" in failing["supplement 1"]


@pytest.mark.parametrize("value", [1.5, 1 << 60])
def test_a_figure_without_a_canonical_form_fails_the_seal(
    sealed: made.MadePackage, value: float
) -> None:
    path = sealed.folder / MANIFEST
    values = json.loads(path.read_text())
    values["plan"]["near_threshold_bits"] = value
    path.write_text(json.dumps(values))
    assert "seal" in _failing(sealed.folder)


def test_text_for_a_digest_in_the_package_is_told(sealed: made.MadePackage) -> None:
    more.add(sealed, [more.alert()])
    for sql in (
        "UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')') WHERE name = 'results'",
        "UPDATE results SET sha256 = 'text' WHERE entry_id = 1",
        "UPDATE sqlite_schema SET sql = sql || ' STRICT' WHERE name = 'results'",
    ):
        _edit(sealed.folder, sql, "findings.sqlite")
    failing = _failing(sealed.folder)
    assert {"parts", "supplement 1"} <= set(failing)
    assert failing["supplement 1"].startswith("contents: ")


_UNSTRICT = (
    "UPDATE sqlite_schema SET sql = replace(sql, 'STRICT, ', '')",
    "UPDATE matches SET record = 'x'",
    "UPDATE sqlite_schema SET sql = replace(sql, 'WITHOUT', 'STRICT, WITHOUT')",
)
_MORE = """INSERT INTO matches SELECT zeroblob(32), set_sha256, 5, algorithm, variant, 0, 0,
asserted, 0, 0, 0, 0, NULL, NULL FROM matches LIMIT 1"""
_BY_MD5 = """UPDATE matches SET settles = 1, alerts = 0,
set_sha256 = (SELECT set_sha256 FROM hash_sets WHERE status = 'known-good')"""
FORGERIES: dict[str, tuple[tuple[str, ...], dict[str, object], str]] = {
    "a view that lies": (("CREATE VIEW liar AS SELECT 1",), {}, "schema"),
    "a status that is none": (("UPDATE hash_sets SET status = 'x'",), {}, "hash set"),
    "text for a figure": (_UNSTRICT, {}, "not sound"),
    "keys that are no figures": (("UPDATE hash_sets SET keys = '[]'",), {}, "hash set"),
    "a record that the set lacks": (("UPDATE matches SET record = 9",), {}, "break a rule"),
    "a fingerprint that settles": (
        ("UPDATE matches SET algorithm = 'pdq', settles = 1",), {}, "break a rule"),
    "known good by MD5 alone that settles": (
        (_BY_MD5,), {}, "break a rule"),
    "more than all of a video": (
        ("UPDATE matches SET covered_here_percent = 101",), {}, "break a rule"),
    "other terms": (
        ("UPDATE matches SET algorithm = 'pdq', threshold_bits = 40",), {}, "break a rule"),
    "a match more": ((_MORE,), {}, "tally"),
    "a set more": (("INSERT INTO meta VALUES ('more', 'x')",), {}, "another package or number"),
    "another digest of the rows": ((), {"rows_sha256": "0" * 64}, "rows_sha256"),
    "another format": ((), {"format": 2}, "format 2"),
    "another package": ((), {"package_id": "x"}, "package"),
    "other rows": ((), {"package_rows_sha256": "0" * 64}, "package"),
    "another number": ((), {"number": 2}, "number"),
    "another order": ((), {"previous_sha256": "0" * 64}, "order"),
    "fewer news": ((), {"new_alerts": 0}, "alerts"),
    "other sets": ((), {"sets": ()}, "sets"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(FORGERIES))
def test_what_is_signed_and_wrong_is_found(sealed: made.MadePackage, name: str) -> None:
    more.add(sealed, [more.alert()])
    statements, changes, expected = FORGERIES[name]
    place = supplement_folder(sealed.folder, 1)
    for sql in statements:
        _edit(place, sql)
    _reseal(sealed, place, **changes)
    assert expected in _failing(sealed.folder)["supplement 1"]


def test_matches_of_contents_that_the_package_lacks_are_found(sealed: made.MadePackage) -> None:
    more.add(sealed, [more.alert(b"\xee" * 32)])
    assert _failing(sealed.folder)["supplement 1"].startswith("contents: 1 ")


def test_a_match_that_names_no_set_is_found(sealed: made.MadePackage) -> None:
    more.add(sealed, [more.alert()], sets=[more.GOOD])
    assert "name no hash set" in _failing(sealed.folder)["supplement 1"]


def test_a_supplement_of_another_package_is_found(sealed: made.MadePackage, tmp_path: Path) -> None:
    other = made.sealed(tmp_path / "other")
    other = replace(other, manifest=replace(other.manifest, package_id="another"))
    more.add(other, [more.alert()])
    shutil.copytree(other.folder / "supplements", sealed.folder / "supplements")
    assert "another package" in _failing(sealed.folder)["supplement 1"]


def test_one_taken_out_of_the_middle_is_missed_and_the_last_is_not(
    sealed: made.MadePackage,
) -> None:
    for _ in range(3):
        more.add(sealed, [more.alert()])
    place = sealed.folder / "supplements"
    shutil.rmtree(place / "3")
    assert _failing(sealed.folder) == {}
    shutil.rmtree(place / "1")
    assert "number 2" in _failing(sealed.folder)["supplements"]
    (place / "2").rename(place / "1")
    assert "order" in _failing(sealed.folder)["supplement 1"]
    (place / "1").rename(place / "2")
    with pytest.raises(PackageDamaged, match="missing"):
        more.add(sealed, [more.alert()])


def test_a_link_for_a_supplement_is_found(sealed: made.MadePackage, tmp_path: Path) -> None:
    more.add(sealed, [more.alert()])
    place = supplement_folder(sealed.folder, 1)
    place.rename(tmp_path / "moved")
    place.symlink_to(tmp_path / "moved")
    assert set(_failing(sealed.folder)) == {"supplements", "supplement 1"}
    place.unlink()
    (sealed.folder / "supplements").rmdir()
    (sealed.folder / "supplements").symlink_to(tmp_path)
    assert set(_failing(sealed.folder)) == {"files"}
    with pytest.raises(PackageDamaged, match="link"):
        more.add(sealed, [more.alert()])


@pytest.mark.parametrize("name", ["2", "01", "0", "1000000", ".new", "note.txt"])
def test_a_file_or_a_name_that_no_supplement_has_is_found(
    sealed: made.MadePackage, name: str
) -> None:
    more.add(sealed, [more.alert()])
    (sealed.folder / "supplements" / name).touch()
    assert name in _failing(sealed.folder)["supplements"]


def test_what_lies_beside_a_half_made_supplement_is_found(sealed: made.MadePackage) -> None:
    left = sealed.folder / "supplements" / ".new"
    left.mkdir(parents=True)
    (left / "matches.sqlite").symlink_to("/dev/zero")
    assert ".new/matches.sqlite" in _failing(sealed.folder)["supplements"]


def test_a_folder_that_holds_no_supplement_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceMissing, match="no supplement"):
        read_supplement(tmp_path)


@pytest.mark.parametrize(
    ("wanted", "known", "missing"),
    [("", "", 0), ("a", "", 1), ("", "a", 0), ("abc", "abc", 0), ("adz", "bde", 2), ("bc", "a", 2)],
)
def test_what_is_missing_is_counted(wanted: str, known: str, missing: int) -> None:
    assert count_missing([c.encode() for c in wanted], [c.encode() for c in known]) == missing


def test_the_text_is_what_the_reference_page_says(sealed: made.MadePackage) -> None:
    more.add(sealed, [more.alert()])
    text = (supplement_folder(sealed.folder, 1) / "manifest.json").read_text()
    values = json.loads(text)
    assert values["terms"] == {
        "dihedral": False,
        "min_quality": 50,
        "near_threshold_bits": 31,
        "video_coverage_percent": 80,
    }
    assert values["package_rows_sha256"] == sealed.manifest.rows_sha256


def test_packing_carries_supplements(sealed: made.MadePackage, tmp_path: Path) -> None:
    more.add(sealed, [more.alert()])
    more.add(sealed, [more.alert(), more.good()])
    file = tmp_path / "p.age"
    pack_package(sealed.folder, file, [sealed.keys.identity.to_public()])
    unpacked = unpack_package(file, tmp_path / "there", sealed.keys.identity)
    assert [one.number for one in list_supplements(unpacked)] == [1, 2]
    assert _failing(unpacked) == {}


def test_what_lies_behind_a_link_is_not_packed(sealed: made.MadePackage, tmp_path: Path) -> None:
    more.add(sealed, [more.alert()])
    place = supplement_folder(sealed.folder, 1)
    place.rename(tmp_path / "moved")
    place.symlink_to(tmp_path / "moved")
    with pytest.raises(PackageDamaged, match="lacks its part"):
        pack_package(sealed.folder, tmp_path / "p.age", [sealed.keys.identity.to_public()])


def test_half_a_supplement_is_not_packed(sealed: made.MadePackage, tmp_path: Path) -> None:
    more.add(sealed, [more.alert()])
    (supplement_folder(sealed.folder, 1) / "matches.sqlite").unlink()
    with pytest.raises(PackageDamaged, match="lacks its part"):
        pack_package(sealed.folder, tmp_path / "p.age", [sealed.keys.identity.to_public()])


@pytest.mark.parametrize(
    "name",
    ["supplements/1/note.txt", "supplements/01/manifest.json", "supplements/../manifest.json",
     "supplements/1/../../manifest.json", "supplements/manifest.json",
     "supplements/1/manifest.json"],
)  # fmt: skip
def test_a_packed_file_with_strange_or_half_supplements_is_refused(
    sealed: made.MadePackage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    source = sealed.folder / "manifest.json"
    with monkeypatch.context() as patch:
        patch.setattr(
            transport._Feeder,
            "_write_tar",
            lambda feeder: _tar_with(feeder._descriptor, sealed.folder, {name: source}),
        )
        pack_package(sealed.folder, tmp_path / "p.age", [sealed.keys.identity.to_public()])
    with pytest.raises(PackageDamaged, match=r"no part|lacks supplements"):
        unpack_package(tmp_path / "p.age", tmp_path / "there", sealed.keys.identity)
    assert list((tmp_path / "there").iterdir()) == []


def _tar_with(descriptor: int, package: Path, more_names: dict[str, Path]) -> None:
    files = {name: package / name for name in (MANIFEST, *PARTS)} | more_names
    with os.fdopen(descriptor, "wb") as stream, tarfile.open(fileobj=stream, mode="w|") as tar:
        for name, path in files.items():
            tar.add(path, f"{package.name}/{name}")
