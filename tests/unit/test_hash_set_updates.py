"""Signed updates: what a trusted provider signed is applied, and nothing else, in no part."""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from polit.base import faults
from polit.base.errors import HashSetDamaged, SourceMissing, UsageError
from polit.match.hashsets import HashSets
from polit.match.importing import ImportTerms, import_set
from polit.match.providers import (
    Provider,
    provider_named,
    provider_read,
    provider_trust,
    providers_trusted,
)
from polit.match.update_manifest import (
    MANIFEST,
    UpdateFile,
    UpdateManifest,
    UpdateRemoval,
    render_update,
    sign_update,
)
from polit.match.updates import DraftFile, UpdateApplied, update_apply, update_sign
from polit.model.matching import SetStatus

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
UNIT = Provider("Unit X", KEY.public_key().public_bytes_raw())
ALIKE = DraftFile(path="", name="", format="plain", status=SetStatus.ALERT, version="3")


def hash_list(path: Path, *contents: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    digests = [hashlib.md5(each.encode()).hexdigest() for each in contents]
    path.write_text("".join(f"{each}\n" for each in digests))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    hash_list(tmp_path / "update" / "first.txt", "a", "b")
    hash_list(tmp_path / "update" / "second.txt", "c")
    update_sign(tmp_path / "update", UNIT.name, KEY, ALIKE)
    return tmp_path / "update"


@pytest.fixture
def store(tmp_path: Path) -> HashSets:
    return HashSets(tmp_path / "hashsets")


def apply(store: HashSets, folder: Path, *trusted: Provider) -> UpdateApplied:
    return update_apply(store, folder, trusted or (UNIT,), by="a tester")


def manifest_of(folder: Path) -> UpdateManifest:
    return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=UpdateManifest)


def signed_again(folder: Path, key: Ed25519PrivateKey = KEY, /, **changes: Any) -> None:
    manifest = msgspec.structs.replace(manifest_of(folder), **changes)
    (folder / MANIFEST).write_bytes(render_update(sign_update(manifest, key)))


def test_an_update_is_imported_with_its_provenance(store: HashSets, folder: Path) -> None:
    applied = apply(store, folder)
    assert [each.facts.name for each in applied.imported] == ["first", "second"]
    facts = store.get("first").facts
    assert (facts.provider, facts.version, facts.status) == ("Unit X", "3", SetStatus.ALERT)
    again = apply(store, folder)
    assert again.imported == ()
    assert [each.facts.name for each in again.present] == ["first", "second"]


def test_an_update_cut_short_goes_on(
    store: HashSets, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults, "_planted", faults._parse("hashsets.place@2:eio"))
    with pytest.raises(OSError, match="planted"):
        apply(store, folder)
    monkeypatch.setattr(faults, "_planted", [])
    assert [each.facts.name for each in store.listed()] == ["first"]
    applied = apply(store, folder)
    assert [each.facts.name for each in applied.imported] == ["second"]


def test_a_newer_set_supersedes_and_a_withdrawn_one_goes(store: HashSets, folder: Path) -> None:
    apply(store, folder)
    hash_list(folder / "first.txt", "a", "b", "d")
    (folder / "second.txt").unlink()
    draft = (
        '{"files": [{"path": "first.txt", "name": "first", "status": "alert",'
        ' "format": "plain", "supersedes": ["first"]}],'
        ' "removes": [{"name": "second", "reason": "withdrawn"}, {"name": "never", "reason": "x"}]}'
    )
    (folder / "update.json").write_text(draft)
    update_sign(folder, UNIT.name, KEY, ALIKE)
    applied = apply(store, folder)
    assert applied.removed == ("second",)
    (left,) = store.listed()
    assert left.facts.records == 3
    assert apply(store, folder).removed == ()


def test_an_older_update_is_refused(store: HashSets, folder: Path, tmp_path: Path) -> None:
    old = shutil.copytree(folder, tmp_path / "old")
    signed_again(old, issued_at="2020-01-01T00:00:00Z")
    apply(store, folder)
    with pytest.raises(UsageError, match="older"):
        apply(store, old)


def test_an_update_from_a_time_to_come_is_refused(store: HashSets, folder: Path) -> None:
    signed_again(folder, issued_at="2999-01-01T00:00:00Z")
    with pytest.raises(UsageError, match="which is to come"):
        apply(store, folder)
    assert not store.listed()


def altered(raw: bytes) -> bytes:
    return raw.replace(b'"version": "3"', b'"version": "4"')


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (altered, "altered"),
        (lambda raw: raw.replace(b'"signature": {', b'"signed": {'), "no manifest"),
        (lambda _raw: b"{", "no manifest"),
        (lambda _raw: b"[" * 100_000, "no manifest"),
        (lambda raw: raw.replace(b'"value": "', b'"value": "!'), "altered"),
        (lambda raw: raw.replace(b'"ed25519"', b'"none"'), "no Ed25519"),
        (lambda raw: raw + b" " * (17 << 20), "over"),
    ],
)
def test_an_altered_manifest_is_refused(
    change: Callable[[bytes], bytes], told: str, store: HashSets, folder: Path
) -> None:
    path = folder / MANIFEST
    assert change(path.read_bytes()) != path.read_bytes()
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(HashSetDamaged, match=told):
        apply(store, folder)
    assert store.listed() == ()


def test_another_key_or_name_is_refused(store: HashSets, folder: Path) -> None:
    stranger = Provider("Unit X", OTHER.public_key().public_bytes_raw())
    with pytest.raises(HashSetDamaged, match="not trusted"):
        apply(store, folder, stranger)
    with pytest.raises(HashSetDamaged, match="is signed by"):
        apply(store, folder, Provider("Unit Y", UNIT.public_key))
    signed_again(folder, OTHER)
    with pytest.raises(HashSetDamaged, match="not trusted"):
        apply(store, folder)
    (folder / MANIFEST).unlink()
    with pytest.raises(SourceMissing):
        apply(store, folder)


FILE = UpdateFile(
    path="first.txt", size_bytes=66, sha256="", name="x", format="plain", status=SetStatus.ALERT
)


@pytest.mark.parametrize(
    "path",
    [
        "../outside.txt", "/etc/hostname", "", ".", "a/../first.txt", "a//b", "link.txt",
        "linked/first.txt", "missing.txt", "folder", "fifo", "first.txt\0", "a\\b",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_the_folder(path: str, store: HashSets, folder: Path) -> None:
    outside = hash_list(folder.parent / "outside.txt", "a", "b")
    (folder / "link.txt").symlink_to(outside)
    (folder / "linked").symlink_to(folder)
    (folder / "folder").mkdir()
    os.mkfifo(folder / "fifo")
    digest = hashlib.sha256(outside.read_bytes()).hexdigest()
    tricky = msgspec.structs.replace(FILE, path=path, sha256=digest)
    signed_again(folder, files=(tricky,))
    with pytest.raises(HashSetDamaged):
        apply(store, folder)
    assert store.listed() == ()


def test_a_file_other_than_named_stops_all(store: HashSets, folder: Path) -> None:
    hash_list(folder / "second.txt", "z")
    with pytest.raises(HashSetDamaged, match="another file"):
        apply(store, folder)
    hash_list(folder / "second.txt", "z", "z")
    with pytest.raises(HashSetDamaged, match="another size"):
        apply(store, folder)
    assert store.listed() == ()


def test_a_file_swapped_after_verifying_is_not_imported(
    store: HashSets, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("polit.match.updates.check_files", lambda *_: None)
    hash_list(folder / "first.txt", "x", "y")
    with pytest.raises(HashSetDamaged, match="announced"):
        apply(store, folder)
    assert store.listed() == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"layout": 2},
        {"issued_at": "yesterday"},
        {"issued_at": "2026-01-01T00:00:00"},
        {"removes": (UpdateRemoval(name="first", reason=" "),)},
        {"files": (FILE,)},
        {"files": (msgspec.structs.replace(FILE, sha256="0" * 64),) * 2},
    ],
    ids=str,
)
def test_what_no_provider_can_mean_is_refused(
    changes: dict[str, Any], store: HashSets, folder: Path
) -> None:
    signed_again(folder, **changes)
    with pytest.raises(HashSetDamaged):
        apply(store, folder)


def test_a_provider_touches_no_set_of_another(store: HashSets, folder: Path) -> None:
    own = hash_list(folder.parent / "own.txt", "own")
    import_set(store, own, ImportTerms("own", "plain", SetStatus.ALERT, imported_by="a tester"))
    signed_again(folder, removes=(UpdateRemoval(name="own", reason="because"),))
    with pytest.raises(HashSetDamaged, match="nobody who is named"):
        apply(store, folder)
    assert [each.facts.name for each in store.listed()] == ["own"]
    prefix = store.get("own").sha256[:12]
    signed_again(folder, removes=(UpdateRemoval(name=prefix, reason="because"),))
    apply(store, folder)
    assert store.get("own").is_enabled


def test_keys_are_read_in_each_form_and_trusted_once(tmp_path: Path) -> None:
    pem = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for number, raw in enumerate((pem, UNIT.public_key.hex().encode(), UNIT.line.encode())):
        (tmp_path / f"{number}.key").write_bytes(raw)
        assert provider_read(tmp_path / f"{number}.key", "Unit X") == UNIT
    trusted = tmp_path / "providers"
    assert providers_trusted(trusted) == ()
    assert provider_trust(trusted, UNIT) == provider_trust(trusted, UNIT)
    assert providers_trusted(trusted) == (UNIT,)
    with pytest.raises(UsageError, match="already"):
        provider_trust(trusted, Provider("Unit Y", UNIT.public_key))
    (trusted / "odd.pub").write_bytes(b"odd")
    with pytest.raises(UsageError, match="no line"):
        providers_trusted(trusted)


@pytest.mark.parametrize("raw", [b"", b"zz", b"-----BEGIN PUBLIC KEY-----\n", b"00" * 31])
def test_what_is_no_key_is_not_trusted(raw: bytes, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(raw)
    with pytest.raises(UsageError):
        provider_read(tmp_path / "key", "Unit X")
    with pytest.raises(SourceMissing):
        provider_read(tmp_path / "none", "Unit X")
    for name in ("", " ", "a\nb", "x" * 300, "a\u202eb"):
        with pytest.raises(UsageError):
            provider_named(name, UNIT.public_key)


def test_nothing_is_signed_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="nothing to sign"):
        update_sign(tmp_path / "empty", UNIT.name, KEY, ALIKE)
    (tmp_path / "empty" / "update.json").write_text("{]")
    with pytest.raises(UsageError, match="no draft"):
        update_sign(tmp_path / "empty", UNIT.name, KEY, ALIKE)
