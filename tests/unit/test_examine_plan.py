"""Plans are read strictly; ranks order the work; patterns leave out what they name."""

from pathlib import Path

import pytest

from polit.base.errors import SourceMissing, UsageError
from polit.examine.plan import Plan, read_plan
from polit.examine.rank import FIRST, OTHER, SYSTEM, USER, rank_of
from polit.model.matching import MatchTerms


def test_no_plan_file_is_the_default_plan() -> None:
    assert read_plan(None) == Plan()


def test_a_plan_is_read_and_digested(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text('{"orphans": false, "leave_out": ["Windows/*", "*.iso"]}')
    plan = read_plan(path)
    assert not plan.orphans
    assert plan.digest != Plan().digest
    assert len(plan.digest) == 64
    assert plan.leaves_out("windows/System32/x.dll")
    assert plan.leaves_out("a/b.ISO")
    assert not plan.leaves_out("Users/windows")


def test_an_empty_list_leaves_nothing_out() -> None:
    assert not Plan(leave_out=()).leaves_out("")


@pytest.mark.parametrize(
    "text",
    ['{"orphan": true}', '{"orphans": 1}', "[]", "{", '{"max_still_bytes": 0}',
     '{"max_still_bytes": 1e99}', '{"walker_silence_s": -1}', '{"leave_out": [1]}',
     "[" * 99_999],
)  # fmt: skip
def test_a_wrong_plan_is_refused_with_its_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"plan\.json"):
        read_plan(path)


def test_a_plan_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(SourceMissing):
        read_plan(tmp_path / "none.json")


def test_a_plan_of_many_megabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(b" " * (2 << 20))
    with pytest.raises(UsageError, match="bytes"):
        read_plan(path)


@pytest.mark.parametrize(
    ("path", "rank"),
    [
        ("DCIM/100CANON", FIRST),
        ("Users/sam/Pictures", FIRST),
        ("Users/sam/Downloads", USER),
        ("home/sam", USER),
        ("Windows/System32", SYSTEM),
        ("windows/Pictures", SYSTEM),
        ("usr/lib", SYSTEM),
        ("somewhere/else", OTHER),
        ("", OTHER),
    ],
)
def test_what_matters_first_comes_first(path: str, rank: int) -> None:
    assert rank_of(path) == rank


@pytest.mark.parametrize(("field", "wrong"), [
    ("near_threshold_bits", -1), ("near_threshold_bits", 32), ("near_min_quality", 101),
    ("video_coverage_percent", 0), ("video_coverage_percent", 101),
])  # fmt: skip
def test_terms_of_matching_out_of_range_are_refused(tmp_path: Path, field: str, wrong: int) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(f'{{"{field}": {wrong}}}')

    with pytest.raises(UsageError, match=f"{field} is {wrong}: give "):
        read_plan(plan)


def test_the_terms_of_matching_are_part_of_the_plan_and_of_its_digest(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text('{"near_threshold_bits": 0, "near_min_quality": 0, "near_dihedral": true}')

    plan = read_plan(path)

    assert plan.match_terms == MatchTerms(0, 0, dihedral=True, video_coverage_percent=80)
    assert Plan().match_terms == MatchTerms()
    assert plan.digest != Plan().digest
