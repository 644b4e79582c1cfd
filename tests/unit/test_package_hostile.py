"""A package made to deceive: planted files, added text, lying rows. Each is refused or found."""

import errno
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import made_packages as made
import pyrage
import pytest

from polit.base.errors import IntegrityError, PackageDamaged, UsageError
from polit.model.media import PixelBlock
from polit.package import account, seal, transport
from polit.package.contact_sheet import SheetPicture, draw_sheet
from polit.package.database import open_reader
from polit.package.derivatives import DerivativeWriter, encode_pixels
from polit.package.layout import SCHEMA, package_name
from polit.package.read import DerivativeReader, EntryFilter, read_derivatives, read_entries
from polit.package.transport import pack_package, unpack_package
from polit.package.verify import verify_package
from polit.store.keys import create_keys, open_keys


@pytest.fixture
def sealed(tmp_path: Path) -> made.MadePackage:
    """Return a sealed package."""
    return made.sealed(tmp_path)


def _failing(folder: Path) -> set[str]:
    return {check.name for check in verify_package(folder).all_checks if not check.holds}


def _plant_wal(folder: Path) -> None:
    """Put a WAL beside the findings that hides every failed entry."""
    copy = folder.parent / "copy.sqlite"
    shutil.copy(folder / "findings.sqlite", copy)
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("UPDATE entries SET path = 'planted'")
        for suffix in ("-wal", "-shm"):
            shutil.copy(f"{copy}{suffix}", folder / f"findings.sqlite{suffix}")


def test_a_planted_wal_is_found_and_changes_nothing(sealed: made.MadePackage) -> None:
    before = list(read_entries(sealed.folder, EntryFilter()))
    _plant_wal(sealed.folder)
    assert _failing(sealed.folder) == {"files"}
    assert list(read_entries(sealed.folder, EntryFilter())) == before


@pytest.mark.parametrize(
    "name", ["findings.sqlite-journal", "lock", "note.txt", "derivatives/more.pack"]
)
def test_a_file_that_is_no_part_is_found(sealed: made.MadePackage, name: str) -> None:
    (sealed.folder / name).touch()
    assert _failing(sealed.folder) == {"files"}


def test_what_lies_where_supplements_do_and_is_none_is_found(sealed: made.MadePackage) -> None:
    (sealed.folder / "supplements" / "deep").mkdir(parents=True)
    (sealed.folder / "supplements" / "deep" / "report.txt").touch()
    assert _failing(sealed.folder) == {"supplements"}


@pytest.mark.parametrize("name", ["findings.sqlite", "derivatives/tiles.pack"])
@pytest.mark.parametrize("make", [os.symlink, lambda _, place: os.mkfifo(place)])
def test_a_part_that_is_no_regular_file_is_found(
    sealed: made.MadePackage, name: str, make: Callable[[Path, Path], None]
) -> None:
    elsewhere = sealed.folder.parent / "elsewhere"
    (sealed.folder / name).rename(elsewhere)
    make(elsewhere, sealed.folder / name)
    assert {"files", "parts"} <= _failing(sealed.folder)


def test_a_linked_folder_of_parts_is_found(sealed: made.MadePackage) -> None:
    elsewhere = sealed.folder.parent / "elsewhere"
    (sealed.folder / "derivatives").rename(elsewhere)
    (sealed.folder / "derivatives").symlink_to(elsewhere)
    assert _failing(sealed.folder) == {"files"}


def _reseal(package: made.MadePackage, sql: str) -> None:
    """Alter the rows and sign the package anew: what a dishonest examiner could do."""
    with closing(sqlite3.connect(package.folder / "findings.sqlite")) as connection:
        connection.executescript(sql)
    parts = seal.digest_parts(package.folder)
    signed = seal.sign_manifest(replace(package.manifest, parts=parts), package.keys.signing)
    seal.write_manifest(package.folder, signed)


@pytest.mark.parametrize(
    "sql",
    [
        "DROP VIEW occurrences; CREATE VIEW occurrences AS SELECT 1 AS path;",
        "CREATE TRIGGER t AFTER INSERT ON meta BEGIN SELECT 1; END;",
        "DROP INDEX entries_locator;",
        "CREATE TABLE more (a);",
    ],
)
def test_another_schema_is_found(sealed: made.MadePackage, sql: str) -> None:
    _reseal(sealed, sql)
    assert _failing(sealed.folder) == {"schema"}


_FORGED_SET = """
PRAGMA ignore_check_constraints=ON;
INSERT INTO hash_sets VALUES (zeroblob(32), 'n', 'alert', '', '', '', '', '', '', 1, '{}');
"""
_FORGED_MATCH = """
INSERT INTO matches SELECT sha256, zeroblob(32), 0, 'pdq', 'full', 4, 31, 'alert', 1, 0, 0, 0,
NULL, NULL FROM results WHERE sha256 IS NOT NULL LIMIT 1;
"""


@pytest.mark.parametrize(
    ("sql", "failing"),
    [
        ("", {"rows", "matches"}),
        ("UPDATE hash_sets SET status = 'sought';", {"rows", "matches"}),
        ("UPDATE hash_sets SET keys = '[]';", {"rows", "matches"}),
        (_FORGED_MATCH + "UPDATE matches SET settles = 1;", {"rows", "account", "matches"}),
        (_FORGED_MATCH + "DELETE FROM hash_sets;", {"rows", "account", "matches"}),
    ],
)
def test_hash_sets_and_matches_that_were_forged_are_found(
    sealed: made.MadePackage, sql: str, failing: set[str]
) -> None:
    _reseal(sealed, _FORGED_SET + sql)
    assert _failing(sealed.folder) == failing


def test_a_listing_does_not_ask_the_stored_view(sealed: made.MadePackage) -> None:
    before = list(read_entries(sealed.folder, EntryFilter()))
    _reseal(sealed, "DROP VIEW occurrences; CREATE VIEW occurrences AS SELECT 1 AS path;")
    assert list(read_entries(sealed.folder, EntryFilter())) == before


def test_findings_whose_meta_is_a_view_are_refused(sealed: made.MadePackage) -> None:
    _reseal(sealed, "DROP TABLE meta; CREATE VIEW meta AS SELECT 1 AS key, 2 AS value;")
    with pytest.raises(PackageDamaged, match="no table"):
        open_reader(sealed.folder)


@pytest.mark.parametrize(
    "added", [b'"remark": "not signed",', b'"case": "T-0",', b" "], ids=["key", "twice", "space"]
)
def test_text_that_was_added_to_the_manifest_is_found(
    sealed: made.MadePackage, added: bytes
) -> None:
    path = sealed.folder / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b"{", b"{" + added, 1))
    assert _failing(sealed.folder) == {"seal"}


@pytest.mark.parametrize(
    "text", [b'{"format": "\xff"}', b'{"\xff": 1}', b'{"plan":' + b"[" * 90_000]
)
def test_a_manifest_of_strange_bytes_is_refused(sealed: made.MadePackage, text: bytes) -> None:
    (sealed.folder / "manifest.json").write_bytes(text)
    with pytest.raises(PackageDamaged):
        verify_package(sealed.folder)


def test_a_manifest_that_is_a_link_is_refused(sealed: made.MadePackage) -> None:
    path = sealed.folder / "manifest.json"
    path.rename(sealed.folder.parent / "m")
    path.symlink_to(sealed.folder.parent / "m")
    with pytest.raises(PackageDamaged):
        verify_package(sealed.folder)


def test_sizes_beyond_64_bits_are_summed() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA)
        connection.executemany(
            "INSERT INTO volumes (number, scheme, description, offset_bytes, size_bytes,"
            " allocated, locator, state, reason) VALUES (?, 'none', 'x', 0, ?, 1, ?,"
            " 'not_examined', 'why')",
            [(number, size, str(number)) for number, size in enumerate([2**62, 2**62, 2**62])],
        )
        assert account.count_not_examined(connection)[0].bytes == 2**63 - 1
        connection.execute("DELETE FROM volumes WHERE number > 0")
        connection.execute("UPDATE volumes SET unallocated_bytes = 2000000000001")
        found = {one.what: one.bytes for one in account.count_not_examined(connection)}
    assert found == {"volume (x)": 2**62, "unallocated space": 2_000_000_000_001}


def _reader(package: made.MadePackage) -> DerivativeReader:
    package_id = package.manifest.package_id
    return DerivativeReader(
        package.folder, package_id=package_id, package_key=made.PACKAGE_KEY, role="tile"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"pack": "../../etc/passwd"},
        {"pack": "manifest.json"},
        {"offset_bytes": -1},
        {"offset_bytes": 1 << 40},
        {"stored_bytes": 0},
        {"stored_bytes": 1 << 30},
    ],
)
def test_a_tile_outside_its_pack_is_refused(
    sealed: made.MadePackage, changes: dict[str, str | int]
) -> None:
    row = read_derivatives(sealed.folder, "tile")[0].cover
    with pytest.raises(PackageDamaged):
        _reader(sealed).plaintext(replace(row, **changes))  # type: ignore[arg-type]


def test_a_tile_with_a_long_side_is_refused() -> None:
    for data in (encode_pixels(PixelBlock(25, 3, 1, bytes(75)), "tile"), b"RIFF no picture"):
        with pytest.raises(IntegrityError):
            draw_sheet([SheetPicture(data)], heading="T-1")


def test_a_pack_shorter_than_its_rows_is_refused(sealed: made.MadePackage) -> None:
    pack = sealed.folder / "derivatives/tiles.pack"
    size = pack.stat().st_size
    writer = DerivativeWriter(sealed.folder, package_id="x", package_key=made.PACKAGE_KEY)
    with pytest.raises(PackageDamaged, match="its rows name"):
        writer.cut({"derivatives/tiles.pack": size + 1})
    assert pack.stat().st_size == size
    writer.close()


def test_a_part_that_ends_early_packs_nothing(
    sealed: made.MadePackage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "unexpected end of data")

    monkeypatch.setattr(tarfile.TarFile, "addfile", fail)
    with pytest.raises(PackageDamaged, match="nothing was packed"):
        pack_package(sealed.folder, tmp_path / "p.age", [sealed.keys.identity.to_public()])
    assert not list(tmp_path.glob("*p*.age*"))
    assert not list(tmp_path.glob(".packing-*"))


def test_a_package_without_a_part_is_not_packed(sealed: made.MadePackage, tmp_path: Path) -> None:
    (sealed.folder / "derivatives/tiles.pack").unlink()
    with pytest.raises(PackageDamaged, match="lacks its part"):
        pack_package(sealed.folder, tmp_path / "p.age", [sealed.keys.identity.to_public()])


def test_unpacking_leaves_what_lies_there(sealed: made.MadePackage, tmp_path: Path) -> None:
    file, out = tmp_path / "p.age", tmp_path / "there"
    pack_package(sealed.folder, file, [sealed.keys.identity.to_public()])
    out.mkdir()
    (out / "p.age.tar").write_text("mine")
    (out / "p.age.unpacking").mkdir()
    unpacked = unpack_package(file, out, sealed.keys.identity)
    assert (out / "p.age.tar").read_text() == "mine"
    names = {"p.age.tar", "p.age.unpacking", unpacked.name}
    assert {path.name for path in out.iterdir()} == names


@pytest.mark.parametrize("exhibit", [".hidden", "..", ".", "a\\b", "é 1"])
def test_every_exhibit_that_packs_also_unpacks(
    sealed: made.MadePackage, tmp_path: Path, exhibit: str
) -> None:
    manifest = replace(sealed.manifest, exhibit=exhibit)
    seal.write_manifest(sealed.folder, seal.sign_manifest(manifest, sealed.keys.signing))
    pack_package(sealed.folder, tmp_path / "p.age", [sealed.keys.identity.to_public()])
    unpacked = unpack_package(tmp_path / "p.age", tmp_path / "there", sealed.keys.identity)
    assert unpacked == tmp_path / "there" / package_name(exhibit)
    assert verify_package(unpacked).holds


@pytest.mark.parametrize("top", ["..", ".", "x", "%2e%2e.polit", "a\\b.polit", ""])
def test_a_packed_name_that_polit_does_not_make_is_refused(
    sealed: made.MadePackage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, top: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(transport, "package_name", lambda _: top)
        pack_package(sealed.folder, tmp_path / "p.age", [sealed.keys.identity.to_public()])
    with pytest.raises(PackageDamaged):
        unpack_package(tmp_path / "p.age", tmp_path / "there", sealed.keys.identity)
    assert list((tmp_path / "there").iterdir()) == []


def test_a_kill_while_keys_are_written_blocks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(_: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", kill)
        with pytest.raises(KeyboardInterrupt):
            create_keys(tmp_path)
    assert create_keys(tmp_path).fingerprint == open_keys(tmp_path).fingerprint
    assert {path.name for path in (tmp_path / "keys").iterdir()} == {"signing.pem", "identity.age"}
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in (tmp_path / "keys").iterdir())


def test_packing_to_a_place_that_is_none_is_refused(
    sealed: made.MadePackage, tmp_path: Path
) -> None:
    recipient = pyrage.x25519.Identity.generate().to_public()
    with pytest.raises(UsageError, match="cannot be written"):
        pack_package(sealed.folder, tmp_path / "none" / "p.age", [recipient])
