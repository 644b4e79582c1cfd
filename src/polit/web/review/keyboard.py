"""The keys of the gallery: what each does, and which stand for it. No Django here.

A combination is written as the browser tells it: ``v``, ``Shift+v``, ``Ctrl+z``, ``ArrowLeft``.
Digits belong to the categories of a case's scheme, in the scheme's order.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from polit.base.errors import UsageError

CATEGORY_KEYS = "123456789"
_ARROWS = {"Left": "←", "Right": "→", "Up": "↑", "Down": "↓"}


@dataclass(frozen=True, slots=True)
class KeyAction:
    """One action of the grid.

    Args:
        name: As scripts know it.
        keys: Its combinations, unless an officer chose others.
        label: What it does.
        may_change: Whether an officer may give it another letter.
    """

    name: str
    keys: tuple[str, ...]
    label: str
    may_change: bool = True


def _fixed(name: str, label: str, *keys: str) -> KeyAction:
    return KeyAction(name, keys, label, may_change=False)


KEY_ACTIONS = (
    _fixed("left", "One item back", "ArrowLeft", "h"),
    _fixed("right", "One item on", "ArrowRight", "l"),
    _fixed("up", "One row up", "ArrowUp", "k"),
    _fixed("down", "One row down", "ArrowDown", "j"),
    _fixed("page_up", "One screen up", "PageUp"),
    _fixed("page_down", "One screen down", "PageDown"),
    _fixed("row_start", "First of the row", "Home"),
    _fixed("row_end", "Last of the row", "End"),
    _fixed("first", "First item", "Ctrl+Home"),
    _fixed("last", "Last item", "Ctrl+End"),
    _fixed("extend_left", "Choose on to the left", "Shift+ArrowLeft"),
    _fixed("extend_right", "Choose on to the right", "Shift+ArrowRight"),
    _fixed("extend_up", "Choose on upwards", "Shift+ArrowUp"),
    _fixed("extend_down", "Choose on downwards", "Shift+ArrowDown"),
    _fixed("select", "Choose the item, or let it go", "Space"),
    _fixed("select_page", "Choose all on the screen", "Ctrl+a"),
    _fixed("open", "Open the item", "Enter"),
    KeyAction("next_pending", ("Shift+j",), "Next pending item"),
    KeyAction("reveal", ("v",), "Reveal the item while the key is held"),
    KeyAction("reveal_selection", ("Shift+v",), "Reveal the chosen items, or veil them"),
    KeyAction("reveal_page", ("p",), "Reveal the page at 160 pixels, or veil it"),
    KeyAction("colour", ("g",), "Reveal in grey or in colour"),
    KeyAction("stack", ("s",), "Open the stack"),
    KeyAction("compare", ("c",), "Compare two to four chosen items"),
    KeyAction("facts", ("i",), "Facts about the item"),
    KeyAction("tag", ("t",), "Tag"),
    KeyAction("note", ("n",), "Note"),
    KeyAction("unsure", ("u",), "Unsure: to a second reviewer"),
    KeyAction("clear", ("0",), "Clear the category"),
    KeyAction("urgent", ("x",), "Urgent: a child may be in danger now; asks why, and is recorded"),
    _fixed("undo", "Undo", "Ctrl+z"),
    _fixed("redo", "Do again", "Ctrl+Shift+z"),
    _fixed("help", "All keys", "?"),
)
"""In the order of the overlay. ``Esc Esc`` hides everything, and is nobody's to change."""


@dataclass(frozen=True, slots=True)
class KeyChoice:
    """What an officer chose for the keys.

    Args:
        letters: Another letter for an action, by its name.
        is_on: Whether single letters and digits act at all (WCAG 2.2, 2.1.4).
    """

    letters: Mapping[str, str]
    is_on: bool = True


def keys_of(choice: KeyChoice) -> dict[str, list[str]]:
    """Return the combinations of each action."""
    return {
        each.name: [choice.letters[each.name]] if each.name in choice.letters else [*each.keys]
        for each in KEY_ACTIONS
    }


def key_words(combinations: Iterable[str]) -> list[str]:
    """Return combinations as people read them: arrows as arrows."""
    return [
        re.sub("Arrow(Left|Right|Up|Down)", lambda found: _ARROWS[found[1]], each)
        for each in combinations
    ]


def check_letters(letters: Mapping[str, str]) -> None:
    """Refuse a choice in which two actions have one key, or an action none.

    Raises:
        UsageError: Two share a key, or a key is not one letter, alone or with Shift.
    """
    changeable = {each.name for each in KEY_ACTIONS if each.may_change}
    for name, combination in letters.items():
        bare = combination.removeprefix("Shift+")
        if name not in changeable or len(bare) != 1 or not bare.isprintable() or bare.isspace():
            raise UsageError(f"{name}: {combination!r} is no letter for it")
        if bare in CATEGORY_KEYS:
            raise UsageError(f"{bare} stands for a category")
    taken: dict[str, str] = {}
    for name, combinations in keys_of(KeyChoice(letters)).items():
        for combination in combinations:
            if combination in taken:
                raise UsageError(f"{combination} stands for {taken[combination]} and for {name}")
            taken[combination] = name
