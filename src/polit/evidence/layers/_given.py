"""The examiner's list of secrets as layers try it, and how to add to it."""

from collections.abc import Sequence

from polit.model.secrets import Secret, read_secret


def given(lines: Sequence[bytes]) -> list[Secret]:
    """Return the secrets of a list by their lines; empty lines stand for none."""
    return [
        read_secret(number, line.decode("utf-8", "surrogateescape"))
        for number, line in enumerate(lines, 1)
        if line
    ]


def how_to_give(tried: int, given_count: int) -> str:
    """Say how many secrets were tried, and how to give more.

    Args:
        tried: How many were tried.
        given_count: How many were given: not every kind opens everything.
    """
    if not given_count:
        return "no password was given. Write it into a file and give that by --passwords."
    if not tried:
        return f"of the {given_count} secrets given none is of a kind that opens it."
    number = "1 password or key was" if tried == 1 else f"{tried} passwords or keys were"
    return f"{number} tried and none opens it. Add the right one to the file for --passwords."
