"""Names, sizes and times against the Sleuth Kit's own listing, and raw names against mtools."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import pytsk3
from evidence.truth import Truth
from walked_evidence import Found, RawImage, walk, whole

from polit.evidence.opening import open_filesystem
from polit.model.evidence import EntryState, EntryType

Images = Callable[[str], tuple[Path, Truth]]
KINDS = ("fat12", "fat16", "fat32", "exfat", "ntfs", "ext2", "ext3", "ext4", "ext4_1k")
LIVE, FOLDER = 1, 2
VIRTUAL = (b"$OrphanFiles", b"$MBR", b"$FAT1", b"$FAT2", b"$ALLOC_BITMAP", b"$UPCASE_TABLE")
LABEL = b" (Volume Label Entry)"


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The Sleuth Kit turns FAT times by the zone of the process."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def tsk_live(image: Path) -> dict[bytes, pytsk3.TSK_FS_META]:
    system = pytsk3.FS_Info(pytsk3.Img_Info(str(image)))
    found, waiting = {}, [(b"", system.info.root_inum)]
    while waiting:
        path, inode = waiting.pop()
        for native in system.open_dir(inode=inode):
            name, meta = native.info.name, native.info.meta
            if name is None or meta is None or name.name in (b".", b"..", *VIRTUAL):
                continue
            if int(name.flags) != LIVE or name.name.endswith(LABEL):
                continue
            found[path + b"/" + name.name] = meta
            if int(meta.type) == FOLDER:
                waiting.append((path + b"/" + name.name, meta.addr))
    return found


def our_live(image: Path) -> dict[bytes, Found]:
    with RawImage(image) as source:
        system = open_filesystem(source, whole(source))
        assert system is not None
        found = walk(system)
    return {
        item.path: item
        for item in found
        if item.entry.state is EntryState.LIVE and item.entry.entry_type is not EntryType.STREAM
    }


def without_label(found: dict[bytes, Found], kind: str) -> dict[bytes, Found]:
    if "fat" not in kind:
        return found
    return {
        path: item
        for path, item in found.items()
        if item.entry.entry_type is not EntryType.METADATA
    }


@pytest.mark.parametrize("kind", KINDS)
def test_live_names_are_those_of_the_sleuth_kit(kind: str, evidence_image: Images) -> None:
    image, _ = evidence_image(kind)
    ours, theirs = without_label(our_live(image), kind), tsk_live(image)
    label = {path for path in theirs if kind == "exfat" and path == b"/PHOTOS"}
    assert {readable(path) for path in ours} == {readable(path) for path in theirs.keys() - label}


def readable(path: bytes) -> str:
    """The Sleuth Kit writes a caret for each byte that is not UTF-8, and cuts long FAT names."""
    folder, _, name = path.decode("utf-8", "replace").replace("\ufffd", "^").rpartition("/")
    return f"{folder}/{name[:190]}"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "exfat" not in kind])
def test_records_sizes_and_times_are_those_of_the_sleuth_kit(
    kind: str, evidence_image: Images
) -> None:
    image, _ = evidence_image(kind)
    theirs, compared = tsk_live(image), 0
    for path, item in our_live(image).items():
        meta = theirs.get(path)
        if meta is None:
            continue
        entry, compared = item.entry, compared + 1
        assert entry.record.partition("-")[0] == str(meta.addr)
        if entry.entry_type is EntryType.FILE:
            assert entry.size_bytes == meta.size
        stated = {
            "modified": (meta.mtime, meta.mtime_nano),
            "accessed": (meta.atime, meta.atime_nano),
            "changed": (meta.ctime, meta.ctime_nano),
        }
        if kind not in ("ext2", "ext3"):  # where the Sleuth Kit leaves the large inode's rest
            stated["created"] = (meta.crtime, meta.crtime_nano)
        for name, (seconds, nanoseconds) in stated.items():
            ours = getattr(entry.times, f"{name}_ns") or 0
            assert ours // 10**9 == seconds, (path, name)
            assert ours % 10**9 == nanoseconds, (path, name)
    assert compared > 50


def test_short_names_keep_bytes_that_cannot_be_shown(tmp_path: Path) -> None:
    from evidence.tools import run  # noqa: PLC0415 - only this test builds its own image

    image = tmp_path / "fat.dd"
    with image.open("wb") as empty:
        empty.truncate(2 << 20)
    run(["mkfs.fat", "-F", "12", image])
    (tmp_path / "plain").write_bytes(b"content")
    run(["mcopy", "-i", image, tmp_path / "plain", "::PLAIN.TXT"])
    data = bytearray(image.read_bytes())
    at = data.index(b"PLAIN   TXT")
    data[at : at + 5] = b"\x05L\x9aIN"
    image.write_bytes(data)
    assert [item.entry.raw_name for item in our_live(image).values()] == [b"\xe5L\x9aIN.TXT"]
    assert os.fsdecode(b"\xe5L\x9aIN.TXT")
