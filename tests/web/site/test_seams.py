"""All registers are one record: each is named, found, told, due, listed and on the case page."""

import ast
from collections.abc import Iterator
from pathlib import Path

import polit.web
from polit.web.cases.event_titles import TITLES
from polit.web.cases.rules import event_title
from polit.web.core.titles import titled

WEB = Path(polit.web.__file__).parent


def acts() -> Iterator[tuple[str, bool]]:
    """Return what acts are called, and whether that is all of it: ``("court.withdraw_", False)``.

    An action that is put together from parts is told by its first part.
    """
    for path in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id != "act" or len(node.args) < 2:
                continue
            action = node.args[1]
            if isinstance(action, ast.Constant) and isinstance(action.value, str):
                yield action.value, True
            elif isinstance(action, ast.JoinedStr) and isinstance(action.values[0], ast.Constant):
                yield str(action.values[0].value), False


def test_every_act_has_words() -> None:
    found = set(acts())
    assert len(found) > 150  # the search for them still finds them
    whole = {action for action, is_whole in found if is_whole}
    assert not {each for each in whole if each not in TITLES and each not in titled()}
    assert not {each for each in whole if "." in event_title(each) or "_" in event_title(each)}
    for prefix in {action for action, is_whole in found if not is_whole}:
        assert any(each.startswith(prefix) for each in {*TITLES, *titled()}), prefix
