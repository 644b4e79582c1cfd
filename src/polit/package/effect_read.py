"""The report of effect of a package: its media, and what is known of them today."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from polit.match.effect import Report, effect_of
from polit.package.database import open_reader
from polit.package.knowledge import read_knowledge
from polit.package.media_read import count_unread, read_stackables


@dataclass(frozen=True, slots=True)
class PackageEffect:
    """The report of effect, and the numbers of supplements that do not count in it."""

    report: Report
    left_out: tuple[int, ...]


def read_effect(package: Path) -> PackageEffect:
    """Count what was settled and grouped in a sealed package, and what is left to view.

    Raises:
        SourceMissing: There is no sealed package.
        PackageDamaged: Its manifest or its rows cannot be read.
    """
    known = read_knowledge(package)
    with closing(open_reader(package)) as connection:
        report = effect_of(
            read_stackables(connection), known.verdicts, unread=count_unread(connection)
        )
    return PackageEffect(report, known.left_out)
