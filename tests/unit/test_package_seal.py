"""A sealed package verifies without keys; whatever is altered in it is found."""

import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import made_packages as made
import pyrage
import pytest

from polit.base.errors import (
    AuthorityError,
    IntegrityError,
    PackageDamaged,
    SourceMissing,
    UsageError,
)
from polit.package.contact_sheet import SheetPicture, draw_sheet
from polit.package.layout import exhibit_of, package_name
from polit.package.read import DerivativeReader, EntryFilter, read_derivatives, read_entries
from polit.package.seal import read_manifest
from polit.package.transport import pack_package, unpack_package
from polit.package.verify import verify_package


@pytest.fixture
def sealed(tmp_path: Path) -> made.MadePackage:
    """Return a sealed package."""
    return made.sealed(tmp_path)


def _failing(folder: Path) -> list[str]:
    return [check.name for check in verify_package(folder).checks if not check.holds]


def test_a_sealed_package_holds(sealed: made.MadePackage) -> None:
    found = verify_package(sealed.folder)
    assert found.holds, found.checks
    assert found.signer_sha256 == sealed.keys.fingerprint
    assert found.manifest.tally.entries == 5
    assert (found.manifest.tally.done, found.manifest.tally.failed) == (3, 1)


def test_verification_needs_no_keys_and_changes_nothing(sealed: made.MadePackage) -> None:
    for key in (sealed.folder.parent / "data" / "keys").iterdir():
        key.unlink()
    before = {p.name: p.read_bytes() for p in sealed.folder.rglob("*") if p.is_file()}
    assert verify_package(sealed.folder).holds
    assert {p.name: p.read_bytes() for p in sealed.folder.rglob("*") if p.is_file()} == before


def _flip(path: Path, offset: int) -> None:
    data = bytearray(path.read_bytes())
    data[offset] ^= 1
    path.write_bytes(data)


def _edit(folder: Path, sql: str) -> None:
    connection = sqlite3.connect(folder / "findings.sqlite")
    connection.execute(sql)
    connection.commit()
    connection.close()


def _rename_examiner(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace("tester", "another"))


ALTERATIONS: dict[str, tuple[Callable[[Path], None], set[str]]] = {
    "a bit of a pack": (lambda p: _flip(p / "derivatives/tiles.pack", 5), {"parts"}),
    "a pack cut short": (
        lambda p: os.truncate(p / "derivatives/tiles.pack", 10), {"parts", "packs"}),
    "an outcome": (
        lambda p: _edit(p, "UPDATE results SET reason = 'truncated' WHERE outcome = 'failed'"),
        {"parts", "rows", "account"}),
    "a removed entry": (
        lambda p: _edit(p, "DELETE FROM entries WHERE entry_id = 1"), {"parts", "rows", "account"}),
    "a name": (
        lambda p: _edit(p, "UPDATE entries SET path = 'z' WHERE entry_id = 1"), {"parts", "rows"}),
    "a derivative's row": (lambda p: _edit(p, "DELETE FROM derivatives"),
                           {"parts", "rows", "packs"}),
    "the examiner": (_rename_examiner, {"seal"}),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(ALTERATIONS))
def test_every_alteration_is_found(sealed: made.MadePackage, name: str) -> None:
    alter, expected = ALTERATIONS[name]
    alter(sealed.folder)
    assert set(_failing(sealed.folder)) == expected


def test_a_removed_signature_is_found(sealed: made.MadePackage) -> None:
    path = sealed.folder / "manifest.json"
    values = json.loads(path.read_text())
    values["signature"] = None
    path.write_text(json.dumps(values))
    assert _failing(sealed.folder) == ["seal"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "x"}', "[" * 100_000])
def test_a_hostile_manifest_is_refused(sealed: made.MadePackage, text: str) -> None:
    (sealed.folder / "manifest.json").write_text(text)
    with pytest.raises(PackageDamaged):
        verify_package(sealed.folder)


def test_findings_that_are_no_database_fail_the_check(sealed: made.MadePackage) -> None:
    (sealed.folder / "findings.sqlite").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    assert "rows" in _failing(sealed.folder)


def test_a_missing_part_fails_the_check(sealed: made.MadePackage) -> None:
    (sealed.folder / "derivatives/thumbnails.pack").unlink()
    assert "parts" in _failing(sealed.folder)


def test_an_unsealed_folder_is_no_package(tmp_path: Path) -> None:
    with pytest.raises(SourceMissing, match="no sealed package"):
        read_manifest(tmp_path)


def test_listing_gives_digests_in_hex_and_filters(sealed: made.MadePackage) -> None:
    rows = list(read_entries(sealed.folder, EntryFilter()))
    assert [row["path"] for row in rows] == ["a.jpg", "b.jpg", "bad.jpg", "c.txt", "sub"]
    assert rows[0]["sha256"] == made.digests(b"picture").sha256.hex()
    assert (rows[0]["width_px"], rows[0]["height_px"]) == (640, 480)
    assert rows[0]["overwritten"] is False
    assert rows[3]["extension_agrees"] is False
    failed = list(read_entries(sealed.folder, EntryFilter(outcome="failed")))
    assert [row["reason"] for row in failed] == ["undecodable"]
    assert len(list(read_entries(sealed.folder, EntryFilter(kind="still")))) == 3
    assert len(list(read_entries(sealed.folder, EntryFilter(state="deleted")))) == 0


def test_tiles_open_with_the_key_and_with_no_other(sealed: made.MadePackage) -> None:
    row = read_derivatives(sealed.folder, "tile")[0].cover
    good = DerivativeReader(
        sealed.folder,
        package_id=sealed.manifest.package_id,
        package_key=made.PACKAGE_KEY,
        role="tile",
    )
    tile = good.plaintext(row)
    assert tile[:4] == b"RIFF"
    sheet = draw_sheet([SheetPicture(tile), SheetPicture(tile)], heading="T-1")
    assert sheet.png.startswith(b"\x89PNG")
    for key, package_id in ((bytes(32), sealed.manifest.package_id), (made.PACKAGE_KEY, "other")):
        bad = DerivativeReader(sealed.folder, package_id=package_id, package_key=key, role="tile")
        with pytest.raises(IntegrityError):
            bad.plaintext(row)


def test_the_tile_key_does_not_open_thumbnails(sealed: made.MadePackage) -> None:
    thumbnail = read_derivatives(sealed.folder, "thumbnail")[0].cover
    reader = DerivativeReader(
        sealed.folder,
        package_id=sealed.manifest.package_id,
        package_key=made.PACKAGE_KEY,
        role="tile",
    )
    with pytest.raises(IntegrityError):
        reader.plaintext(thumbnail)


def test_packing_round_trips(sealed: made.MadePackage, tmp_path: Path) -> None:
    file = tmp_path / "p.age"
    pack_package(sealed.folder, file, [sealed.keys.identity.to_public()])
    unpacked = unpack_package(file, tmp_path / "there", sealed.keys.identity)
    assert unpacked.name == sealed.folder.name
    assert verify_package(unpacked).holds
    assert [p.name for p in (tmp_path / "there").iterdir()] == [unpacked.name]
    with pytest.raises(UsageError, match="already"):
        unpack_package(file, tmp_path / "there", sealed.keys.identity)
    with pytest.raises(UsageError, match="already"):
        pack_package(sealed.folder, file, [sealed.keys.identity.to_public()])


def test_a_stranger_cannot_unpack(sealed: made.MadePackage, tmp_path: Path) -> None:
    file = tmp_path / "p.age"
    pack_package(sealed.folder, file, [sealed.keys.identity.to_public()])
    with pytest.raises(AuthorityError, match="not encrypted to this"):
        unpack_package(file, tmp_path / "there", pyrage.x25519.Identity.generate())


def test_a_damaged_packed_file_is_refused(sealed: made.MadePackage, tmp_path: Path) -> None:
    file = tmp_path / "p.age"
    pack_package(sealed.folder, file, [sealed.keys.identity.to_public()])
    _flip(file, file.stat().st_size // 2)
    with pytest.raises(PackageDamaged):
        unpack_package(file, tmp_path / "there", sealed.keys.identity)
    assert list((tmp_path / "there").iterdir()) == []


@pytest.mark.parametrize("exhibit", ["AB/1", "AB/1/2", "a b", "é%", "..", "con:1", "x" * 120])
def test_package_names_are_reversible_and_safe(exhibit: str) -> None:
    name = package_name(exhibit)
    assert exhibit_of(name) == exhibit
    assert "/" not in name
    assert ":" not in name
