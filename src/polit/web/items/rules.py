"""What an item of a review is, where it stands, and how its number is made. No Django here."""

from enum import IntEnum, IntFlag

PLACE_BITS = 32
"""An item's number is its review set's number, then 32 bits for its place in it."""


class ItemState(IntEnum):
    """Where an item stands; its number is kept, and travels to the grid.

    What is settled never enters the queue: a digest settled it, not a person.
    """

    PENDING = 0
    GRADED = 1
    SETTLED = 2
    PROPOSED = 3
    UNSURE = 4
    DISPUTED = 5

    @property
    def label(self) -> str:
        """The state in words."""
        return self.name.capitalize()


class ItemMark(IntFlag):
    """What the grid draws beside a tile; one byte for each item."""

    VIDEO = 1
    STACK = 2
    ALERT = 4
    NEAR = 8
    NO_TILE = 16
    FIRST_GENERATION = 32
    FLAGGED = 64
    PROVISIONAL = 128


class Flag(IntFlag):
    """What a decision notes beside the category; its bit is kept."""

    VICTIM_VISIBLE = 1
    OFFENDER_VISIBLE = 2
    SELF_GENERATED = 4
    PSEUDO_PHOTOGRAPH = 8
    FIRST_GENERATION = 16
    DISTRIBUTION = 32


def place_of(item_id: int) -> int:
    """Return an item's place in its review set, from 1."""
    return item_id & ((1 << PLACE_BITS) - 1)


def item_number(set_number: int, place: int) -> int:
    """Return the number of the item at a place of a review set."""
    return (set_number << PLACE_BITS) | place
