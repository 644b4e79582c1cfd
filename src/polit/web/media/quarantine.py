"""What is not quarantined for legal privilege: the one door to rows that people are shown.

Whatever shows entries, contents, folders or items asks here, in whichever register it stands;
``tests/web/privilege/test_privilege_doors.py`` holds the list of those who may ask the tables
themselves, with why. A case without quarantine pays one look into an empty index for each row.
"""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from polit.web.media.models import (
    Content,
    Entry,
    Folder,
    QuarantinedContent,
    QuarantinedEntry,
    QuarantinedFolder,
)
from polit.web.media.rules import rows_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

_AT_ONCE = 5_000


def entries_visible() -> "QuerySet[Entry]":
    """Return entries but for those that are quarantined."""
    blocked = QuarantinedEntry.objects.filter(entry=OuterRef("pk"), is_blocked=True)
    return Entry.objects.filter(~Exists(blocked))


def contents_visible() -> "QuerySet[Content]":
    """Return contents but for those of which the case quarantined an occurrence."""
    return Content.objects.filter(content_shown(case="package__case_id"))


def folders_visible() -> "QuerySet[Folder]":
    """Return folders but for those whose own names are quarantined."""
    blocked = QuarantinedFolder.objects.filter(folder=OuterRef("pk"), is_blocked=True)
    return Folder.objects.filter(~Exists(blocked))


def content_shown(*, case: str, sha256: str = "sha256") -> Any:
    """Return the condition that a row's content is not quarantined in its case.

    Args:
        case: The column, or the way to it, that names the case.
        sha256: The column that holds the content's digest.
    """
    return ~Exists(
        QuarantinedContent.objects.filter(
            case=OuterRef(case), sha256=OuterRef(sha256), is_blocked=True
        )
    )


def contents_blocked(case_id: UUID) -> "QuerySet[QuarantinedContent]":
    """Return the contents that a case has quarantined."""
    return QuarantinedContent.objects.filter(case_id=case_id, is_blocked=True)


def digests_blocked(case_id: UUID, contents: list[bytes]) -> frozenset[bytes]:
    """Return which of some contents a case has quarantined."""
    found: set[bytes] = set()
    for first in range(0, len(contents), _AT_ONCE):
        rows = contents_blocked(case_id).filter(sha256__in=contents[first : first + _AT_ONCE])
        found |= {bytes(each) for each in rows.values_list("sha256", flat=True)}
    return frozenset(found)


def quarantined_count(case_id: UUID, package_number: int | None = None) -> int:
    """Return how many entries of a case, or of one of its packages, are quarantined now."""
    within = Q() if package_number is None else entries_of_package(package_number)
    return QuarantinedEntry.objects.filter(within, case_id=case_id, is_blocked=True).count()


def entries_of_package(number: int) -> Q:
    """Return the condition that a quarantined entry is of a package."""
    first, last = rows_of(number)
    return Q(entry__gte=first, entry__lte=last)
