"""The tones of a state on a page. No Django here: the tables of states may name them."""

from enum import StrEnum


class Tone(StrEnum):
    """How a state is tinted. The words beside it say the same; nothing hangs on the colour."""

    GREY = "grey"
    GREEN = "green"
    BLUE = "blue"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"
    PURPLE = "purple"
    TEAL = "teal"
