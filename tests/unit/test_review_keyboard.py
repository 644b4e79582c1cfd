"""Keys and scope of the gallery: what may be chosen, what is passed over, what the docs say."""

from pathlib import Path

import pytest

from polit.base.errors import UsageError
from polit.web.review.keyboard import KEY_ACTIONS, KeyChoice, check_letters, keys_of
from polit.web.review.scope import scope_of

_GUIDE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "review.md"
_WRITTEN = {"ArrowLeft": "←", "ArrowRight": "→", "ArrowUp": "↑", "ArrowDown": "↓"}


def test_no_two_actions_share_a_key() -> None:
    check_letters({})
    assert len({each.name for each in KEY_ACTIONS}) == len(KEY_ACTIONS)


@pytest.mark.parametrize(
    ("letters", "words"),
    [
        ({"tag": "n"}, "stands for"),
        ({"tag": "tt"}, "no letter"),
        ({"tag": " "}, "no letter"),
        ({"tag": "\u202e"}, "no letter"),
        ({"tag": "1"}, "category"),
        ({"left": "q"}, "no letter"),
        ({"hide": "q"}, "no letter"),
        ({"tag": "y", "note": "y"}, "stands for"),
    ],
)
def test_keys_that_cannot_be_told_apart_are_refused(letters: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        check_letters(letters)


def test_chosen_letter_takes_the_place_of_the_usual_one() -> None:
    check_letters({"tag": "n", "note": "Shift+n"})
    found = keys_of(KeyChoice({"tag": "y"}))
    assert (found["tag"], found["note"]) == (["y"], ["n"])


def test_scope_keeps_what_a_filter_has_and_no_more() -> None:
    asked = {"queue": "nothing", "kind": "video", "exhibit": "7", "odd": "x", "grade": "A" * 200}
    scope = scope_of(asked)
    assert scope.parameters == {
        "queue": "pending", "sort": "matters", "kind": "video", "exhibit": "7", "grade": "A" * 100,
    }  # fmt: skip
    assert scope.is_filtered
    assert scope.words == "pending, one exhibit"
    usual = scope_of({})
    assert (usual.is_filtered, usual.words) == (False, "pending, whole case")
    assert usual.query == "queue=pending&sort=matters"


def test_guide_tells_every_key_as_it_is() -> None:
    text = _GUIDE.read_text(encoding="utf-8")
    for each in KEY_ACTIONS:
        keys = " or ".join(f"`{_shown(key)}`" for key in each.keys)
        assert f"| {keys} | {each.label} |" in text


def _shown(key: str) -> str:
    return "+".join(_WRITTEN.get(part, part) for part in key.split("+"))
