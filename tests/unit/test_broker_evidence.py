"""Places below evidence roots: never outside, never through a link, times left alone."""

import os
from pathlib import Path

import pytest

from polit.base.errors import BrokerRefused, UsageError
from polit.broker.protocol import Code, EvidenceItem
from polit.broker.server.evidence import EvidenceRoots
from polit.broker.server.settings import EvidenceRoot, read_settings


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a root with a folder, files, links that lead out of it, and a FIFO."""
    root = tmp_path / "evidence"
    (root / "phone" / "DCIM").mkdir(parents=True)
    (root / "phone" / "DCIM" / "a.jpg").write_bytes(b"abc")
    (root / "disk.dd").write_bytes(b"0" * 10)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text("secret")
    (root / "up").symlink_to(tmp_path / "outside")
    (root / "phone" / "passwd").symlink_to("/etc/passwd")
    (root / "inner").symlink_to("phone")
    os.mkfifo(root / "pipe")
    return root


def roots(root: Path) -> EvidenceRoots:
    return EvidenceRoots([EvidenceRoot("evidence", root)])


def is_refused(root: Path, place: str) -> bool:
    with pytest.raises(BrokerRefused) as refused:
        roots(root).path_of(place)
    return refused.value.code == Code.NO_EVIDENCE


@pytest.mark.parametrize(
    "place",
    ["", "/", "/etc/passwd", "evidence/", "evidence//phone", "evidence/.", "evidence/..",
     "evidence/../outside/secret.txt", "evidence/phone/../../outside", "evidence/up",
     "evidence/up/secret.txt", "evidence/phone/passwd", "evidence/inner/DCIM", "evidence/inner",
     "evidence/pipe", "evidence/none", "evidence/disk.dd/x", "other", "evidence\0", "..",
     "evidence/phone\0", "evidence/" + "x" * 300, "Evidence", "evidence/\udcff"],
)  # fmt: skip
def test_no_place_leads_out_of_its_root(root: Path, place: str) -> None:
    assert is_refused(root, place)


def test_files_folders_and_the_root_can_be_examined(root: Path) -> None:
    found = roots(root)
    assert found.path_of("evidence") == root
    assert found.path_of("evidence/disk.dd") == root / "disk.dd"
    assert found.path_of("evidence/phone/DCIM/a.jpg") == root / "phone" / "DCIM" / "a.jpg"


def test_a_listing_leaves_out_links_and_special_files(root: Path) -> None:
    found = roots(root)
    assert found.listed("") == (EvidenceItem("evidence", "folder", 0),)
    assert found.listed("evidence") == (
        EvidenceItem("disk.dd", "file", 10),
        EvidenceItem("phone", "folder", 0),
    )
    for place in ("evidence/disk.dd", "evidence/up", "evidence/pipe", "none", "evidence/.."):
        with pytest.raises(BrokerRefused):
            found.listed(place)


def test_listing_changes_no_access_time(root: Path) -> None:
    folder = root / "phone"
    os.utime(folder, ns=(1_000_000_000, 2_000_000_000))
    roots(root).listed("evidence/phone")
    assert folder.stat().st_atime_ns == 1_000_000_000


def test_names_that_no_place_can_name_are_left_out(root: Path) -> None:
    Path(os.fsdecode(os.fsencode(root) + b"/\xff.jpg")).write_bytes(b"x")
    (root / "<b>\u202e.jpg").write_bytes(b"x")
    names = [item.name for item in roots(root).listed("evidence")]
    assert names == ["<b>\u202e.jpg", "disk.dd", "phone"]


def test_segments_of_an_image_are_one_item(root: Path) -> None:
    sizes = {
        "a.E01": 5, "a.E02": 5, "a.E03": 2, "b.E02": 1, "c.001": 4, "c.002": 4, "d.000": 1,
        "d.001": 1, "photo.2024": 9, "tool.exe": 3, "e.E01": 1, "e.E03": 1, "x.s01": 7,
    }  # fmt: skip
    for name, size in sizes.items():
        (root / "phone" / "DCIM" / name).write_bytes(b"0" * size)
    listed = roots(root).listed("evidence/phone/DCIM")
    assert {item.name: item.size_bytes for item in listed} == {
        "a.E01": 12, "b.E02": 1, "c.001": 8, "d.000": 2, "photo.2024": 9, "tool.exe": 3,
        "e.E01": 1, "e.E03": 1, "x.s01": 7, "a.jpg": 3,
    }  # fmt: skip


def test_a_folder_of_too_many_names_is_not_listed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("polit.broker.server.evidence._MAX_LISTED", 1)
    with pytest.raises(BrokerRefused, match="over 1 names"):
        roots(root).listed("evidence")


def test_settings_are_read_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path))
    for name in ("POLIT_EVIDENCE", "POLIT_DATABASE", "POLIT_BROKER_PEERS"):
        monkeypatch.delenv(name, raising=False)
    found = read_settings()
    assert found.evidence == (EvidenceRoot("evidence", tmp_path / "evidence"),)
    assert found.database == str(tmp_path / "polit.sqlite3")
    assert list(found.peers) == [os.getuid()]
    assert not found.uses_postgresql
    monkeypatch.setenv("POLIT_EVIDENCE", "/mnt/a/disks:/mnt/b/disks")
    monkeypatch.setenv("POLIT_BROKER_PEERS", " 4242, root")
    monkeypatch.setenv("POLIT_DATABASE", "postgresql:///polit?host=/run/postgresql")
    found = read_settings(accept_reduced_isolation=True)
    assert [each.name for each in found.evidence] == ["disks", "disks-2"]
    assert sorted(found.peers) == sorted({os.getuid(), 4242, 0})
    assert found.uses_postgresql
    monkeypatch.setenv("POLIT_DATABASE", "sqlite:///srv/a%20b.sqlite3")
    assert read_settings().database == "/srv/a b.sqlite3"


@pytest.mark.parametrize(
    ("name", "value"),
    [("POLIT_EVIDENCE", "relative"), ("POLIT_EVIDENCE", "/"), ("POLIT_DATABASE", "mysql://x"),
     ("POLIT_BROKER_PEERS", "nobody-of-that-name"), ("POLIT_BROKER_DECODERS", "33"),
     ("POLIT_BROKER_DECODERS", "0")],
)  # fmt: skip
def test_a_setting_that_cannot_be_read_is_loud(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=name):
        read_settings()
