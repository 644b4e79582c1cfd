"""Folders of items: what lies in one and below is a range, whatever a package's tree is like."""

import random

import numpy as np

from polit.web.items.services.folding import turns_of


def below(parents: list[int], folder: int) -> set[int]:
    """Return a folder and those below it, by walking up from each."""
    found = set()
    for each in range(1, len(parents)):
        at, steps = each, 0
        while at and at != folder and steps < len(parents):
            at, steps = parents[at], steps + 1
        if at == folder:
            found.add(each)
    return found


def test_what_lies_below_a_folder_follows_it_at_once() -> None:
    chance = random.Random(7)
    for count in (1, 2, 9, 60):
        # Parents before and behind: numbers of folders say nothing of the tree.
        names = list(range(1, count + 1))
        chance.shuffle(names)
        parents = [0] * (count + 1)
        for at, folder in enumerate(names):
            parents[folder] = chance.choice([0, *names[:at]])
        turns, lasts = turns_of(np.array(parents))
        assert sorted(turns[1:]) == list(range(1, count + 1))
        for folder in range(1, count + 1):
            held = {
                each
                for each in range(1, count + 1)
                if turns[folder] <= turns[each] <= lasts[folder]
            }
            assert held == below(parents, folder)


def test_a_loop_of_folders_ends_and_each_has_a_turn() -> None:
    turns, lasts = turns_of(np.array([0, 2, 1, 3, 0, 4]))
    assert sorted(turns[1:]) == [1, 2, 3, 4, 5]
    assert all(lasts[1:] >= turns[1:])
