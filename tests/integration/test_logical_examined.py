"""Logical images behind the lockdown, and one examined to a sealed package by the command."""

import hashlib
import json
import os
import traceback
from collections.abc import Sequence
from pathlib import Path

from evidence.examined import polit
from evidence.logical_images import (
    planted_tree,
    write_ad1,
    write_aff4,
    write_aff4l,
    write_l01,
)
from walked_evidence import walk

from polit.base.errors import IntegrityError
from polit.evidence.container import open_container
from polit.evidence.logical import LogicalSource
from polit.evidence.segments import Segment, close_segments, open_segments
from polit.sandbox.limits import PROFILE_LIMITS, Profile
from polit.sandbox.lockdown import LockdownRequest, lock_down

DISK = bytes(range(256)) * 4096


def read_locked_down(images: Sequence[Segment], parent: int) -> bytes:
    """Return a digest over the contents of all images, read by a process that opens nothing."""
    memory = PROFILE_LIMITS[Profile.WALKER_IMAGE].memory_bytes
    lock_down(LockdownRequest(Profile.WALKER_IMAGE, memory, -1, parent))
    digest = hashlib.sha256()
    for image in images:
        source = open_container([image]).source
        if isinstance(source, LogicalSource):
            contents = {item.path: item.content or b"" for item in walk(source.filesystem)}
            for path in sorted(contents):
                digest.update(contents[path])
        else:
            digest.update(source.read_at(0, source.size_bytes))
        source.close()
    return digest.digest()


def test_all_are_read_behind_the_lockdown(tmp_path: Path) -> None:
    tree, expected = planted_tree(), hashlib.sha256()
    write_l01(tmp_path / "a.L01", tree)
    write_ad1(tmp_path / "b.ad1", tree)
    write_aff4l(tmp_path / "c.aff4", tree)
    for _ in range(3):
        for planted in sorted(tree, key=lambda one: one.path.encode()):
            expected.update(planted.data)
    for method in ("snappy", "lz4", "deflate"):
        write_aff4(tmp_path / f"d-{method}.aff4", DISK, compression=method)
        expected.update(DISK)
    names = ("a.L01", "b.ad1", "c.aff4", "d-snappy.aff4", "d-lz4.aff4", "d-deflate.aff4")
    segments = open_segments([tmp_path / name for name in names])
    receiving, sending = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        try:
            os.write(sending, read_locked_down(segments, parent))
        except BaseException:  # noqa: BLE001 - nothing may return into the test runner
            os.write(sending, traceback.format_exc().encode()[-4000:])
        os._exit(0)
    os.close(sending)
    with os.fdopen(receiving, "rb") as stream:
        answer = stream.read()
    _, status = os.waitpid(child, 0)
    close_segments(segments)
    assert status == 0
    assert answer == expected.digest(), answer.decode(errors="replace")


def test_an_l01_is_examined_to_a_sealed_package(tmp_path: Path) -> None:
    """One stored MD5 is wrong: the file is read, the image does not hold, and both are said."""
    image, tree = tmp_path / "files.L01", planted_tree()
    write_l01(image, tree, wrong_md5_of="four.txt")
    case = ("--case", "T-1", "--exhibit", "AB/1", "--examiner", "test")
    command = ("examine", str(image), *case, "--out", str(tmp_path), "--json")
    ended = polit(command, data=tmp_path / "data")
    assert ended.returncode == IntegrityError.exit_code, ended.stderr
    summary = json.loads(ended.stdout)
    folders = 3
    assert summary["tally"] == {
        "entries": len(tree) + folders, "done": len(tree), "skipped": folders, "failed": 0,
    }  # fmt: skip
    assert summary["integrity"]["container_problems"] == 1
    unallocated = [one for one in summary["not_examined"] if one["what"] == "unallocated space"]
    assert [(one["count"], one["bytes"]) for one in unallocated] == [(1, 0)]
    assert "logical image" in unallocated[0]["why"]
    listed = polit(("list", str(next(tmp_path.glob("*.polit"))), "--jsonl"), data=tmp_path / "data")
    rows = {row["path"]: row for row in map(json.loads, listed.stdout.splitlines())}
    for planted in tree:
        row = rows[planted.path]
        assert row["sha256"] == hashlib.sha256(planted.data).hexdigest()
        assert row["state"] == ("deleted" if planted.is_deleted else "live")
        assert row["locator"].startswith("volume:0@0;l01:/")
