"""Category schemes: what numbers and words mean, and that nothing is guessed."""

import json
from pathlib import Path

import pytest

import polit
from polit.base.errors import UsageError
from polit.match.schemes import Meaning, meaning, scheme_get, schemes_list

FORMER = "us-vics-former/1"
CURRENT = "us-vics-current/1"


def own(folder: Path, name: str = "our-force-1.json", **changed: object) -> Path:
    stated = {
        "scheme": "our-force",
        "version": 1,
        "title": "Our numbers",
        "jurisdiction": "Here",
        "notice": "As stated on paper",
        "codes_of": "uk-2014/1",
        "numbers": {"1": "A", "7": "non-pertinent"},
    }
    folder.mkdir(exist_ok=True)
    kept = {key: value for key, value in (stated | changed).items() if value is not None}
    (folder / name).write_text(json.dumps(kept))
    return folder


@pytest.fixture
def none(tmp_path: Path) -> Path:
    return tmp_path / "none"


def test_the_shipped_schemes_are_listed_in_order_and_no_template(none: Path) -> None:
    assert [each.text for each in schemes_list(none)] == ["uk-2014/1", CURRENT, FORMER]


def test_the_united_kingdom_has_no_table_of_numbers(none: Path) -> None:
    scheme = scheme_get("uk-2014/1", none)
    assert scheme.numbers == {}
    assert meaning(scheme, 1, "") == Meaning("number:1")


def test_zero_means_two_things_in_the_united_states_and_settles_in_neither(none: Path) -> None:
    assert meaning(scheme_get(FORMER, none), 0, "") == Meaning("uncategorised")
    current = meaning(scheme_get(CURRENT, none), 0, "")
    assert current == Meaning("us-vics-current/1/non-pertinent")


@pytest.mark.parametrize("text", [FORMER, CURRENT, "uk-2014/1"])
def test_only_what_alerts_settles(none: Path, text: str) -> None:
    for code in scheme_get(text, none).codes:
        assert code.settles == code.alerts


def test_what_counts_for_a_charge_in_the_united_kingdom(none: Path) -> None:
    codes = scheme_get("uk-2014/1", none).codes
    assert {code.code for code in codes if code.counts_for_charge} == {
        "A", "B", "C", "prohibited", "extreme",
    }  # fmt: skip


@pytest.mark.parametrize("words", ["A", "a", " category  A ", "Cat-A", "CATEGORY_A"])
def test_words_mean_a_category_however_they_are_written(none: Path, words: str) -> None:
    assert meaning(scheme_get("uk-2014/1", none), None, words) == Meaning(
        "uk-2014/1/A", alerts=True, settles=True
    )


def test_words_without_a_meaning_stay_words(none: Path) -> None:
    assert meaning(scheme_get("uk-2014/1", none), None, "level 5") == Meaning("words:level 5")
    assert meaning(None, None, "x" * 100) == Meaning("words:" + "x" * 64)


def test_without_a_scheme_a_number_stays_a_number() -> None:
    assert meaning(None, 3, "") == Meaning("number:3")
    assert meaning(None, None, " ") == Meaning("uncategorised")


def test_a_number_that_says_otherwise_than_its_words_is_what_counts(none: Path) -> None:
    assert meaning(scheme_get(CURRENT, none), 9, "CAM").asserted == "number:9"


def test_a_force_states_numbers_for_the_categories_of_another_scheme(tmp_path: Path) -> None:
    scheme = scheme_get("our-force/1", own(tmp_path / "own"))
    assert meaning(scheme, 1, "") == Meaning("uk-2014/1/A", alerts=True, settles=True)
    assert meaning(scheme, 7, "") == Meaning("uk-2014/1/non-pertinent")
    assert meaning(scheme, 2, "") == Meaning("number:2")


def test_the_digest_follows_the_meaning_and_not_the_title(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    digests = [
        scheme_get("our-force/1", own(folder, **changed)).sha256
        for changed in ({}, {"title": "Other"}, {"numbers": {"1": "B"}})
    ]
    assert digests[0] == digests[1] != digests[2]


def test_a_scheme_that_is_not_there_names_those_that_are(none: Path) -> None:
    with pytest.raises(UsageError, match="uk-2014/1"):
        scheme_get("uk-2014/9", none)


def test_the_template_becomes_a_scheme_once_it_has_a_name(tmp_path: Path) -> None:
    shipped = Path(polit.__file__).parent / "data" / "category-schemes" / "template.json"
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "template.json").write_bytes(shipped.read_bytes())
    assert len(schemes_list(folder)) == 3
    (folder / "our-force-1.json").write_bytes(shipped.read_bytes())
    assert scheme_get("our-force/1", folder).codes_of == "uk-2014/1"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"scheme": "uk-2014", "version": 1}, "already"),
        ({"scheme": "a/b"}, "no name"),
        ({"codes_of": "uk-2015/1"}, "no such scheme"),
        ({"numbers": {"1": "Z"}}, "not a code"),
        ({"numbers": {"01": "A"}}, "not a code"),
        ({"numbers": {"A": "A"}}, "not a code"),
        ({"numbers": {"1": 2}}, "no category scheme"),
        ({"colour": "blue"}, "no category scheme"),
        ({"title": None}, "no category scheme"),
        ({"codes_of": None}, "no categories"),
        ({"version": "1"}, "no category scheme"),
    ],
)
def test_a_file_that_is_no_scheme_is_named(
    tmp_path: Path, changed: dict[str, object], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        schemes_list(own(tmp_path / "own", **changed))  # type: ignore[arg-type]


def test_one_word_for_two_categories_is_refused(tmp_path: Path) -> None:
    code = {
        "code": "x", "label": "X", "counts_for_charge": False, "alerts": False, "settles": False,
    }  # fmt: skip
    twice = [code, code | {"code": "y", "names": ["X"]}]
    with pytest.raises(UsageError, match="one word means two"):
        schemes_list(own(tmp_path / "own", codes=twice, codes_of=None, numbers={}))


def test_deep_and_large_files_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "deep.json").write_text("[" * 100_000)
    with pytest.raises(UsageError, match="no category scheme"):
        schemes_list(folder)
    (folder / "deep.json").write_text(" " * (1 << 21))
    with pytest.raises(UsageError, match="larger"):
        schemes_list(folder)
