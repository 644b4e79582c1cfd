"""Finds packages: in folders of any depth, always in the same order, each once."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from polit.base.errors import SourceMissing
from polit.package.layout import FINDINGS, SUFFIX


@dataclass(frozen=True, slots=True)
class Found:
    """What was found below some places.

    Args:
        packages: The packages, each once.
        links: How many links to folders were met and not followed: there may be packages behind.
    """

    packages: tuple[Path, ...]
    links: int


def find_packages(places: Iterable[Path]) -> Found:
    """Find the packages that places are, or that lie below them.

    A folder is a package, sealed or not, when it is called as one or holds the rows of one;
    nothing is looked for inside it. Links are not followed, but a place itself may be one.

    Args:
        places: Folders, in the order in which their packages shall come.

    Returns:
        The packages of each place, ordered by the bytes of their paths.

    Raises:
        SourceMissing: A place is not there, or there is no package in it.
    """
    found: dict[tuple[int, int] | Path, Path] = {}
    links: set[Path] = set()
    for place in places:
        if not place.is_dir():
            raise SourceMissing(f"{place} is no folder: give a package, or a folder of packages")
        before = len(links)
        packages = sorted(_packages_below(place, links), key=os.fsencode)
        if not packages and len(links) == before:
            raise SourceMissing(f"there is no package in {place}")
        for package in packages:
            found.setdefault(_identity(package), package)
    if not found:
        raise SourceMissing(
            "there are only links to folders there, which are not followed: name what they lead to"
        )
    return Found(tuple(found.values()), len(links))


def _identity(package: Path) -> tuple[int, int] | Path:
    try:
        status = package.stat()
    except OSError:
        # It went away meanwhile: it is handed on, and told where it is opened.
        return package
    return status.st_dev, status.st_ino


def _packages_below(place: Path, links: set[Path]) -> Iterator[Path]:
    to_look_into = [place]
    while to_look_into:
        folder = to_look_into.pop()
        try:
            if folder.suffix == SUFFIX or (folder / FINDINGS).is_file():
                yield folder
            else:
                with os.scandir(folder) as entries:
                    for each in entries:
                        if each.is_dir(follow_symlinks=False):
                            to_look_into.append(Path(each.path))
                        elif each.is_dir():
                            links.add(Path(each.path))
        except OSError:
            # There may be packages in it: it is handed on, and told where it is opened.
            yield folder
