"""The demonstration case in a record that is served: examined with sets and a vault, taken in."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import demo_case
from examinations import polit
from review_client import Reviewer
from served_record import Served, served

EXHIBIT = "EX/1"
_TESTS = str(Path(__file__).parent)


@dataclass(frozen=True, slots=True)
class DemoCase:
    """A case of the record that is to be reviewed.

    Args:
        served: The record.
        reference: The case's reference.
        reviewers: Officers with sessions.
        truth: The truth by place.
    """

    served: Served
    reference: str
    reviewers: tuple[Reviewer, ...]
    truth: dict[int, demo_case.Fact]

    def held(self) -> dict[str, object]:
        """Return what the record holds of the review."""
        told: dict[str, object] = json.loads(_seed(self.served, "held", self.reference))
        return told


def examine(place: Path, made: Path, files: int, reference: str, *, with_sets: bool) -> Path:
    """Build the device and examine it; return the data directory.

    Args:
        place: A folder for the data directory.
        made: Where the device is built; what was built there before is used again.
        files: How many media files.
        reference: The case's reference.
        with_sets: Whether hash sets are asked.
    """
    data = place / "data"
    demo_case.build(made, files)
    data.mkdir(parents=True, exist_ok=True)
    if (data / "packages" / _package(reference) / "manifest.json").exists():
        return data
    if with_sets:
        _import_sets(data, made / "lists")
    ran = polit(
        data, "examine", made / "evidence", "--case", reference, "--exhibit", EXHIBIT,
        "--examiner", "demonstration", "--out", data / "packages" / reference,
        "--vault", data / "vault", "--json", "--accept-reduced-isolation",
        *([] if with_sets else ["--no-sets"]),
    )  # fmt: skip
    assert ran.code in {0, 3}, ran.stderr[-3000:]
    return data


@contextmanager
def demo_record(data: Path) -> Iterator[Served]:
    """Serve the record of a data directory."""
    with served(data) as record:
        record.wait_until_well()
        yield record


def take_in(record: Served, truth: Path, reference: str, *, officers: int) -> DemoCase:
    """Take the package of a case in, and make officers."""
    words = ("case", reference, EXHIBIT, _package(reference), str(officers))
    told = json.loads(_seed(record, *words))
    facts = demo_case.truth_of(truth)
    places = {int(place): facts[sha256] for sha256, place in told["places"].items()}
    reviewers = tuple(
        Reviewer(record, told["case"], officer["cookie"]) for officer in told["officers"]
    )
    return DemoCase(record, reference, reviewers, places)


def _package(reference: str) -> str:
    return f"{reference}/{EXHIBIT.replace('/', '%2F')}.polit"


def sign_in_link(record: Served, name: str) -> str:
    """Return a one-time link for an officer, for eyes."""
    path = json.loads(_seed(record, "password", name))["path"]
    return f"http://localhost:{record.port}{path}"


def _import_sets(data: Path, lists: Path) -> None:
    for name, status, *more in (
        ("system.txt", "known-good", "--format", "plain"),
        ("alert.txt", "alert", "--format", "plain"),
        ("categorised.csv", "categorised", "--scheme", demo_case.SCHEME),
    ):
        words = ("--name", name.partition(".")[0], "--status", status, *more)
        ran = polit(data, "hashset", "import", lists / name, *words, "--json")
        assert ran.code == 0, ran.stderr + ran.stdout.decode()


def _seed(record: Served, *words: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-m", "demo_seed", *words],
        env={**record.environment, "PYTHONPATH": _TESTS},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    return ended.stdout
