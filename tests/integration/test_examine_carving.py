"""What no file owns is searched: free clusters, slack and gaps of a disk of three file systems."""

import signal
from pathlib import Path

import examinations as run
import pytest
from evidence import carving_disk
from evidence.carving_disk import CarvingDisk

from polit.package.verify import verify_package


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> CarvingDisk:
    return carving_disk.build(tmp_path_factory.mktemp("disk"))


@pytest.fixture(scope="module")
def once(disk: CarvingDisk, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Examine the disk once; return the place."""
    place = tmp_path_factory.mktemp("once")
    ran = run.carve(disk.image, place, "--workers", "2")
    assert ran.code == 0, ran.stderr
    return place


def _carved(place: Path) -> dict[int, dict[str, object]]:
    """Return the carved entries by where they begin, as their locators say."""
    found = {}
    for row in run.entries_of(place):
        if row["state"] == "carved":
            at = str(row["locator"]).partition("carved:")[2].partition("+")[0]
            found[int(at)] = row
    return found


def _rows_sha256(place: Path) -> str:
    verified = verify_package(run.package_of(place))
    assert verified.holds, verified.checks
    return verified.manifest.rows_sha256


def test_what_was_planted_is_carved_and_nothing_else(disk: CarvingDisk, once: Path) -> None:
    carved = _carved(once)
    assert {at: row["sha256"] for at, row in carved.items()} == disk.planted
    assert {row["outcome"] for row in carved.values()} == {"done"}
    assert all(str(row["path"]).startswith("$Carved/") for row in carved.values())


def test_a_deleted_picture_that_has_a_name_is_no_second_entry(once: Path) -> None:
    rows = run.entries_of(once)
    assert [row["outcome"] for row in rows if str(row["path"]).endswith("one.jpg")] == ["done"]
    digests = [row["sha256"] for row in rows if row["state"] != "carved"]
    assert not {row["sha256"] for row in _carved(once).values()} & set(digests)


def test_the_account_names_what_was_searched_and_what_did_not_decode(once: Path) -> None:
    manifest = verify_package(run.package_of(once)).manifest
    said = {line.what: line for line in manifest.not_examined}
    assert "alone" in said["other things in unallocated space"].why
    assert said["other things in unallocated space"].bytes > 10 << 20
    assert said["other things in slack behind the ends of files"].count >= 1
    assert "unallocated space" not in said
    assert "searched for pictures and videos" in said["space outside volumes"].why


def test_without_carving_nothing_is_carved_and_the_account_says_so(
    disk: CarvingDisk, tmp_path: Path
) -> None:
    ran = run.examine(disk.image, tmp_path)
    assert ran.code == 0, ran.stderr
    assert _carved(tmp_path) == {}
    manifest = verify_package(run.package_of(tmp_path)).manifest
    said = {line.what: line.why for line in manifest.not_examined}
    assert said["unallocated space"] == "not carved: left out by the plan"
    assert said["space outside volumes"] == "no volume covers it"


def test_kills_while_carving_do_not_change_the_result(
    disk: CarvingDisk, once: Path, tmp_path: Path
) -> None:
    for moment in ("ledger.carve@2", "ledger.carve@4", "ledger.append@2"):
        more = ["--resume"] if run.package_of(tmp_path).exists() else []
        killed = run.carve(disk.image, tmp_path, *more, POLIT_FAULTS=f"{moment}:kill")
        assert killed.code == -signal.SIGKILL
    ended = run.carve(disk.image, tmp_path, "--resume", "--workers", "1")
    assert ended.code == 0, ended.stderr
    assert _rows_sha256(tmp_path) == _rows_sha256(once)


def test_a_candidate_that_crashes_the_walker_costs_itself(
    disk: CarvingDisk, tmp_path: Path
) -> None:
    at = disk.planted
    # The gap's bytes are searched from its own beginning.
    between = carving_disk.GAP_AT + 512 * 7 - (carving_disk.NTFS_AT + (5 << 20))
    ran = run.carve(disk.image, tmp_path, POLIT_FAULTS=f"walker.carve={between}:segv")
    assert ran.code == 3, ran.stderr
    lost = carving_disk.GAP_AT + 512 * 7
    assert set(_carved(tmp_path)) == set(at) - {lost}
    problems = verify_package(run.package_of(tmp_path)).manifest.problems
    assert [problem.code for problem in problems] == ["walker_crash"]
