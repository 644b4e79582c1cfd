"""The report of effect of a package: its media, and what its matches settle."""

from contextlib import closing
from pathlib import Path

from polit.match.effect import Report, effect_of
from polit.package.database import open_reader
from polit.package.media_read import count_unread, read_stackables


def read_effect(package: Path) -> Report:
    """Count what was settled and grouped in a package, and what is left to view."""
    with closing(open_reader(package)) as connection:
        return effect_of(read_stackables(connection), {}, unread=count_unread(connection))
