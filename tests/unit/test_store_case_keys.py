"""Keys of cases: reversible names, made once, destroyed for good, whenever a kill comes."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest
import vaults
from hypothesis import given
from hypothesis import strategies as st

from polit.base import faults
from polit.base.errors import (
    AuthorityError,
    PackageBusy,
    PolitError,
    SourceMissing,
    SourceUnreadable,
    UsageError,
    VaultDamaged,
)
from polit.examine.originals import open_originals
from polit.store import case_keys
from polit.store.case_keys import (
    case_name,
    case_of,
    destroy_case_key,
    erasure_of,
    has_case_key,
    open_case_key,
    take_case_key,
)
from polit.store.keys import create_keys
from polit.store.vault import open_vault
from polit.store.vault_erase import erase_case

CONTENT = b"a triangle" * 99


@pytest.fixture
def here() -> Iterator[vaults.Installation]:
    with tempfile.TemporaryDirectory(dir="/dev/shm", prefix="polit-keys-") as place:
        yield vaults.install(Path(place))


@given(st.text(max_size=15))
def test_a_name_is_reversible_and_one_component(case: str) -> None:
    try:
        name = case_name(case)
    except UsageError:
        assert not case.strip() or not case.isprintable()
        return
    assert case_of(name) == case
    assert "/" not in name
    assert not name.startswith(".")
    assert name.isascii()


@pytest.mark.parametrize("case", ["", "  ", "\udc80", "x" * 241, "案" * 30])
def test_what_makes_no_name_is_refused(case: str) -> None:
    with pytest.raises(UsageError, match="--case"):
        case_name(case)


def test_a_key_is_made_once_and_wrapped(here: vaults.Installation) -> None:
    secrets = set()
    for _ in range(2):
        with contextlib.closing(take_case_key(here.data, here.keys, "A/1")) as key:
            secrets.add(key.secret)
    assert len(secrets) == 1
    path = here.data / "keys" / "cases" / "A%2F1.age"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert secrets.pop() not in path.read_bytes()
    assert has_case_key(here.data, "A/1")


def test_a_key_closed_twice_is_closed(here: vaults.Installation) -> None:
    key = take_case_key(here.data, here.keys, "A")
    key.close()
    key.close()


def test_a_key_of_another_installation_does_not_open(here: vaults.Installation) -> None:
    take_case_key(here.data, here.keys, "A").close()
    other = create_keys(here.place / "other")
    with pytest.raises(AuthorityError, match="another installation"):
        open_case_key(here.data, other, "A")


def test_a_damaged_key_is_told(here: vaults.Installation) -> None:
    take_case_key(here.data, here.keys, "A").close()
    path = here.data / "keys" / "cases" / "A.age"
    path.write_bytes(b"garbage")
    with pytest.raises(AuthorityError, match="damaged"):
        open_case_key(here.data, here.keys, "A")
    path.write_bytes(pyrage.encrypt(b"short", [here.keys.identity.to_public()]))
    with pytest.raises(SourceUnreadable, match="is no key"):
        open_case_key(here.data, here.keys, "A")


@pytest.mark.parametrize("kind", ["link", "fifo", "folder"])
def test_what_stands_in_for_a_key_is_told(here: vaults.Installation, kind: str) -> None:
    take_case_key(here.data, here.keys, "A").close()
    path = here.data / "keys" / "cases" / "A.age"
    moved = path.rename(here.place / "moved")
    if kind == "link":
        path.symlink_to(moved)
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.mkdir()
    for use in (
        lambda: open_case_key(here.data, here.keys, "A").close(),
        lambda: destroy_case_key(here.data, "A", reason="why"),
    ):
        with pytest.raises(SourceUnreadable, match=r"A\.age"):
            use()
    assert erasure_of(here.data, "A") is None


def test_a_lost_key_gets_no_second_one(here: vaults.Installation) -> None:
    here.keep(CONTENT)
    key = here.data / "keys" / "cases" / "T-1.age"
    moved = key.rename(here.place / "moved")
    opening = open_originals(here.vault, "T-1", data_folder=here.data, keys=here.keys)
    with pytest.raises(VaultDamaged, match="restore it from a copy"), opening:
        pass
    assert not key.exists()
    moved.rename(key)
    with open_originals(here.vault, "T-1", data_folder=here.data, keys=here.keys) as opened:
        assert vaults.content_of(opened.case, CONTENT) == CONTENT


def test_who_erases_second_gets_the_record_of_the_first(
    here: vaults.Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.keep(CONTENT)
    open_key_file = case_keys._open_key_file

    def overtaken(path: Path, case: str) -> int:
        descriptor = open_key_file(path, case)
        monkeypatch.setattr(case_keys, "_open_key_file", open_key_file)
        destroy_case_key(here.data, case, reason="the first")
        return descriptor

    monkeypatch.setattr(case_keys, "_open_key_file", overtaken)
    assert destroy_case_key(here.data, "T-1", reason="the second").reason == "the first"


def test_a_key_in_use_is_not_destroyed(here: vaults.Installation) -> None:
    here.keep(CONTENT)
    with here.reading(), pytest.raises(PackageBusy, match="in use"):
        destroy_case_key(here.data, "T-1", reason="why")
    assert erasure_of(here.data, "T-1") is None
    assert here.verify().originals == 1


def test_who_waits_too_long_for_a_key_is_told(
    here: vaults.Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    with contextlib.closing(take_case_key(here.data, here.keys, "A")) as key:
        assert key.is_alone
        monkeypatch.setattr(case_keys, "_LOCK_WAIT_S", 0.05)
        with pytest.raises(PackageBusy, match="held by another"):
            open_case_key(here.data, here.keys, "A")
        key.share()
        key.share()
        open_case_key(here.data, here.keys, "A").close()


def test_who_waits_gets_the_key_when_it_is_shared(here: vaults.Installation) -> None:
    key = take_case_key(here.data, here.keys, "A")
    timer = threading.Timer(0.2, key.share)
    timer.start()
    open_case_key(here.data, here.keys, "A").close()
    timer.join()
    key.close()


def test_after_erasing_nothing_opens(here: vaults.Installation) -> None:
    here.keep(CONTENT)
    with open_vault(here.vault) as vault:
        erased = erase_case(vault, here.data, "T-1", reason="retention ended")
        assert erased.files == 3
        assert erased.record.reason == "retention ended"
        again = erase_case(vault, here.data, "T-1", reason="once more")
    assert again.record == erased.record
    assert again.files == 0
    assert not here.case_folder().exists()
    assert not has_case_key(here.data, "T-1")
    for action in (lambda: here.keep(CONTENT), here.verify):
        with pytest.raises(UsageError, match="were erased"):
            action()


def test_a_backup_of_the_files_does_not_open_without_the_key(here: vaults.Installation) -> None:
    here.keep(CONTENT)
    files = {path: path.read_bytes() for path in here.vault.rglob("*") if path.is_file()}
    with open_vault(here.vault) as vault:
        erase_case(vault, here.data, "T-1", reason="why")
    for path, data in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    with pytest.raises(UsageError, match="were erased"):
        here.verify()
    with open_vault(here.vault) as vault:
        assert erase_case(vault, here.data, "T-1", reason="why").files == 3


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001, "a\nb"])
def test_nothing_is_erased_without_a_reason(here: vaults.Installation, reason: str) -> None:
    here.keep(CONTENT)
    with open_vault(here.vault) as vault, pytest.raises(UsageError, match="--reason"):
        erase_case(vault, here.data, "T-1", reason=reason)
    assert here.verify().originals == 1


def test_the_wrong_vault_erases_nothing(here: vaults.Installation, tmp_path: Path) -> None:
    here.keep(CONTENT)
    other = vaults.Installation(tmp_path, here.keys)
    with other.filling("X"), open_vault(other.vault) as vault:
        for case in ("T-1", "never heard of"):
            with pytest.raises(SourceMissing):
                erase_case(vault, here.data, case, reason="why")
        (other.vault / "cases").rename(other.vault / "moved")
    assert here.verify().originals == 1


def test_what_is_none_of_the_vaults_is_left(here: vaults.Installation, tmp_path: Path) -> None:
    here.keep(CONTENT)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("mine")
    case = here.case_folder()
    (case / "mine" / "deeper").mkdir(parents=True)
    (case / "way out").symlink_to(outside)
    with open_vault(here.vault) as vault:
        erased = erase_case(vault, here.data, "T-1", reason="why")
    assert erased.left == ("mine",)
    assert (outside / "kept").read_text() == "mine"
    assert sorted(path.name for path in case.iterdir()) == ["mine"]


def test_a_case_that_is_a_link_is_not_followed(here: vaults.Installation) -> None:
    here.keep(CONTENT)
    moved = here.case_folder().rename(here.place / "moved")
    here.case_folder().symlink_to(moved)
    destroy_case_key(here.data, "T-1", reason="why")
    with open_vault(here.vault) as vault, pytest.raises(PolitError):
        erase_case(vault, here.data, "T-1", reason="why")
    assert len(list(moved.glob("??/*"))) == 2


def test_a_vault_without_cases_is_erased_at_once(here: vaults.Installation) -> None:
    here.keep(CONTENT)
    destroy_case_key(here.data, "T-1", reason="why")
    (here.vault / "cases").rename(here.place / "moved")
    with open_vault(here.vault) as vault:
        assert erase_case(vault, here.data, "T-1", reason="why").files == 0


def test_a_damaged_record_is_told(here: vaults.Installation) -> None:
    here.keep(CONTENT)
    destroy_case_key(here.data, "T-1", reason="why")
    record = here.data / "keys" / "cases" / "T-1.erased.json"
    assert json.loads(record.read_text())["reason"] == "why"
    record.write_text("{}")
    with pytest.raises(SourceUnreadable, match="damaged"):
        erasure_of(here.data, "T-1")


POINTS = ("keys.write", "keys.sync", "keys.link", "keys.sync_folder", "keys.overwrite",
          "keys.overwrite_sync", "keys.unlink", "vault.unlink", "vault.sync_folder",
          "vault.erased")  # fmt: skip


@pytest.mark.parametrize("action", ["eio", "enospc"])
@pytest.mark.parametrize("point", POINTS)
def test_erasing_goes_on_after_a_fault_at_every_point(
    here: vaults.Installation, monkeypatch: pytest.MonkeyPatch, point: str, action: str
) -> None:
    here.keep(CONTENT, CONTENT + b"2")
    reached = 0
    for count in (*range(1, 8), 100, 250, 256, 257, 258):
        monkeypatch.setattr(faults, "_planted", faults._parse(f"{point}@{count}:{action}"))
        with open_vault(here.vault) as vault:
            with contextlib.suppress(OSError):
                erase_case(vault, here.data, "T-1", reason="why")
                continue
            reached += 1
            monkeypatch.setattr(faults, "_planted", [])
            erase_case(vault, here.data, "T-1", reason="why")
        assert not here.case_folder().exists()
        assert not has_case_key(here.data, "T-1")
        (here.data / "keys" / "cases" / "T-1.erased.json").unlink()
        here.keep(CONTENT, CONTENT + b"2")
    assert reached


ERASER = """
import sys
from pathlib import Path
from polit.store.vault import open_vault
from polit.store.vault_erase import erase_case
with open_vault(Path(sys.argv[1]) / "vault") as vault:
    erase_case(vault, Path(sys.argv[1]) / "data", "T-1", reason="why")
"""


@pytest.mark.parametrize("point", POINTS)
def test_erasing_goes_on_after_a_kill(here: vaults.Installation, point: str) -> None:
    here.keep(CONTENT)
    command = [sys.executable, "-c", ERASER, str(here.place)]
    killed = subprocess.run(
        command, env={**os.environ, "POLIT_FAULTS": f"{point}:kill"}, check=False
    )
    assert killed.returncode == -9
    is_record_there = erasure_of(here.data, "T-1") is not None
    if is_record_there:
        with pytest.raises(UsageError, match="were erased"):
            here.verify()
    else:
        assert here.verify().originals == 1
    subprocess.run(command, check=True)
    assert not here.case_folder().exists()
    assert not has_case_key(here.data, "T-1")
