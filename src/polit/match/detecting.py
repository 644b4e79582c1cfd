"""Choose the reader of a hash set's file: as stated, or by its content."""

from pathlib import Path
from typing import cast

from polit.base.errors import HashSetUnreadable, UsageError
from polit.base.plugins import modules_of
from polit.match import formats
from polit.match.formats._source import head_of
from polit.match.reading import HashSetFormat

AUTO = "auto"


def formats_list() -> tuple[HashSetFormat, ...]:
    """Return every reader, in the order in which they are asked."""
    return tuple(cast("HashSetFormat", module) for module in modules_of(formats))


def format_of(path: Path, stated: str = AUTO) -> HashSetFormat:
    """Return the reader of a file.

    Args:
        path: The file.
        stated: A format's ``NAME``, or ``auto`` to tell it by its content.

    Raises:
        UsageError: There is no format of the stated name.
        SourceMissing: There is no such file.
        HashSetUnreadable: The content is of no format, or of more than one alike.
    """
    readers = formats_list()
    if stated != AUTO:
        named = {reader.NAME: reader for reader in readers}
        if stated in named:
            return named[stated]
        names = ", ".join(named)
        raise UsageError(f"there is no format {stated!r}: state auto, {names}")
    head = head_of(path)
    found = [reader for reader in readers if reader.detect(head, path.name)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise HashSetUnreadable(
            "the beginning of the file is of no format of hash sets that polit knows: state one"
        )
    names = " or ".join(f"--format {reader.NAME}" for reader in found)
    raise HashSetUnreadable(
        "the content alone does not tell what it is, for SHA-256 and PDQ look alike in few "
        f"lines: state {names}"
    )
