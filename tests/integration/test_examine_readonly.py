"""Evidence is only ever read: its bytes and times stay, and no write-open reaches it."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import examinations as run
import pytest
from evidence import catalogue, contents
from prove.prove_kills import prove


def _state(path: Path) -> tuple[object, ...]:
    facts = path.lstat()
    times = (facts.st_mtime_ns, facts.st_ctime_ns, facts.st_atime_ns)
    descriptor = os.open(path, os.O_RDONLY | os.O_NOATIME)
    with os.fdopen(descriptor, "rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return (digest, facts.st_size, facts.st_ino, *times)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a small folder of evidence, old enough for access times to matter."""
    source = tmp_path / "evidence"
    (source / "sub").mkdir(parents=True)
    (source / "a.jpg").write_bytes(contents.jpeg(1))
    (source / "sub" / "b.txt").write_bytes(b"text")
    for path in (source / "a.jpg", source / "sub" / "b.txt", source / "sub", source):
        os.utime(path, (1_000_000_000, 1_100_000_000))
    return source


def test_reading_a_folder_leaves_its_access_times(folder: Path, tmp_path: Path) -> None:
    paths = [folder, *sorted(folder.rglob("*"))]
    before = [(p.lstat().st_atime_ns, p.lstat().st_mtime_ns) for p in paths]
    assert run.examine(folder, tmp_path).code == 0
    assert [(p.lstat().st_atime_ns, p.lstat().st_mtime_ns) for p in paths] == before


def test_no_write_open_reaches_the_evidence(tmp_path: Path) -> None:
    image = tmp_path / "image.dd"
    image.write_bytes(catalogue.built("fat12")[0].read_bytes())
    before = _state(image)
    log = tmp_path / "strace.log"
    subprocess.run(
        ["strace", "-f", "-o", str(log), "-e", ("trace=open,openat,openat2,creat,truncate,rename,"
         "unlink,unlinkat,chmod,fchmodat,utimensat,chown"), sys.executable, "-m", "polit",
         "examine", str(image), *run.OPTIONS, "--out", str(tmp_path / "out")],
        env=run.environment(tmp_path / "data"),
        capture_output=True,
        check=False,
        timeout=200,
    )  # fmt: skip
    touched = [line for line in log.read_text().splitlines() if str(image) in line]
    opened = [line for line in touched if "open" in line and "= -1" not in line]
    assert opened
    assert all("O_RDONLY" in line for line in opened), opened
    assert not [line for line in touched if re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC", line)]
    assert len(touched) == len([line for line in touched if "open" in line])
    assert _state(image) == before


def test_evidence_that_changes_stops_the_run(tmp_path: Path) -> None:
    image = tmp_path / "image.dd"
    image.write_bytes(catalogue.built("fat12")[0].read_bytes())
    process = subprocess.Popen(
        [sys.executable, "-m", "polit", "examine", str(image), *run.OPTIONS,
         "--out", str(tmp_path / "out"), "--json"],
        env=run.environment(tmp_path / "data", POLIT_FAULTS="walker.list:hang"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    while not (run.package_of(tmp_path) / "findings.sqlite").exists():
        assert process.poll() is None
    with image.open("ab") as stream:
        stream.write(b"x")
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 4, stderr
    assert b"evidence changed" in stderr


def test_a_folder_of_another_user_needs_leave_for_access_times(
    folder: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    if os.geteuid() != 0:
        pytest.skip("skipped: needs root to act as another user")
    folder.chmod(0o755)
    tmp_path.chmod(0o777)
    script = (
        "import os, sys; from pathlib import Path;"
        "from polit.examine.source import open_source; os.setgid(65534); os.setuid(65534);"
        "open_source(Path(sys.argv[1]), accept_atime=len(sys.argv) > 2)"
    )
    # The folders that pytest made, and none above them: those may be somebody's home.
    made = [*tmp_path.relative_to(_pytest_root(tmp_path_factory)).parents]
    for parent in (tmp_path, *(_pytest_root(tmp_path_factory) / part for part in made)):
        parent.chmod(parent.stat().st_mode | 0o055)
    words = [sys.executable, "-c", script, str(folder)]
    refused = subprocess.run(words, capture_output=True, text=True, check=False)
    assert "--accept-atime" in refused.stderr
    accepted = subprocess.run([*words, "yes"], capture_output=True, text=True, check=False)
    assert accepted.returncode == 0, accepted.stderr


def _pytest_root(factory: pytest.TempPathFactory) -> Path:
    """Return ``pytest-of-<user>``: with several processes each has a folder more below it."""
    base = factory.getbasetemp()
    return next(path for path in base.parents if path.name.startswith("pytest-of-"))


def test_a_few_kills_are_proved_here_as_many_are_by_prove(tmp_path: Path) -> None:
    assert prove(2, tmp_path)["kills"] == 2
