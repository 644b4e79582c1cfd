"""The host folder: everything hostile is really there, and can be taken away again."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from evidence import host_folder
from evidence.truth import Truth, path_text, sha256_hex


@pytest.fixture
def host(tmp_path: Path) -> Iterator[tuple[Path, Truth]]:
    """Build the folder, and give its permissions back afterwards."""
    root, truth = host_folder.build_host_folder(tmp_path)
    yield root, truth
    host_folder.unlock(root)


def test_fixture_host_folder_names_are_all_planted(host: tuple[Path, Truth]) -> None:
    root, truth = host
    raw_root = os.fsencode(root)
    listed = {
        path_text((folder + b"/" + name).removeprefix(raw_root + b"/"))
        for folder, folders, names in os.walk(raw_root)
        for name in (*folders, *names)
    }
    assert listed == {item.path for item in truth.planted}


def test_fixture_host_folder_files_have_their_bytes(host: tuple[Path, Truth]) -> None:
    root, truth = host
    for raw, data in host_folder.LIVE.items():
        held = Path(os.fsdecode(os.fsencode(root) + b"/" + raw)).read_bytes()
        assert truth.live_files()[path_text(raw)] == sha256_hex(held) == sha256_hex(data)


def test_fixture_host_folder_has_links_pipe_and_socket(host: tuple[Path, Truth]) -> None:
    root, _ = host
    assert (root / "links" / "to the password file").readlink() == Path("/etc/passwd")
    assert not (root / "links" / "dangling").exists()
    assert (root / "links" / "loop").is_symlink()
    assert (root / "pipe").is_fifo()
    assert (root / "socket").is_socket()
    assert (root / "Pictures" / "shapes.png").stat().st_nlink == 2


def test_fixture_host_folder_is_locked_to_an_ordinary_user(host: tuple[Path, Truth]) -> None:
    root, truth = host
    if os.geteuid() == 0:
        assert truth.limits
        return
    for raw in (host_folder.UNREADABLE, host_folder.UNLISTABLE):
        assert stat.S_IMODE((root / os.fsdecode(raw)).lstat().st_mode) == 0


def test_fixture_deep_folder_is_deeper_than_a_path_may_be(tmp_path: Path) -> None:
    root, truth = host_folder.build_deep_folder(tmp_path, depth=2_200)
    assert len(truth.planted) == 2_201
    assert len(truth.planted[-1].path) > 4_096
    host_folder.remove_deep_folder(root, depth=2_200)
    assert not root.exists()
