"""What is asked of quarantine: counts for everybody, names for independent counsel alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Min, Q

from polit.web.accounts.models import User
from polit.web.cases.models import Case
from polit.web.cases.queries import counsel_cases_for
from polit.web.core.access import CaseAccess
from polit.web.core.versions import version_of
from polit.web.media.models import Entry, Folder, Package, QuarantinedEntry, Tag
from polit.web.media.quarantine import entries_of_package
from polit.web.media.rules import PackageState, PrivilegeState, rows_of
from polit.web.privilege.models import CounselDecision, Hold, TermList
from polit.web.privilege.rules import matcher_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

_AT_ONCE = 5_000
_THERE = (PackageState.IMPORTED.value, PackageState.WITHDRAWN.value)


@dataclass(frozen=True, slots=True)
class TermCounts:
    """What a list of terms would quarantine.

    Args:
        terms: Each term with how many entries it matches.
        entries: How many entries match any.
        fresh: How many of them are not quarantined yet, nor were released.
        mark: Tells this count from another one.
    """

    terms: tuple[tuple[str, int], ...]
    entries: int
    fresh: int
    mark: str


@dataclass(frozen=True, slots=True)
class StateCounts:
    """How many entries of a case are quarantined, by what counsel decided."""

    held: int
    privileged: int
    partly: int
    released: int

    @property
    def blocked(self) -> int:
        """How many are hidden."""
        return self.held + self.privileged + self.partly


def packages_there(case_id: UUID) -> list[int]:
    """Return the numbers of a case's packages whose rows are in the record, also withdrawn ones."""
    rows = Package.objects.filter(case_id=case_id, state__in=_THERE)
    return list(rows.order_by("number").values_list("number", flat=True))


def term_matches(package_number: int, terms: tuple[str, ...]) -> dict[int, set[int]]:
    """Return the entries of a package that hold terms in names, paths, targets or metadata.

    Returns:
        By the entry's number the indexes of the terms.
    """
    matcher, found = matcher_of(terms), dict[int, set[int]]()
    for rows in _rows(package_number):
        texts = [_text(path, locator, target) for _, path, locator, target in rows]
        for index, term in matcher.found(texts):
            found.setdefault(rows[index][0], set()).add(term)
    for tags in _tags(package_number):
        said: dict[int, set[int]] = {}
        for index, term in matcher.found([value for _, value in tags]):
            said.setdefault(tags[index][0], set()).add(term)
        entries = Entry.objects.filter(content_id__in=list(said)).values_list("id", "content_id")
        for entry_id, content_id in entries:
            found.setdefault(entry_id, set()).update(said[content_id or 0])
    return found


def folders_matching(package_number: int, terms: tuple[str, ...]) -> list[int]:
    """Return the folders of a package whose paths hold terms."""
    rows = list(_folders(package_number))
    matcher = matcher_of(terms)
    return sorted({rows[index][0] for index, _ in matcher.found([path for _, path in rows])})


def _folders(package_number: int) -> "QuerySet[Folder, tuple[int, str]]":
    rows = Folder.objects.filter(id__range=rows_of(package_number)).order_by("id")
    return rows.values_list("id", "path")


def _text(path: str, locator: str, target: bytes | None) -> str:
    told = bytes(target).decode(errors="replace") if target else ""
    return f"{path}\n{locator}\n{told}"


def _rows(package_number: int) -> Iterator[list[tuple[int, str, str, bytes | None]]]:
    first, last = rows_of(package_number)
    after = first - 1
    while True:
        rows = Entry.objects.filter(id__gt=after, id__lte=last).order_by("id")
        named = rows.values_list("id", "path", "locator", "link_target")
        some = [
            (pk, path, locator, bytes(target) if target is not None else None)
            for pk, path, locator, target in named[:_AT_ONCE]
        ]
        if not some:
            return
        yield some
        after = some[-1][0]


def _tags(package_number: int) -> Iterator[list[tuple[int, str]]]:
    first, last = rows_of(package_number)
    after = first - 1
    while True:
        rows = Tag.objects.filter(id__gt=after, id__lte=last).order_by("id")
        some = list(rows.values_list("id", "content_id", "value")[:_AT_ONCE])
        if not some:
            return
        yield [(content, value) for _, content, value in some]
        after = some[-1][0]


def terms_count(access: CaseAccess, terms: tuple[str, ...]) -> TermCounts:
    """Return what a list of terms matches in a case, before anything is quarantined."""
    counts = dict.fromkeys(range(len(terms)), 0)
    entries = fresh = 0
    for number in packages_there(access.case.id):
        found = term_matches(number, terms)
        entries += len(found)
        for matched in found.values():
            for term in matched:
                counts[term] += 1
        known = QuarantinedEntry.objects.filter(entries_of_package(number))
        fresh += len(found.keys() - set(known.values_list("pk", flat=True)))
    told = tuple((term, counts[index]) for index, term in enumerate(terms))
    mark = version_of({"terms": list(terms), "entries": entries, "fresh": fresh})
    return TermCounts(told, entries, fresh, mark)


def terms_latest(case_id: UUID) -> TermList | None:
    """Return the list of terms that holds in a case, ``None`` where there is none."""
    return TermList.objects.filter(case_id=case_id).order_by("-version").first()


def state_counts(case_id: UUID) -> StateCounts:
    """Return how many entries of a case are quarantined, by state. One query."""
    rows = QuarantinedEntry.objects.filter(case_id=case_id).order_by().values_list("state")
    counts = dict(rows.annotate(many=Count("pk")))
    return StateCounts(*(counts.get(each.value, 0) for each in PrivilegeState))


def exhibit_counts(access: CaseAccess) -> list[tuple[str, int]]:
    """Return how many entries of each exhibit are hidden. One query and one for each package."""
    packages = Package.objects.filter(case_id=access.case.id, state__in=_THERE)
    named = packages.order_by("exhibit__reference", "number")
    blocked = QuarantinedEntry.objects.filter(case_id=access.case.id, is_blocked=True)
    counts: dict[str, int] = {}
    for number, reference in named.values_list("number", "exhibit__reference"):
        many = blocked.filter(entries_of_package(number)).count()
        counts[reference] = counts.get(reference, 0) + many
    return [(reference, many) for reference, many in counts.items() if many]


def hold_list(access: CaseAccess) -> "QuerySet[Hold]":
    """Return the acts that quarantined something in a case."""
    return Hold.objects.filter(case_id=access.case.id).select_related("exhibit", "term_list")


def quarantined_rows(access: CaseAccess) -> "QuerySet[QuarantinedEntry]":
    """Return what is or was quarantined in a case, with names: for counsel's pages alone."""
    rows = QuarantinedEntry.objects.filter(case_id=access.case.id)
    return rows.select_related("entry__package__exhibit", "entry__content").defer(
        "entry__package__manifest"
    )


def quarantined_get(access: CaseAccess, quarantined_id: int) -> QuarantinedEntry:
    """Return one of them.

    Raises:
        QuarantinedEntry.DoesNotExist: The case has quarantined none of that number.
    """
    return quarantined_rows(access).get(pk=quarantined_id)


def decision_list(row: QuarantinedEntry) -> list[CounselDecision]:
    """Return what was decided of an entry, in order."""
    return list(CounselDecision.objects.filter(entry=row).order_by("recorded_at", "pk"))


def decisions_standing(case_id: UUID, entries: list[int]) -> dict[int, CounselDecision]:
    """Return the decisions that hold of some entries, by the entry's number."""
    rows = CounselDecision.objects.standing().filter(case_id=case_id, entry__in=entries)
    return {each.entry_id: each for each in rows}


def counsel_list(user: User) -> list[Case]:
    """Return the cases in which a person is counsel, each with ``waiting``. One query."""
    rows = counsel_cases_for(user).order_by("reference")
    return list(rows)


def waiting_counts(case_ids: list[UUID]) -> dict[UUID, int]:
    """Return how many entries wait for counsel in each of some cases. One query."""
    rows = QuarantinedEntry.objects.filter(
        case_id__in=case_ids, state=PrivilegeState.HELD.value
    ).order_by()
    return dict(rows.values_list("case_id").annotate(many=Count("pk")))


def waiting_since(case_ids: list[UUID]) -> dict[UUID, object]:
    """Return since when the oldest entry of each of some cases waits for counsel. One query."""
    rows = QuarantinedEntry.objects.filter(
        Q(case_id__in=case_ids), state=PrivilegeState.HELD.value
    ).order_by()
    return dict(rows.values_list("case_id").annotate(oldest=Min("recorded_at")))
