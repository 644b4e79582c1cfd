"""What a package must hold to be taken in, and the copy that it is read from."""

import base64
import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest
from made_packages import MadePackage, sealed

from polit.base.errors import PackageDamaged, SourceMissing, StorageFull
from polit.model.manifest import Signature
from polit.model.outcome import Tally
from polit.package.seal import read_manifest_bytes
from polit.web.intake.copying import private_copy, remove_left_over
from polit.web.intake.rules import (
    Belonging,
    check_belonging,
    check_same,
    check_signed,
    check_tally,
    findings_sha256_of,
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadePackage:
    return sealed(tmp_path_factory.mktemp("made"))


@pytest.mark.parametrize(
    ("belonging", "holds"),
    [
        (Belonging("T-1", "AB/1"), True),
        (Belonging("T-2", "AB/1"), False),
        (Belonging("T-1", "AB/2"), False),
        (Belonging("T-2", "AB/1", " "), False),
        (Belonging("T-2", "AB/1", "renamed"), True),
    ],
)
def test_package_belongs_where_it_says_or_with_a_reason(
    made: MadePackage, belonging: Belonging, holds: bool
) -> None:
    assert check_belonging(made.manifest, belonging).holds is holds


def test_tally_must_balance(made: MadePackage) -> None:
    lost = replace(made.manifest, tally=Tally(5, 1, 1, 1))

    assert check_tally(made.manifest).holds
    assert not check_tally(lost).holds


def test_manifest_is_what_was_signed(made: MadePackage) -> None:
    text = read_manifest_bytes(made.folder)
    signature = made.manifest.signature
    assert signature is not None
    wrong = Signature("ed25519", signature.public_key, base64.b64encode(bytes(64)).decode())

    assert check_signed(made.manifest, text).holds
    assert not check_signed(made.manifest, text + b" ").holds
    assert not check_signed(replace(made.manifest, signature=None), text).holds
    assert not check_signed(replace(made.manifest, signature=wrong), text).holds
    assert not check_signed(replace(made.manifest, format=1), text).holds


def test_findings_are_named_by_their_part(made: MadePackage) -> None:
    assert len(findings_sha256_of(made.manifest)) == 64
    assert findings_sha256_of(replace(made.manifest, parts=())) == ""
    assert not check_same("x", 1, 2).holds


def test_copy_is_private_and_gone_afterwards(made: MadePackage, tmp_path: Path) -> None:
    with private_copy(made.folder, tmp_path) as (path, digest):
        assert path.stat().st_mode & 0o777 == 0o600
        remove_left_over(tmp_path)  # those in use stay
        assert path.exists()
        assert digest == findings_sha256_of(made.manifest)
    assert not list(tmp_path.iterdir())


def test_copy_that_a_kill_left_behind_is_removed(tmp_path: Path) -> None:
    (tmp_path / "left.sqlite").write_bytes(b"rows")

    remove_left_over(tmp_path)

    assert not list(tmp_path.iterdir())


def test_findings_that_are_no_file_are_not_copied(tmp_path: Path) -> None:
    package, room = tmp_path / "p", tmp_path / "room"
    package.mkdir()
    room.mkdir()
    with pytest.raises(SourceMissing), private_copy(package, room):
        pass
    (package / "findings.sqlite").symlink_to("/etc/hostname")
    with pytest.raises(PackageDamaged), private_copy(package, room):
        pass
    (package / "findings.sqlite").unlink()
    (package / "findings.sqlite").mkdir()
    with pytest.raises(PackageDamaged), private_copy(package, room):
        pass
    assert not list(room.iterdir())


def test_full_disk_is_said(
    made: MadePackage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fdopen

    def full(descriptor: int, mode: str, **options: object) -> object:
        if mode == "wb":
            raise OSError(errno.ENOSPC, "full")
        return real(descriptor, mode, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(os, "fdopen", full)

    with pytest.raises(StorageFull), private_copy(made.folder, tmp_path):
        pass
