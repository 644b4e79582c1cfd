"""What is asked of packages and their rows. Every query takes the access to the case."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from polit.model import codes
from polit.model.manifest import Manifest
from polit.package.layout import TILES
from polit.package.seal import parse_manifest
from polit.web.core.access import CaseAccess
from polit.web.media.models import (
    BadRange,
    Carving,
    Content,
    Derivative,
    Entry,
    Facet,
    Folder,
    Package,
    Problem,
    Tag,
    Unopened,
    Volume,
    Word,
)
from polit.web.media.quarantine import contents_visible, entries_visible, folders_visible
from polit.web.media.rules import EntryWanted, PackageState, package_of, rows_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

PAGE_ENTRIES = 50
PAGE_TILES = 60
PAGE_FOLDERS = 100
SEARCHED_AT_ONCE = 50_000
"""Entries that one page of a search looks through, so that no page takes long."""
MOST_OCCURRENCES = 50
MOST_VOLUMES = 500
_EXPORTED_AT_ONCE = 2_000
_PICTURES_MOST = 2
"""Kinds up to this number have pictures: stills and videos."""
_TILE_ROLE = 1


@dataclass(frozen=True, slots=True)
class EntryPage:
    """One page of entries.

    Args:
        rows: In the order of their locators.
        after: The number to go on after, ``None`` at the end.
        searched: How many entries of the package this page and those before it looked through;
            ``None`` where an index told.
    """

    rows: tuple[Entry, ...]
    after: int | None
    searched: int | None


@dataclass(frozen=True, slots=True)
class TilePlace:
    """Where a safe tile lies, and what opens it.

    Args:
        place: The package's name below the folder of packages.
        package_id: The package's identifier, which every blob is bound to.
        wrapped_key: The key of its tiles as the database keeps it.
        sha256: The content.
        pack: The file of the package.
        offset_bytes: Where in it.
        stored_bytes: How long.
        plaintext_sha256: What it must be when opened.
        media_type: What it then is.
    """

    place: str
    package_id: str
    wrapped_key: bytes
    sha256: bytes
    pack: str
    offset_bytes: int
    stored_bytes: int
    plaintext_sha256: bytes
    media_type: str


def _visible(access: CaseAccess) -> "QuerySet[Package]":
    return Package.objects.filter(case_id=access.case.id, state=PackageState.IMPORTED.value)


def package_get(access: CaseAccess, examination_id: UUID) -> Package:
    """Return the imported package of an examination, with its exhibit.

    Raises:
        Package.DoesNotExist: There is none in this case.
    """
    return _visible(access).select_related("exhibit").get(examination_id=examination_id)


def package_attempts(access: CaseAccess, examination_id: UUID) -> Package | None:
    """Return the package of an examination in whatever state, without its manifest."""
    found = Package.objects.filter(case_id=access.case.id, examination_id=examination_id)
    return found.defer("manifest").first()


def manifest_of(package: Package) -> Manifest:
    """Return what a package says of itself, as it was signed."""
    return parse_manifest(package.manifest.encode())


def facet_counts(package: Package) -> dict[str, dict[str, int]]:
    """Return how many entries share each value that lists are filtered by."""
    counts: dict[str, dict[str, int]] = {}
    for facet in Facet.objects.filter(package=package).order_by("name", "value"):
        counts.setdefault(facet.name, {})[facet.value] = facet.count
    return counts


def reason_numbers(counts: dict[str, dict[str, int]]) -> dict[str, int]:
    """Return the numbers of the reasons that a package's entries have."""
    words = [reason for reason in counts.get("reason", {}) if reason]
    return dict(Word.objects.filter(word__in=words).values_list("word", "id"))


def entry_page(package: Package, wanted: EntryWanted, *, after: int | None = None) -> EntryPage:
    """Return a page of a package's entries.

    One condition is served by its index. Several together, or a part of a name, are looked for
    in at most ``SEARCHED_AT_ONCE`` entries a page.
    """
    first, _ = rows_of(package.number)
    begin = max(after or 0, first - 1)
    end = first - 1 + package.entries
    is_searched = wanted.conditions > 1 or bool(wanted.contains)
    last = min(begin + SEARCHED_AT_ONCE, end) if is_searched else end
    rows = _matching(wanted).filter(id__gt=begin, id__lte=last).order_by("id")
    shown = rows.select_related("reason", "content__mime", "folder__volume")
    found = tuple(shown.defer("locator", "raw_name", "link_target")[: PAGE_ENTRIES + 1])
    if len(found) > PAGE_ENTRIES:
        found = found[:PAGE_ENTRIES]
        last = found[-1].pk
        return EntryPage(found, last, last - first + 1 if is_searched else None)
    goes_on = is_searched and last < end
    return EntryPage(found, last if goes_on else None, last - first + 1 if is_searched else None)


def entry_stream(package: Package, wanted: EntryWanted) -> Iterator[Entry]:
    """Yield all matching entries of a package, some thousands at a time."""
    first, last = rows_of(package.number)
    after = first - 1
    while True:
        rows = _matching(wanted).filter(id__gt=after, id__lte=last).order_by("id")
        some = list(rows.select_related("reason", "content__mime")[:_EXPORTED_AT_ONCE])
        yield from some
        if len(some) < _EXPORTED_AT_ONCE:
            return
        after = some[-1].pk


def _matching(wanted: EntryWanted) -> "QuerySet[Entry]":
    asked: dict[str, Any] = {
        "kind": wanted.kind,
        "outcome": wanted.outcome,
        "reason_id": wanted.reason,
        "state": wanted.state,
        "folder_id": wanted.folder,
        "extension_agrees": False if wanted.mismatch else None,
        "path__icontains": wanted.contains or None,
        # In so many words, for the indexes that hold what is rare alone.
        "outcome__gt": 1 if (wanted.outcome or 0) > 1 else None,
        "state__gt": 1 if (wanted.state or 0) > 1 else None,
    }
    return entries_visible().filter(**{name: value for name, value in asked.items()
                                   if value is not None})  # fmt: skip


def picture_page(package: Package, *, after: int | None = None) -> EntryPage:
    """Return a page of entries that may have a safe tile, in the order of their locators."""
    first, last = rows_of(package.number)
    rows = entries_visible().filter(
        kind__lte=_PICTURES_MOST, id__gt=max(after or 0, first - 1), id__lte=last
    )
    shown = rows.select_related("reason", "content__mime")
    found = tuple(shown.order_by("id")[: PAGE_TILES + 1])
    goes_on = len(found) > PAGE_TILES
    found = found[:PAGE_TILES]
    return EntryPage(found, found[-1].pk if goes_on else None, None)


def tiled_contents(entries: tuple[Entry, ...]) -> frozenset[int]:
    """Return the contents of some entries that have a safe tile."""
    wanted = {entry.content_id for entry in entries if entry.content_id is not None}
    found = Derivative.objects.filter(content_id__in=wanted, role=_TILE_ROLE, story=0)
    return frozenset(found.values_list("content_id", flat=True))


def tile_get(access: CaseAccess, content_id: int) -> TilePlace | None:
    """Return where the safe tile of a content lies; ``None`` where this case has no such tile."""
    package = (
        _visible(access)
        .filter(number=package_of(content_id), tile_key__isnull=False)
        .values_list("place", "package_id", "tile_key")
        .first()
    )
    if package is None:
        return None
    found = (
        Derivative.objects.filter(
            content_id__in=contents_visible().filter(pk=content_id).values("pk"),
            role=_TILE_ROLE,
            story=0,
        )
        .select_related("content", "media_type")
        .first()
    )
    place, package_id, wrapped = package
    if found is None or wrapped is None:
        return None
    return TilePlace(
        place,
        package_id,
        bytes(wrapped),
        bytes(found.content.sha256),
        TILES,
        found.offset_bytes,
        found.stored_bytes,
        bytes(found.plaintext_sha256),
        found.media_type.word,
    )


def folder_page(
    package: Package, parent: Folder | None, *, after: int | None = None
) -> tuple[tuple[Folder, ...], int | None]:
    """Return the folders below one, or at the top, and the number to go on after."""
    first, last = rows_of(package.number)
    rows = folders_visible().filter(id__gt=max(after or 0, first - 1), id__lte=last, parent=parent)
    found = tuple(rows.select_related("volume").order_by("id")[: PAGE_FOLDERS + 1])
    goes_on = len(found) > PAGE_FOLDERS
    found = found[:PAGE_FOLDERS]
    return found, found[-1].pk if goes_on else None


def folder_get(package: Package, folder_id: int) -> Folder:
    """Return a folder of a package.

    Raises:
        Folder.DoesNotExist: The package has none of that number.
    """
    if package_of(folder_id) != package.number:
        raise Folder.DoesNotExist
    return folders_visible().select_related("volume", "parent").get(pk=folder_id)


@dataclass(frozen=True, slots=True)
class EntryDetails:
    """An entry with everything that is kept of it.

    Args:
        entry: With content, folder, volume and holder.
        package: Its package, without the manifest.
        tags: What its content says of itself.
        problems: What went wrong with it.
        unopened: What was not opened inside it.
        occurrences: Entries of the case with the same content, this one among them, at most
            ``MOST_OCCURRENCES``.
        has_more: Whether there are more.
        has_tile: Whether its content has a safe tile.
    """

    entry: Entry
    package: Package
    tags: tuple[Tag, ...]
    problems: tuple[Problem, ...]
    unopened: tuple[Unopened, ...]
    occurrences: tuple[Entry, ...]
    has_more: bool
    has_tile: bool


def entry_get(access: CaseAccess, entry_id: int) -> EntryDetails:
    """Return an entry of the case with all its facts.

    Raises:
        Entry.DoesNotExist: The case has none of that number in an imported package that is not
            quarantined.
    """
    visible = _visible(access).select_related("exhibit").defer("manifest")
    package = visible.filter(number=package_of(entry_id)).first()
    if package is None:
        raise Entry.DoesNotExist
    entry = entries_visible().select_related(
        "reason", "folder__volume", "within", "content__mime", "content__media__reason",
        "content__media__decoder", "content__media__make", "content__media__model",
    ).get(pk=entry_id)  # fmt: skip
    found: tuple[Entry, ...] = ()
    if entry.content is not None:
        found = tuple(_occurrences(access, entry.content)[: MOST_OCCURRENCES + 1])
    return EntryDetails(
        entry,
        package,
        tuple(Tag.objects.filter(content_id=entry.content_id or 0).select_related("name")[:500]),
        tuple(Problem.objects.filter(entry=entry).select_related("stage", "code")),
        tuple(Unopened.objects.filter(entry=entry).select_related("code")),
        found[:MOST_OCCURRENCES],
        len(found) > MOST_OCCURRENCES,
        bool(tiled_contents((entry,))),
    )


def _occurrences(access: CaseAccess, content: Content) -> "QuerySet[Entry]":
    same = Content.objects.filter(
        sha256=bytes(content.sha256), package__in=_visible(access).values("number")
    )
    rows = entries_visible().filter(content_id__in=list(same.values_list("id", flat=True)))
    return rows.select_related("package__exhibit").defer("package__manifest").order_by("id")


def source_problems(package: Package) -> tuple[tuple[Problem, ...], tuple[BadRange, ...]]:
    """Return problems of the source and its volumes, and its bad ranges: the first of each."""
    first, last = rows_of(package.number)
    problems = Problem.objects.filter(id__range=(first, last), entry=None)
    ranges = BadRange.objects.filter(id__range=(first, last)).select_related("code")
    return (
        tuple(problems.select_related("stage", "code").order_by("id")[:MOST_OCCURRENCES]),
        tuple(ranges.order_by("id")[:MOST_OCCURRENCES]),
    )


def volume_list(package: Package) -> tuple[tuple[Volume, ...], tuple[Carving, ...]]:
    """Return a package's volumes in the order of their numbers, and what was carved in them.

    Two queries; of more than ``MOST_VOLUMES`` the first.
    """
    first, last = rows_of(package.number)
    volumes = Volume.objects.filter(id__range=(first, last)).order_by("id")[:MOST_VOLUMES]
    searches = Carving.objects.filter(id__range=(first, last)).order_by("id")
    return tuple(volumes), tuple(searches[: MOST_VOLUMES * len(codes.CARVING_AREAS.values)])
