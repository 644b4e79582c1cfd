"""The vault: kept once, whole or not at all, nothing followed, nothing altered unnoticed."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import vaults

from polit.base import faults
from polit.base.errors import (
    SourceMissing,
    StorageFull,
    UsageError,
    VaultDamaged,
)
from polit.store.keys import create_keys
from polit.store.sealed_original import SEGMENT_BYTES
from polit.store.vault import make_vault, open_vault
from polit.store.vault_verify import strange_names

FIRST, SECOND = b"a landscape" * 500, b"a square" * 300


@pytest.fixture
def here() -> Iterator[vaults.Installation]:
    """Return an installation in memory: what is synced here is synced a thousand times."""
    with tempfile.TemporaryDirectory(dir="/dev/shm", prefix="polit-vault-") as place:
        yield vaults.install(Path(place))


def test_a_content_is_kept_once_and_comes_back(here: vaults.Installation) -> None:
    assert here.keep(FIRST, FIRST, SECOND) == [True, False, True]
    assert here.keep(FIRST) == [False]
    with here.reading() as opened:
        assert vaults.content_of(opened, FIRST) == FIRST
        assert opened.has(hashlib.sha256(SECOND).digest())
        assert not opened.has(bytes(32))
        with pytest.raises(SourceMissing, match="no such original"), opened.open(bytes(32)):
            pass
        names = list(opened.names())
    assert names == [path.name for path in here.originals()]
    assert here.verify().originals == 2


def test_two_cases_share_neither_names_nor_bytes(here: vaults.Installation) -> None:
    here.keep(FIRST, case="A")
    here.keep(FIRST, case="B")
    (one,), (other,) = here.originals("A"), here.originals("B")
    assert one.name != other.name
    assert one.read_bytes()[16:] != other.read_bytes()[16:]


def test_sizes_do_not_tell_contents_apart(here: vaults.Installation) -> None:
    here.keep(b"a" * 100_000, b"b" * 100_100)
    assert len({path.stat().st_size for path in here.originals()}) == 1


def test_bytes_that_are_not_those_of_the_digest_are_not_kept(here: vaults.Installation) -> None:
    with here.filling() as opened, vaults.in_memory(FIRST) as descriptor:
        assert not opened.keep(bytes(32), "image/png", descriptor, len(FIRST))
        digest = hashlib.sha256(FIRST).digest()
        assert not opened.keep(digest, "image/png", descriptor, len(FIRST) + 9 * SEGMENT_BYTES)
    assert here.originals() == []
    assert here.verify().unfinished == 0


def test_a_type_of_any_length_is_kept(here: vaults.Installation) -> None:
    with here.filling() as opened:
        vaults.keep(opened, FIRST, "image/" + "x" * 500)
        with opened.open(hashlib.sha256(FIRST).digest()) as sealed:
            assert len(sealed.original.mime) == 216


DAMAGES: dict[str, Callable[[Path, Path], object]] = {
    "cut": lambda one, _: os.truncate(one, one.stat().st_size - 1),
    "emptied": lambda one, _: os.truncate(one, 0),
    "grown": lambda one, _: os.truncate(one, one.stat().st_size + 1),
    "swapped": lambda one, other: (one.rename(one.parent / "x"), other.rename(one)),
    "altered": lambda one, _: one.write_bytes(one.read_bytes()[:-1] + b"\0"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_found_and_kept_anew(here: vaults.Installation, damage: str) -> None:
    here.keep(FIRST, SECOND)
    one, other = here.originals()
    DAMAGES[damage](one, other)
    found = here.verify()
    assert not found.holds
    assert [each.kind for each in found.findings].count("damaged") == 1
    if damage == "altered":  # only opening it in full tells
        return
    here.keep(FIRST, SECOND)
    assert [each.kind for each in here.verify().findings if each.kind != "foreign"] == []


def test_an_original_of_another_case_does_not_open(here: vaults.Installation) -> None:
    here.keep(FIRST, case="A")
    here.keep(FIRST, case="B")
    shutil.copy(here.originals("A")[0], here.originals("B")[0])
    (finding,) = here.verify("B").findings
    assert "does not open" in finding.detail


def test_a_renamed_original_does_not_open(here: vaults.Installation) -> None:
    here.keep(FIRST)
    (one,) = here.originals()
    one.rename(one.with_name(one.name[:-1] + ("1" if one.name[-1] == "0" else "0")))
    assert [each.kind for each in here.verify().findings] == ["damaged", "missing"]


def test_what_is_gone_is_missing(here: vaults.Installation) -> None:
    here.keep(FIRST)
    here.originals()[0].unlink()
    assert [each.kind for each in here.verify().findings] == ["missing"]


def test_a_lost_list_hides_nothing_and_is_made_again(here: vaults.Installation) -> None:
    here.keep(FIRST)
    kept = here.originals()[0].with_name("kept")
    kept.write_bytes(b"torn")
    assert (here.verify().holds, here.verify().unlisted) == (True, 1)
    here.keep(FIRST)
    assert here.verify().unlisted == 0
    kept.unlink()
    assert here.verify().unlisted == 1


def test_foreign_things_are_told_and_not_followed(
    here: vaults.Installation, tmp_path: Path
) -> None:
    here.keep(FIRST)
    case, (one,) = here.case_folder(), here.originals()
    outside = tmp_path / "outside"
    outside.write_bytes(one.read_bytes())
    (case / "readme").write_text("x")
    (case / "00" / "note").write_text("x")
    (case / "00" / one.name).symlink_to(outside)
    (here.vault / "stray").symlink_to("/etc")
    (here.vault / "cases" / "link").symlink_to(case)
    (here.vault / "cases" / os.fsdecode(b"\xff")).write_text("x")
    kinds = {each.name: each.kind for each in here.verify().findings}
    assert kinds["readme"] == kinds["00/note"] == "foreign"
    (here.vault / "cases" / os.fsdecode(b"\xfe")).mkdir()
    (here.vault / "cases" / "%54-1").mkdir()
    with open_vault(here.vault) as vault:
        strange = ["stray", "cases/%54-1", "cases/link", "cases/\\xfe", "cases/\\xff"]
        assert strange_names(vault) == strange
        assert vault.case_names() == ["T-1"]


def test_a_vault_whose_folder_of_cases_is_gone_is_damaged(here: vaults.Installation) -> None:
    here.keep(FIRST)
    shutil.rmtree(here.vault / "cases")
    with open_vault(here.vault) as vault, pytest.raises(VaultDamaged, match="no folder of cases"):
        strange_names(vault)


def test_a_disk_that_fails_hides_no_other_damage(
    here: vaults.Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.keep(FIRST, SECOND)
    first, second = here.originals()
    failing = first.stat().st_ino
    pread = os.pread

    def failing_pread(descriptor: int, length: int, offset: int) -> bytes:
        if os.fstat(descriptor).st_ino == failing:
            raise OSError(5, "Input/output error")
        return pread(descriptor, length, offset)

    second.write_bytes(b"another")
    monkeypatch.setattr(os, "pread", failing_pread)
    found = here.verify().findings
    assert [each.name[3:] for each in found] == [first.name, second.name]
    assert "the disk does not give it" in found[0].detail


HOSTILE: dict[str, Callable[[Path, Path], object]] = {
    "link": lambda path, outside: path.symlink_to(outside),
    "fifo": lambda path, _: os.mkfifo(path),
    "folder": lambda path, _: path.mkdir(),
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("what", ["original", "list"])
def test_what_stands_in_for_a_file_is_damage(
    here: vaults.Installation, tmp_path: Path, what: str, kind: str
) -> None:
    here.keep(FIRST)
    outside = tmp_path / "outside"
    outside.write_bytes(b"untouched")
    path = here.originals()[0] if what == "original" else here.originals()[0].with_name("kept")
    path.unlink()
    HOSTILE[kind](path, outside)
    assert [each.kind for each in here.verify().findings] == ["damaged"]
    if what == "list" or kind == "folder":
        with pytest.raises(VaultDamaged):
            here.keep(FIRST)
    else:
        assert here.keep(FIRST) == [True]
    assert outside.read_bytes() == b"untouched"


@pytest.mark.parametrize("kind", ["link", "fifo"])
@pytest.mark.parametrize("what", ["cases", "cases/T-1", "cases/T-1/new", "shelf", "vault.json"])
def test_what_stands_in_for_a_folder_is_refused(
    here: vaults.Installation, what: str, kind: str
) -> None:
    here.keep(FIRST)
    path = here.originals()[0].parent if what == "shelf" else here.vault / what
    moved = path.rename(here.place / "moved")
    before = sorted(moved.rglob("*"))
    HOSTILE[kind](path, moved)
    with pytest.raises(VaultDamaged, match=r"none of its files|no regular file"):
        here.keep(SECOND, FIRST)
    if what in {"cases/T-1/new", "shelf"}:
        assert [each.kind for each in here.verify().findings] == ["damaged"]
    else:
        with pytest.raises(VaultDamaged):
            here.verify()
    assert sorted(moved.rglob("*")) == before


def test_folders_that_are_gone_are_told(here: vaults.Installation) -> None:
    here.keep(FIRST)
    shelf = here.originals()[0].parent
    shelf.rename(here.place / "moved")
    shelf.with_name("new").rmdir()
    assert [each.detail for each in here.verify().findings] == ["no folder"] * 2
    with pytest.raises(VaultDamaged, match="is gone"):
        here.keep(FIRST)
    with here.reading() as opened, pytest.raises(VaultDamaged, match="is gone"):
        list(opened.names())


@pytest.mark.parametrize(
    ("error", "expected"), [(PermissionError(13, "no"), VaultDamaged), (OSError(5, "io"), OSError)]
)
def test_what_cannot_be_opened_is_told(
    here: vaults.Installation,
    monkeypatch: pytest.MonkeyPatch,
    error: OSError,
    expected: type[Exception],
) -> None:
    here.keep(FIRST)

    def refuse(*_: object, **__: object) -> int:
        raise error

    with here.reading() as opened, monkeypatch.context() as patched:
        patched.setattr(os, "open", refuse)
        with pytest.raises(expected):
            opened.has(bytes(32))


def test_a_vault_says_its_format(here: vaults.Installation) -> None:
    here.keep(FIRST)
    about = here.vault / "vault.json"
    about.write_text(about.read_text().replace('"format":1', '"format":9'))
    with pytest.raises(VaultDamaged, match="format 9"):
        open_vault(here.vault)
    about.write_text("nonsense")
    with pytest.raises(VaultDamaged, match="damaged"):
        make_vault(here.vault)


def test_only_an_empty_folder_becomes_a_vault(here: vaults.Installation, tmp_path: Path) -> None:
    with pytest.raises(SourceMissing, match="no such folder"):
        open_vault(here.vault)
    here.vault.mkdir()
    with pytest.raises(SourceMissing, match="is no vault"):
        open_vault(here.vault)
    (here.vault / "lost+found").mkdir()
    make_vault(here.vault).close()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine").touch()
    with pytest.raises(UsageError, match="not empty"):
        make_vault(tmp_path / "other")
    with pytest.raises(UsageError, match="no folder"):
        make_vault(tmp_path / "other" / "mine")


def test_a_vault_without_cases_has_none(here: vaults.Installation) -> None:
    make_vault(here.vault).close()
    (here.vault / "cases").rmdir()
    with open_vault(here.vault) as vault:
        assert vault.case_names() == []
    here.keep(FIRST, case="other")
    with pytest.raises(SourceMissing, match="no key"):
        here.verify()


def test_a_case_of_another_key_is_refused(here: vaults.Installation, tmp_path: Path) -> None:
    here.keep(FIRST)
    other = vaults.Installation(tmp_path / "other", create_keys(tmp_path / "other/data"))
    (other.place / "vault").symlink_to(here.vault)
    with pytest.raises(VaultDamaged, match="another key"):
        other.keep(FIRST)
    with pytest.raises(VaultDamaged, match="another key"):
        other.verify()


def test_a_case_that_is_not_there_is_told(here: vaults.Installation) -> None:
    here.keep(FIRST)
    shutil.rmtree(here.case_folder())
    with pytest.raises(SourceMissing, match="holds no originals"):
        here.verify()
    here.case_folder().mkdir()
    with pytest.raises(SourceMissing, match="holds no originals"):
        here.verify()


def test_leftovers_of_a_kill_are_cleared_by_who_is_alone(here: vaults.Installation) -> None:
    here.keep(FIRST)
    leftover = here.case_folder() / "new" / "leftover"
    leftover.touch()
    assert here.verify().unfinished == 1
    with here.reading():
        here.keep(SECOND)
    assert leftover.exists()
    here.keep(SECOND)
    assert not leftover.exists()


POINTS = ("vault.folder", "vault.write", "vault.sync", "vault.rename", "vault.sync_folder",
          "vault.list", "keys.write", "keys.sync", "keys.link", "keys.sync_folder")  # fmt: skip


@pytest.mark.parametrize("action", ["enospc", "eio"])
@pytest.mark.parametrize("point", POINTS)
def test_a_fault_at_every_point_loses_nothing(
    here: vaults.Installation, monkeypatch: pytest.MonkeyPatch, point: str, action: str
) -> None:
    """Fail the n-th time that a point is reached, for every n; then the same call succeeds.

    Of the 259 folders only the first, some between and the last ones.
    """
    content = os.urandom(3 * SEGMENT_BYTES + 17)
    reached = 0
    for count in (1, 2, 3, 4, 130, 258, 259, 260) if point == "vault.folder" else range(1, 1000):
        shutil.rmtree(here.vault, ignore_errors=True)
        shutil.rmtree(here.data / "keys" / "cases", ignore_errors=True)
        monkeypatch.setattr(faults, "_planted", faults._parse(f"{point}@{count}:{action}"))
        try:
            here.keep(content, SECOND)
            break
        except OSError as error:
            told = isinstance(error, StorageFull)
            reached = count
        assert told is (action == "enospc")
        monkeypatch.setattr(faults, "_planted", [])
        here.keep(content, SECOND)
        found = here.verify()
        assert (found.holds, found.originals, found.unfinished) == (True, 2, 0)
    assert reached
    assert here.verify().holds


def test_a_list_that_is_written_short_is_told(
    here: vaults.Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def short(descriptor: int, data: bytes, offset: int) -> int:
        return os.write(descriptor, data[:5]) if offset >= 0 else 0

    with here.filling() as opened, vaults.in_memory(FIRST) as descriptor:
        digest = hashlib.sha256(FIRST).digest()
        with monkeypatch.context() as patched:
            patched.setattr(os, "pwrite", short)
            with pytest.raises(StorageFull):
                opened.keep(digest, "image/png", descriptor, len(FIRST))
        opened.keep(digest, "image/png", descriptor, len(FIRST))
    assert (here.verify().holds, here.verify().unlisted) == (True, 0)


KEEPER = """
import os, sys
from pathlib import Path
import vaults
here = vaults.install(Path(sys.argv[1]))
with here.filling() as opened:
    for number in range(int(sys.argv[2])):
        vaults.keep(opened, number.to_bytes(4, "big") * 9000)
        print(number, flush=True)
"""


def _keeper(place: Path, count: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", KEEPER, str(place), str(count)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        stdout=subprocess.PIPE,
    )


def test_two_processes_keep_at_a_time(here: vaults.Installation) -> None:
    keepers = [_keeper(here.place, 60) for _ in range(2)]
    assert [(keeper.communicate(timeout=60), keeper.returncode)[1] for keeper in keepers] == [0, 0]
    found = here.verify()
    assert (found.holds, found.originals, found.unlisted, found.unfinished) == (True, 60, 0, 0)


def test_a_kill_at_any_moment_loses_nothing_that_was_kept(here: vaults.Installation) -> None:
    for told_before_kill in (1, 7, 20, 33):
        keeper = _keeper(here.place, 1000)
        assert keeper.stdout is not None
        told = [keeper.stdout.readline() for _ in range(told_before_kill)]
        keeper.kill()
        told += keeper.stdout.readlines()
        keeper.wait()
        keeper.stdout.close()
        found = here.verify()
        assert found.holds
        kept = [line for line in told if re.fullmatch(rb"\d+\n", line)]
        assert found.originals >= len(kept) > 0
    here.keep(FIRST)
    assert here.verify().unfinished == 0


def test_a_short_read_is_read_on(
    here: vaults.Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    pread = os.pread
    monkeypatch.setattr(os, "pread", lambda fd, count, at: pread(fd, min(count, 70_000), at))
    here.keep(FIRST * 40)
    with here.reading() as opened:
        assert vaults.content_of(opened, FIRST * 40) == FIRST * 40
