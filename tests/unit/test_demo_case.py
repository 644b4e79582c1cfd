"""The demonstration case: what it holds is what its truth says, and an odd one out is hidden."""

import hashlib
import io
from collections import Counter
from pathlib import Path

import demo_case
import pytest
from demo_case import HARMLESS, Job, content_of, jobs
from PIL import Image

from polit.decode.pdq import hash_picture

FILES = 120


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a small one."""
    place = tmp_path_factory.mktemp("demo")
    demo_case.build(place, FILES)
    return place


def test_the_truth_names_every_file_once_for_each_copy(folder: Path) -> None:
    truth = demo_case.truth_of(folder / "truth.json")
    paths = [path for path in (folder / "evidence").rglob("*") if path.is_file()]
    found = Counter(hashlib.sha256(path.read_bytes()).hexdigest() for path in paths)
    assert len(paths) == FILES
    assert found == {sha256: fact.files for sha256, fact in truth.items()}
    roles = {fact.role for fact in truth.values()}
    assert roles >= {"system", "categorised", "wanted", "burst", "stack", "variant", "video"}
    listed = (folder / "lists" / "system.txt").read_text().split()
    assert set(listed) == {sha256 for sha256, fact in truth.items() if fact.known == "system"}


def test_an_odd_one_out_is_near_enough_to_be_stacked() -> None:
    for job in (job for job in jobs(FILES) if job.is_hidden):
        assert job.code != HARMLESS
        lead = _fingerprint(Job("stack", job.seed))
        assert (_fingerprint(job) ^ lead).bit_count() <= 31


def _fingerprint(job: Job) -> int:
    with Image.open(io.BytesIO(content_of(job))) as picture:
        return int.from_bytes(hash_picture(picture)[0].value, "big")
