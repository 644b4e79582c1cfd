"""Crashes, hangs, kills and full disks cost at most one entry, and never the account."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import examinations as run
import pytest
from evidence import catalogue, contents


@pytest.fixture(scope="module")
def image() -> Path:
    """Return a FAT image with pictures, deleted files and broken ones."""
    return catalogue.built("fat16")[0]


@pytest.fixture(scope="module")
def whole(image: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, run.Ran]:
    """Return an undisturbed run and where it is."""
    place = tmp_path_factory.mktemp("undisturbed")
    return place, run.examine(image, place)


@pytest.fixture(scope="module")
def undisturbed(whole: tuple[Path, run.Ran]) -> dict[str, object]:
    """Return the summary of an undisturbed run."""
    return whole[1].json()


def _tally(summary: dict[str, object]) -> dict[str, int]:
    tally = summary["tally"]
    assert isinstance(tally, dict)
    return tally


@pytest.fixture(scope="module")
def victim(whole: tuple[Path, run.Ran]) -> str:
    """Return the raw name of a live file of the image that occurs once."""
    names = [
        bytes.fromhex(str(row["raw_name"])).decode()
        for row in run.entries_of(whole[0])
        if row["outcome"] == "done" and row["state"] == "live" and row["entry_type"] == "file"
    ]
    return next(name for name in names if names.count(name) == 1 and name.isascii())


CODES = {"segv": "walker_crash", "hang": "walker_timeout"}


@pytest.mark.parametrize(
    "fault", [f"{p}:{a}" for p in ("walker.read", "walker.list") for a in ("segv", "hang")]
)
def test_a_planted_fault_of_the_walker_costs_one_entry(
    image: Path, tmp_path: Path, undisturbed: dict[str, object], victim: str, fault: str
) -> None:
    point, action = fault.split(":")
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"walker_silence_s": 2}))
    ran = run.examine(image, tmp_path, "--plan", plan, POLIT_FAULTS=f"{point}={victim}@1:{action}")
    assert ran.code == 3, ran.stderr
    before, after = _tally(undisturbed), _tally(ran.json())
    assert after["entries"] == before["entries"]
    assert after["done"] == before["done"] - 1
    assert after["failed"] == before["failed"] + 1
    reasons = [row["reason"] for row in run.entries_of(tmp_path)]
    assert reasons.count(CODES[action]) == 1
    shown = run.polit(tmp_path / "data", "show", run.package_of(tmp_path), "--json").json()
    manifest = shown["manifest"]
    assert isinstance(manifest, dict)
    assert manifest["faults_planted"] is True
    # A walker lost while reading is charged only when the careful one is lost there too.
    assert manifest["walker_restarts"] == (2 if point == "walker.read" else 1)


def test_a_crash_while_mounting_is_a_problem_of_that_volume_alone(tmp_path: Path) -> None:
    disk = catalogue.built("mbr")[0]
    ran = run.examine(disk, tmp_path, POLIT_FAULTS="walker.mount=2:segv")
    summary = ran.json()
    unexamined = summary["not_examined"]
    assert isinstance(unexamined, list)
    assert any("could not be opened (walker_crash)" in item["why"] for item in unexamined)
    assert _tally(summary)["done"] > 10


def test_kills_at_any_moment_do_not_change_the_result(
    image: Path, tmp_path: Path, undisturbed: dict[str, object]
) -> None:
    rng, kills = random.Random(7), 0
    words = [sys.executable, "-m", "polit", "examine", str(image), *run.OPTIONS,
             "--out", str(tmp_path / "out"), "--json", "--resume"]  # fmt: skip
    for _ in range(60):
        process = subprocess.Popen(
            words,
            env=run.environment(tmp_path / "data"),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            stdout, _ = process.communicate(timeout=0.3 + rng.random() * 2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            kills += 1
            if kills < 6:
                continue
            stdout = run.examine(image, tmp_path, "--resume").stdout
        assert json.loads(stdout)["rows_sha256"] == undisturbed["rows_sha256"]
        return
    pytest.fail("it never came to an end")


@pytest.mark.parametrize(
    "point",
    ["ledger.append", "ledger.commit", "derivatives.write", "derivatives.sync", "seal.closed",
     "seal.rename"],
)  # fmt: skip
def test_a_kill_at_each_point_of_writing_is_resumed(
    image: Path, tmp_path: Path, undisturbed: dict[str, object], point: str
) -> None:
    killed = run.examine(image, tmp_path, POLIT_FAULTS=f"{point}:kill")
    assert killed.code == -signal.SIGKILL
    resumed = run.examine(image, tmp_path, "--resume")
    assert resumed.json()["rows_sha256"] == undisturbed["rows_sha256"], resumed.stderr


@pytest.mark.parametrize("point", ["derivatives.write", "derivatives.sync"])
def test_a_full_disk_pauses_and_goes_on(
    image: Path, tmp_path: Path, undisturbed: dict[str, object], point: str
) -> None:
    ran = run.examine(image, tmp_path, POLIT_FAULTS=f"{point}:enospc")
    assert "paused: no room" in ran.stderr
    assert ran.json()["rows_sha256"] == undisturbed["rows_sha256"]


def test_ctrl_c_is_a_clean_checkpoint(
    image: Path, tmp_path: Path, undisturbed: dict[str, object]
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "polit", "examine", str(image), *run.OPTIONS,
         "--out", str(tmp_path / "out"), "--json"],
        env=run.environment(tmp_path / "data", POLIT_FAULTS="walker.list:hang"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    while not (run.package_of(tmp_path) / "findings.sqlite").exists():
        time.sleep(0.05)
        assert process.poll() is None
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=20)
    assert process.returncode == 130, stderr
    assert json.loads(stdout)["error"]["exit_code"] == 130
    resumed = run.examine(image, tmp_path, "--resume")
    assert resumed.json()["rows_sha256"] == undisturbed["rows_sha256"]


@pytest.fixture(params=[250, 500, 800, 950])
def small_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a small file system: it fills up in another phase for each size."""
    if os.geteuid() != 0:
        pytest.skip("skipped: needs root to mount a small file system")
    folder = tmp_path / "small"
    folder.mkdir()
    size = f"size={request.param}k"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "none", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, object]:
    """Return a folder of pictures and the rows of its undisturbed examination."""
    source = tmp_path_factory.mktemp("pictures")
    for number in range(150):
        (source / f"{number}.jpg").write_bytes(contents.jpeg(number, 400, 300))
    ran = run.examine(source, tmp_path_factory.mktemp("pictures-whole"))
    return source, ran.json()["rows_sha256"]


def test_a_really_full_disk_loses_nothing(small_disk: Path, pictures: tuple[Path, object]) -> None:
    source, whole = pictures
    stopped = run.examine(source, small_disk, POLIT_FULL_WAIT_S="1")
    assert stopped.code == 130, stopped.stderr
    assert "no room" in stopped.stderr
    subprocess.run(["mount", "-o", "remount,size=80m", str(small_disk)], check=True)
    resumed = run.examine(source, small_disk, "--resume")
    assert resumed.json()["rows_sha256"] == whole


def test_room_that_is_made_while_it_waits_is_used(
    small_disk: Path, pictures: tuple[Path, object]
) -> None:
    source, whole = pictures
    process = subprocess.Popen(
        [sys.executable, "-m", "polit", "examine", str(source), *run.OPTIONS,
         "--out", str(small_disk / "out"), "--json"],
        env=run.environment(small_disk / "data"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert process.stderr is not None
    while "paused" not in (line := process.stderr.readline()):
        assert line, "it ended without a pause"
    subprocess.run(["mount", "-o", "remount,size=80m", str(small_disk)], check=True)
    stdout, _ = process.communicate(timeout=60)
    assert json.loads(stdout)["rows_sha256"] == whole
