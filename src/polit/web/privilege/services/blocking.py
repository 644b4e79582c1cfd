"""Writes what is blocked: entries, their copies, what lies inside them, their folders.

Within the act of whoever quarantines or decides, who holds the row of the case: two acts on a
case, or an act and an import, follow each other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q

from polit.web.media.models import (
    Content,
    Entry,
    Folder,
    Package,
    QuarantinedContent,
    QuarantinedEntry,
    QuarantinedFolder,
)
from polit.web.media.rules import Ground, PrivilegeState, rows_of
from polit.web.media.signals import quarantine_changed

Value = TypeVar("Value")
_AT_ONCE = 2_000
_BLOCKING = [each.value for each in PrivilegeState if each.blocks]


def entries_block(case_id: UUID, found: Mapping[int, Ground]) -> int:
    """Quarantine entries, all copies of their contents in the case, and what lies inside any.

    What stands in quarantine, or was released from it, stays as counsel decided: a term that
    matches it again does not undo a decision.

    Args:
        case_id: The case, whose row is held.
        found: The entries, with how each came here.

    Returns:
        How many entries are quarantined now that were not.
    """
    known = set(_known(case_id))
    ahead: dict[int, tuple[Ground, int | None]]
    ahead = {entry: (ground, None) for entry, ground in found.items() if entry not in known}
    count = 0
    while ahead:
        count += _write(case_id, ahead)
        known |= ahead.keys()
        ahead = {
            entry: told for entry, told in _following(case_id, list(ahead)).items()
            if entry not in known
        }  # fmt: skip
    blocks_refresh(case_id)
    return count


def folders_block(case_id: UUID, folders: Iterable[int]) -> None:
    """Hide folders whose own names tell of what is quarantined."""
    rows = [QuarantinedFolder(folder_id=each, case_id=case_id) for each in folders]
    for some in _pieces(rows):
        QuarantinedFolder.objects.bulk_create(some, ignore_conflicts=True)


def blocks_refresh(case_id: UUID, contents: Sequence[bytes] | None = None) -> None:
    """Have contents, entries and folders follow the states of entries.

    A content is blocked while any occurrence of it in the case is; so are then all its entries.

    Args:
        case_id: The case.
        contents: The contents that may have changed; ``None`` for all of the case.
    """
    rows = QuarantinedEntry.objects.filter(case_id=case_id)
    blocking = rows.filter(sha256=OuterRef("sha256"), state__in=_BLOCKING)
    blocked = QuarantinedContent.objects.filter(
        case_id=case_id, sha256=OuterRef("sha256"), is_blocked=True
    )
    for some in _pieces(contents) if contents is not None else (None,):
        within = Q() if some is None else Q(sha256__in=some)
        held = QuarantinedContent.objects.filter(within, case_id=case_id)
        held.filter(Exists(blocking), is_blocked=False).update(is_blocked=True)
        held.filter(~Exists(blocking), is_blocked=True).update(is_blocked=False)
    hidden = Q(state__in=_BLOCKING) | Exists(blocked)
    rows.filter(hidden, is_blocked=False).update(is_blocked=True)
    rows.filter(~hidden, is_blocked=True).update(is_blocked=False)
    _refresh_folders(case_id)
    quarantine_changed.send(sender=None, case_id=case_id)


def _refresh_folders(case_id: UUID) -> None:
    """Show a folder again once nothing in it, and not its own name, is blocked."""
    directly = QuarantinedEntry.objects.filter(entry__folder_id=OuterRef("pk"))
    itself = QuarantinedEntry.objects.filter(entry_id=OuterRef("folder__entry_id"))
    rows = QuarantinedFolder.objects.filter(case_id=case_id)
    related = rows.filter(Exists(directly) | Exists(itself))
    hidden = Exists(directly.filter(is_blocked=True)) | Exists(itself.filter(is_blocked=True))
    for condition, value in ((hidden, True), (~hidden, False)):
        found = list(related.filter(condition, is_blocked=not value).values_list("pk", flat=True))
        for some in _pieces(found):
            QuarantinedFolder.objects.filter(pk__in=some).update(is_blocked=value)


def _known(case_id: UUID) -> Iterator[int]:
    rows = QuarantinedEntry.objects.filter(case_id=case_id)
    return rows.values_list("pk", flat=True).iterator()


def _write(case_id: UUID, told: Mapping[int, tuple[Ground, int | None]]) -> int:
    count = 0
    for some in _pieces(sorted(told)):
        named = Entry.objects.filter(pk__in=some).values_list(
            "pk", "content__sha256", "content__size_bytes"
        )
        rows = [
            QuarantinedEntry(
                entry_id=pk, case_id=case_id, sha256=bytes(sha256) if sha256 and size else b"",
                ground=told[pk][0].value, source=told[pk][1],
            )
            for pk, sha256, size in named
        ]  # fmt: skip
        QuarantinedEntry.objects.bulk_create(rows)
        count += len(rows)
        contents = {bytes(row.sha256) for row in rows if row.sha256}
        QuarantinedContent.objects.bulk_create(
            [QuarantinedContent(case_id=case_id, sha256=each) for each in sorted(contents)],
            ignore_conflicts=True,
        )
    return count


def _following(case_id: UUID, entries: list[int]) -> dict[int, tuple[Ground, int | None]]:
    """Return the copies of entries in all of the case, and what lies inside them."""
    packages = Package.objects.filter(case_id=case_id)
    found: dict[int, tuple[Ground, int | None]] = {}
    for some in _pieces(entries):
        inside = Entry.objects.filter(within_id__in=some).values_list("pk", "within_id")
        found |= {pk: (Ground.INSIDE, within) for pk, within in inside}
        own = QuarantinedEntry.objects.filter(pk__in=some).exclude(sha256=b"")
        source = {bytes(sha256): pk for sha256, pk in own.values_list("sha256", "pk")}
        same = Content.objects.filter(sha256__in=list(source), package__in=packages)
        contents = {pk: bytes(sha256) for pk, sha256 in same.values_list("pk", "sha256")}
        copies = Entry.objects.filter(content_id__in=list(contents))
        for pk, content_id in copies.values_list("pk", "content_id"):
            found.setdefault(pk, (Ground.COPY, source[contents[content_id or 0]]))
    return found


def arrived_copies(case_id: UUID, package_number: int) -> dict[int, Ground]:
    """Return the entries of a package whose contents the case has quarantined already."""
    known = QuarantinedContent.objects.filter(
        case_id=case_id, sha256=OuterRef("sha256"), is_blocked=True
    )
    rows = Content.objects.filter(Exists(known), id__range=rows_of(package_number))
    found: dict[int, Ground] = {}
    for some in _pieces(list(rows.values_list("pk", flat=True))):
        entries = Entry.objects.filter(content_id__in=some)
        found |= dict.fromkeys(entries.values_list("pk", flat=True), Ground.COPY)
    return found


def entries_below(
    package_number: int, prefix: str
) -> tuple[dict[int, Ground], list[int]]:  # fmt: skip
    """Return the entries of a package below a folder, it itself too, and the folders."""
    stem = prefix.rstrip("/")
    below = Q() if not stem else Q(path=stem) | Q(path__startswith=f"{stem}/")
    rows = Entry.objects.filter(below, id__range=rows_of(package_number))
    folders = Folder.objects.filter(below, id__range=rows_of(package_number))
    found = dict.fromkeys(rows.values_list("pk", flat=True), Ground.PREFIX)
    # An entry's own path may be shorter than its folder's: what lies in a hidden folder is hidden.
    numbers = list(folders.values_list("pk", flat=True))
    for some in _pieces(numbers):
        inside = Entry.objects.filter(folder_id__in=some).values_list("pk", flat=True)
        found |= dict.fromkeys(inside, Ground.PREFIX)
    named = folders.exclude(entry_id=None).values_list(F("entry_id"), flat=True)
    found |= {each: Ground.PREFIX for each in named if each is not None}
    return found, numbers


def _pieces(values: Sequence[Value]) -> Iterator[list[Value]]:
    for first in range(0, len(values), _AT_ONCE):
        yield list(values[first : first + _AT_ONCE])
