"""What of a folder is a source, and the list that says it in the examiner's own words.

A folder of images is read one level deep. An image in the folder itself is an exhibit called as
the image; a folder in it that holds images is an exhibit called as that folder, and its images
are the devices of that exhibit. Whatever else lies there is named as left.
"""

import csv
import io
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from polit.base.digests import StatedDigest, stated_digest
from polit.base.errors import SourceError, SourceMissing, UsageError
from polit.base.text import name_text
from polit.examine.source import open_source

COLUMNS = ("source", "exhibit", "time_zone", "acquisition")
_IMAGES = frozenset({
    ".e01", ".s01", ".ex01", ".l01", ".lx01", ".ad1", ".aff4", ".dd", ".raw", ".img", ".image",
    ".bin", ".000", ".001", ".00001", ".aa", ".aaa", ".vmdk", ".vhd", ".vhdx", ".avhd", ".avhdx",
    ".vdi", ".qcow", ".qcow2", ".dmg", ".sparseimage", ".iso", ".udf", ".cdr",
})  # fmt: skip
_MAX_LIST_BYTES = 4 << 20
_MAX_SOURCES = 10_000


@dataclass(frozen=True, slots=True)
class BatchSource:
    """One source of a batch.

    Args:
        path: An image, its first segment, or a folder.
        exhibit: The exhibit's reference.
        time_zone: The device's time zone as found; empty for that of the batch.
        acquisition: Digests stated at acquisition.
    """

    path: Path
    exhibit: str
    time_zone: str = ""
    acquisition: tuple[StatedDigest, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundSources:
    """What a folder holds.

    Args:
        sources: By exhibit, then by path.
        left: What is no source, each with the reason.
    """

    sources: tuple[BatchSource, ...]
    left: tuple[tuple[Path, str], ...]


def find_sources(folder: Path, *, take_folders: bool) -> FoundSources:
    """Find the sources in a folder.

    Args:
        folder: A folder of images, and of folders with images.
        take_folders: A folder without images is a source as it is.

    Raises:
        SourceMissing: There is no such folder.
        SourceError: It cannot be listed.
    """
    if not folder.is_dir():
        raise SourceMissing(f"{folder}: there is no such folder")
    sources: list[BatchSource] = []
    left: list[tuple[Path, str]] = []
    below, files = _listed(folder)
    images = _images(files, left)
    sources += [BatchSource(path, name) for path, name in _names(images)]
    for inner in below:
        deeper, files = _listed(inner)
        unlike: list[tuple[Path, str]] = []
        images = _images(files, unlike)
        if images:
            sources += _devices(inner, images)
            left += unlike
            left += [(path, "a folder inside that of an exhibit: not looked into")
                     for path in deeper]  # fmt: skip
        elif take_folders:
            sources.append(BatchSource(inner, _text_of(inner)))
        else:
            left.append((inner, "a folder without images: --folders examines it as it is"))
    return FoundSources(
        tuple(sorted(sources, key=lambda one: (one.exhibit, one.path))), tuple(left)
    )


def _devices(folder: Path, images: list[Path]) -> list[BatchSource]:
    exhibit = _text_of(folder)
    if len(images) == 1:
        return [BatchSource(images[0], exhibit)]
    return [BatchSource(path, f"{exhibit}/{name}") for path, name in _names(images)]


def _listed(folder: Path) -> tuple[list[Path], list[Path]]:
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise SourceError(f"{folder} cannot be listed: {error.strerror}") from error
    below = [path for path in paths if path.is_dir() and not path.is_symlink()]
    known = set(below)
    return below, [path for path in paths if path not in known]


def _images(files: Iterable[Path], left: list[tuple[Path, str]]) -> list[Path]:
    """Return the images among files; the further files of an image are part of it."""
    further: dict[Path, set[Path]] = {}
    others: list[Path] = []
    for path in files:
        if path.is_symlink() or not path.is_file():
            left.append((path, "no regular file"))
        elif path.suffix.lower() in _IMAGES:
            further[path] = _further_files(path)
        else:
            others.append(path)
    claimed = set().union(*further.values())
    left += [(path, "not called like an image") for path in others if path not in claimed]
    images = []
    for path, own in further.items():
        # Two that name each other are no parts of each other: neither may hide the other.
        user = next((one for one in further if path in further[one] and one not in own), None)
        if user is None:
            images.append(path)
        else:
            left.append((path, f"read as a part of {_text_of(user)}: --list examines it alone"))
    return images


def _text_of(path: Path) -> str:
    return name_text(os.fsencode(path.name))


def _further_files(path: Path) -> set[Path]:
    """Return the other files that an image needs; none where it cannot be opened."""
    try:
        opened = open_source(path, accept_atime=False)
    except SourceError:
        return set()  # its turn will tell why
    opened.close()
    return set(opened.paths) - {path}


def _names(images: list[Path]) -> list[tuple[Path, str]]:
    """Call images as their files, without what only says that they are images; each its own."""
    stems = Counter(map(_stem, images))
    return [
        (path, _stem(path) if stems[_stem(path)] == 1 else name_text(os.fsencode(path.name)))
        for path in images
    ]


def _stem(path: Path) -> str:
    name = path.name
    while Path(name).suffix.lower() in _IMAGES:
        name = name[: -len(Path(name).suffix)]
    return name_text(os.fsencode(name)) or _text_of(path)


def write_list(sources: Iterable[BatchSource], folder: Path) -> str:
    """Return sources as the list that ``read_list`` takes: CSV, paths relative to the folder."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for source in sources:
        stated = " ".join(digest.text for digest in source.acquisition)
        path = os.fsencode(source.path.relative_to(folder)).decode(errors="surrogateescape")
        writer.writerow((path, source.exhibit, source.time_zone, stated))
    return text.getvalue()


def read_list(path: Path, folder: Path) -> tuple[BatchSource, ...]:
    """Read a list of sources.

    Args:
        path: A CSV file (UTF-8) with a header that names ``source`` and ``exhibit``, and may
            name ``time_zone`` and ``acquisition`` (digests as ``ALG:HEX``, joined by spaces).
        folder: What its paths are relative to.

    Raises:
        SourceMissing: There is no such file.
        UsageError: It is no list; the message names the line.
    """
    try:
        raw = path.read_bytes()[: _MAX_LIST_BYTES + 1]
    except FileNotFoundError as error:
        raise SourceMissing(f"there is no list {path}") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    if len(raw) > _MAX_LIST_BYTES:
        raise UsageError(f"{path} is over {_MAX_LIST_BYTES} bytes: that is no list of sources")
    try:
        text = raw.decode("utf-8-sig", errors="surrogateescape")
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise UsageError(f"{path} is no CSV: {error}") from error
    if len(rows) > _MAX_SOURCES:
        raise UsageError(f"{path} names {len(rows)} sources: give at most {_MAX_SOURCES}")
    return tuple(_source(row, f"{path}, line {line}", folder) for line, row in enumerate(rows, 2))


def _source(row: dict[str, str], place: str, folder: Path) -> BatchSource:
    unknown = sorted(str(name) for name in row if name not in COLUMNS)
    if unknown or "source" not in row or "exhibit" not in row:
        wrong = f"does not know {', '.join(unknown)}" if unknown else "lacks source or exhibit"
        raise UsageError(f"{place}: its header {wrong}: write {','.join(COLUMNS)}")
    if not row["source"] or not row["exhibit"]:
        raise UsageError(f"{place}: a source and an exhibit are needed")
    try:
        stated = tuple(stated_digest(text) for text in (row.get("acquisition") or "").split())
    except UsageError as error:
        raise UsageError(f"{place}: {error}") from error
    return BatchSource(
        folder / os.fsdecode(row["source"].encode("utf-8", "surrogateescape")),
        row["exhibit"],
        row.get("time_zone") or "",
        stated,
    )
