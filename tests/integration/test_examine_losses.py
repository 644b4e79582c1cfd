"""A walker that is lost at any moment, and values that fit nowhere, cost what they must."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import examinations as run
from evidence import catalogue

from polit.package.verify import verify_package


def _walkers(coordinator: int) -> list[int]:
    """Return the processes that a walking zygote of this coordinator has forked."""
    found = []
    for status in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = status.read_bytes().split(b"\0")
            parent = int((status.parent / "stat").read_text().rsplit(")", 1)[1].split()[1])
            above = (Path("/proc") / str(parent) / "cmdline").read_bytes().split(b"\0")
        except (OSError, IndexError, ValueError):
            continue
        if b"walker" in words and b"walker" in above and str(coordinator).encode() in words:
            found.append(int(status.parent.name))
    return found


def test_walkers_killed_from_outside_never_end_the_run(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "polit", "examine", str(catalogue.built("mbr")[0]), *run.OPTIONS,
         "--out", str(tmp_path / "out"), "--json"],
        env=run.environment(tmp_path / "data"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    database = run.package_of(tmp_path) / "findings.sqlite"
    killed = 0
    while process.poll() is None and killed < 4:
        time.sleep(0.15)
        for walker in _walkers(process.pid) if database.exists() else []:
            os.kill(walker, signal.SIGKILL)
            killed += 1
    _, stderr = process.communicate(timeout=120)
    assert killed >= 1
    assert process.returncode in {3, 6}, stderr
    if process.returncode == 3:
        verified = verify_package(run.package_of(tmp_path))
        assert verified.holds, verified.checks
        assert verified.manifest.walker_restarts + 1 >= killed - 1


def test_a_file_dated_beyond_what_a_figure_holds_loses_only_its_date(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for number in range(5):
        (source / f"late {number}").write_bytes(b"late")
        os.utime(source / f"late {number}", (10_413_792_000, 10_413_792_000))
    (source / "now").write_bytes(b"now")
    ran = run.examine(source, tmp_path)
    assert ran.code == 0, ran.stderr
    rows = {str(row["path"]): row for row in run.entries_of(tmp_path)}
    assert rows["late 1"]["outcome"] == "done"
    assert rows["late 1"]["modified_ns"] is None
    assert rows["now"]["modified_ns"] is not None


def test_an_ext4_inode_dated_2400_loses_only_its_date(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "late").write_bytes(b"late")
    (tree / "now").write_bytes(b"now")
    image = tmp_path / "ext4.dd"
    with image.open("wb") as stream:
        stream.truncate(16 << 20)
    subprocess.run(
        ["mke2fs", "-q", "-F", "-t", "ext4", "-I", "256", "-d", str(tree), str(image)], check=True
    )
    subprocess.run(
        ["debugfs", "-w", "-R", "set_inode_field /late mtime 24000101000000", str(image)],
        check=True,
        capture_output=True,
    )
    ran = run.examine(image, tmp_path)
    assert ran.code == 0, ran.stderr
    rows = {str(row["path"]): row for row in run.entries_of(tmp_path)}
    assert rows["late"]["outcome"] == rows["now"]["outcome"] == "done"
