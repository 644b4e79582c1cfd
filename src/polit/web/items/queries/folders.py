"""The folders of a case's exhibits, with how many items they hold."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from polit.web.core.access import CaseAccess
from polit.web.items.columns import CHUNK_PLACES, Array
from polit.web.items.models import FolderPlaces, ItemFolder
from polit.web.media.models import Folder, Package
from polit.web.media.quarantine import folders_visible
from polit.web.media.rules import PackageState, package_of, rows_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST_FOLDERS = 500


@dataclass(frozen=True, slots=True)
class FolderNode:
    """A folder of the tree, or at the top of it an exhibit's package.

    Args:
        number: The folder's number; 0 for a package.
        package: The package's number.
        name: Its own name, for a package the exhibit's reference.
        items: How many items lie in it and below, each once.
        has_folders: Whether there are folders with items below.
    """

    number: int
    package: int
    name: str
    items: int
    has_folders: bool


def places_below(access: CaseAccess, folder: int) -> Array:
    """Return the places of the items in a folder of the case and below, unsorted.

    One that lies there twice may be told twice. Three queries, however deep the tree.
    """
    package = package_of(folder)
    held = ItemFolder.objects.filter(pk=folder).first()
    if held is None or not _visible(access).filter(number=package).exists():
        return np.empty(0, np.int64)
    first, last = held.begin // CHUNK_PLACES, held.end // CHUNK_PLACES
    pieces = FolderPlaces.objects.filter(package_number=package, number__range=(first, last))
    data = b"".join(
        bytes(each) for each in pieces.order_by("number").values_list("data", flat=True)
    )
    begin = held.begin - first * CHUNK_PLACES
    return np.frombuffer(data, "<u4")[begin : begin + held.end - held.begin].astype(np.int64)


def folder_nodes(
    access: CaseAccess, *, package: int | None = None, parent: int | None = None
) -> list[FolderNode]:
    """Return what lies below a folder; of a package its own folders; at the top the packages.

    Only folders with items are told, at most ``MOST_FOLDERS``, in the order of the package.
    """
    number = package if parent is None else package_of(parent)
    if number is None:
        return _packages(access)
    if not _visible(access).filter(number=number).exists():
        return []
    rows = folders_visible().filter(id__range=rows_of(number), parent_id=parent)
    held = ItemFolder.objects.filter(id__in=rows.values("id")).order_by("id")[:MOST_FOLDERS]
    counts = dict(held.values_list("id", "items"))
    named = folders_visible().filter(pk__in=counts).select_related("volume").order_by("id")
    below = Folder.objects.filter(parent_id__in=counts, id__in=ItemFolder.objects.values("id"))
    with_folders = set(below.values_list("parent_id", flat=True).distinct())
    return [
        FolderNode(folder.pk, number, _name(folder), counts[folder.pk], folder.pk in with_folders)
        for folder in named
    ]  # fmt: skip


def _name(folder: Folder) -> str:
    """Return a folder's own name; at the top its volume stands in it: each has a root."""
    if folder.parent_id:
        return folder.path.rstrip("/").rpartition("/")[2] or folder.path
    return folder.title


def _packages(access: CaseAccess) -> list[FolderNode]:
    named = _visible(access).order_by("exhibit__reference", "number")
    nodes = []
    for number, reference in named.values_list("number", "exhibit__reference"):
        tops = Folder.objects.filter(id__range=rows_of(number), parent_id=None)
        counts = list(
            ItemFolder.objects.filter(id__in=tops.values("id")).values_list("items", flat=True)
        )
        nodes.append(FolderNode(0, number, reference, sum(counts), bool(counts)))
    return nodes


def _visible(access: CaseAccess) -> "QuerySet[Package]":
    return Package.objects.filter(case_id=access.case.id, state=PackageState.IMPORTED.value)
