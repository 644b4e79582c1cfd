"""Finds packages: in folders of any depth, always in the same order, each once."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from polit.base.errors import SourceMissing
from polit.package.layout import FINDINGS, SUFFIX


def find_packages(places: Iterable[Path]) -> list[Path]:
    """Return the packages that places are, or that lie below them; none twice.

    A folder is a package, sealed or not, when it is called as one or holds the rows of one;
    nothing is looked for inside it. Links are not followed, but a place itself may be one.

    Args:
        places: Folders, in the order in which their packages shall come.

    Returns:
        The packages of each place, ordered by the bytes of their paths.

    Raises:
        SourceMissing: A place is not there, or there is no package in it.
    """
    found: dict[tuple[int, int], Path] = {}
    for place in places:
        if not place.is_dir():
            raise SourceMissing(f"{place} is no folder: give a package, or a folder of packages")
        packages = sorted(_packages_below(place), key=os.fsencode)
        if not packages:
            raise SourceMissing(f"there is no package in {place}")
        for package in packages:
            status = package.stat()
            found.setdefault((status.st_dev, status.st_ino), package)
    return list(found.values())


def _packages_below(place: Path) -> Iterator[Path]:
    to_look_into = [place]
    while to_look_into:
        folder = to_look_into.pop()
        try:
            if folder.suffix == SUFFIX or (folder / FINDINGS).is_file():
                yield folder
            else:
                with os.scandir(folder) as entries:
                    to_look_into += [
                        Path(each.path) for each in entries if each.is_dir(follow_symlinks=False)
                    ]
        except OSError:
            # There may be packages in it: it is handed on, and told where it is opened.
            yield folder
