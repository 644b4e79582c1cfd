"""What is asked of matches and alerts. Every query takes the access to a case, or a person."""

import functools
import operator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Min, OuterRef, Q, Subquery

from polit.model.knowledge import Saying, counting_sets
from polit.web.accounts.models import User
from polit.web.cases.queries import cases_for
from polit.web.core.access import CaseAccess
from polit.web.core.paging import Page, page_of
from polit.web.matching.models import (
    Alert,
    AlertPlace,
    AlertStep,
    ContentMatch,
    KnownContent,
    MatchSet,
    MatchSource,
    Rematch,
    SupplementLook,
)
from polit.web.matching.rules import AlertState, AlertWanted, Verdict
from polit.web.media.models import Content, Derivative, Entry, Package
from polit.web.media.quarantine import content_shown, contents_visible, entries_visible
from polit.web.media.rules import PackageState, package_of, rows_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

PAGE_KNOWN = 50
MOST_MATCHES = 100
_SOURCES_AT_ONCE = 200
_MOST_SETS = 500
_TILE_ROLE = 1
_IMPORTED = PackageState.IMPORTED.value


@dataclass(frozen=True, slots=True)
class AlertCounts:
    """How many alerts of a case wait, and since when.

    Args:
        open: Nobody acknowledged them.
        acknowledged: Somebody did, and nobody closed them.
        oldest_at: When the oldest that is open was raised, ``None`` where none is.
    """

    open: int
    acknowledged: int
    oldest_at: datetime | None


def _alerts(access: CaseAccess) -> "QuerySet[Alert]":
    return Alert.objects.filter(content_shown(case="case_id"), case_id=access.case.id, is_seen=True)


def alert_counts(access: CaseAccess) -> AlertCounts:
    """Return how many alerts of a case wait. One query."""
    rows = _alerts(access).exclude(state=AlertState.CLOSED.value)
    found = {
        state: (count, oldest)
        for state, count, oldest in rows.order_by()
        .values("state")
        .annotate(many=Count("id"), oldest=Min("raised_at"))
        .values_list("state", "many", "oldest")
    }
    waiting, oldest_at = found.get(AlertState.OPEN.value, (0, None))
    return AlertCounts(waiting, found.get(AlertState.ACKNOWLEDGED.value, (0, None))[0], oldest_at)


@dataclass(frozen=True, slots=True)
class CaseAlerts:
    """How many open alerts one case has."""

    case_id: UUID
    reference: str
    open: int
    oldest_at: datetime


def alerts_waiting(user: User, *, most: int = 10) -> list[CaseAlerts]:
    """Return a person's cases with open alerts, the oldest alert first. One query."""
    rows = Alert.objects.filter(
        content_shown(case="case_id"),
        case_id__in=cases_for(user).values("pk"),
        is_seen=True,
        state=AlertState.OPEN.value,
    )
    counted = (
        rows.order_by()
        .values("case_id", "case__reference")
        .annotate(many=Count("id"), oldest=Min("raised_at"))
        .order_by("oldest", "case__reference")
    )
    return [
        CaseAlerts(row["case_id"], row["case__reference"], row["many"], row["oldest"])
        for row in counted[:most]
    ]


def alert_page(access: CaseAccess, wanted: AlertWanted, *, after: str = "") -> Page[Alert]:
    """Return a page of a case's alerts: exact ones first, then the oldest."""
    rows = _alerts(access)
    if not wanted.state:
        rows = rows.exclude(state=AlertState.CLOSED.value)
    elif wanted.state != "all":
        rows = rows.filter(state=wanted.state)
    if wanted.is_exact is not None:
        rows = rows.filter(is_exact=wanted.is_exact)
    if wanted.exhibit:
        places = AlertPlace.objects.filter(
            package__exhibit__reference=wanted.exhibit,
            package__case_id=access.case.id,
            package__state=_IMPORTED,
        )
        rows = rows.filter(pk__in=places.values("alert_id"))
    shown = rows.select_related("exhibit", "source__package")
    return page_of(shown.defer("source__package__manifest"), key="place", after=after)


def alert_exhibits(access: CaseAccess) -> list[str]:
    """Return the exhibits of a case in which contents alert, by reference."""
    rows = AlertPlace.objects.filter(
        alert__case_id=access.case.id, package__state=_IMPORTED
    ).order_by()
    names = rows.values_list("package__exhibit__reference", flat=True).distinct()
    return sorted(names)


def alert_get(access: CaseAccess, alert_id: UUID) -> Alert:
    """Return an alert of a case.

    Raises:
        Alert.DoesNotExist: The case has none of that identifier.
    """
    rows = _alerts(access).select_related("exhibit", "source__package")
    return rows.defer("source__package__manifest").get(pk=alert_id)


def alert_steps(alert: Alert) -> list[AlertStep]:
    """Return what was done about an alert, in order."""
    return list(AlertStep.objects.filter(alert=alert).order_by("recorded_at", "pk"))


def alert_entries(access: CaseAccess, alert: Alert, *, most: int) -> list[Entry]:
    """Return entries of the case that have an alert's content, at most ``most``."""
    places = contents_visible().filter(
        sha256=bytes(alert.sha256), package__case_id=access.case.id, package__state=_IMPORTED
    )
    rows = entries_visible().filter(content_id__in=list(places.values_list("id", flat=True)))
    return list(
        rows.select_related("package__exhibit").defer("package__manifest").order_by("id")[:most]
    )


def tiled(contents: list[int]) -> frozenset[int]:
    """Return which of some contents have a safe tile that can be opened here, and may be seen."""
    shown = contents_visible().filter(pk__in=contents).values("pk")
    found = Derivative.objects.filter(content_id__in=shown, role=_TILE_ROLE, story=0)
    return frozenset(found.values_list("content_id", flat=True))


@dataclass(frozen=True, slots=True)
class KnownRow:
    """A known content of a list.

    Args:
        content: The content.
        known: What its matches come to.
        entry_id: One entry that has it, ``None`` where none does.
        path: That entry's path.
        has_tile: Whether it has a safe tile.
    """

    content: Content
    known: KnownContent
    entry_id: int | None
    path: str
    has_tile: bool


def known_counts(package: Package) -> dict[Verdict, int]:
    """Return how many contents of a package come to each verdict. One query."""
    rows = KnownContent.objects.filter(id__range=rows_of(package.number)).order_by()
    counted = rows.values_list("verdict").annotate(many=Count("id"))
    return {Verdict(verdict): many for verdict, many in counted}


def known_page(
    package: Package, verdict: Verdict, *, after: int | None = None
) -> tuple[list[KnownRow], int | None]:
    """Return a page of a package's contents of one verdict, and the number to go on after."""
    first, last = rows_of(package.number)
    rows = KnownContent.objects.filter(
        verdict=verdict.value, id__gt=max(after or 0, first - 1), id__lte=last
    )
    found = list(rows.order_by("id")[: PAGE_KNOWN + 1])
    goes_on = len(found) > PAGE_KNOWN
    found = found[:PAGE_KNOWN]
    numbers = [each.id for each in found]
    entry = entries_visible().filter(content_id=OuterRef("pk")).order_by("id")
    contents = (
        contents_visible()
        .filter(id__in=numbers)
        .annotate(
            entry_number=Subquery(entry.values("id")[:1]),
            entry_path=Subquery(entry.values("path")[:1]),
        )
    )
    by_number = {content.id: content for content in contents.select_related("mime")}
    have_tiles = tiled(numbers)
    shown = [
        KnownRow(
            content,
            each,
            getattr(content, "entry_number", None),
            getattr(content, "entry_path", None) or "",
            each.id in have_tiles,
        )
        for each in found
        if (content := by_number.get(each.id)) is not None
    ]
    return shown, found[-1].id if goes_on else None


def source_list(package: Package) -> list[MatchSource]:
    """Return where a package's matches came from, the newest first."""
    rows = MatchSource.objects.filter(package=package).exclude(state="arriving")
    return list(rows.order_by("-supplement"))


def supplement_look_of(package: Package) -> SupplementLook | None:
    """Return what the last look for a package's supplements found, ``None`` before the first."""
    return SupplementLook.objects.filter(package=package).exclude(looked_at=None).first()


def known_sets(package: Package) -> list[MatchSet]:
    """Return the hash sets of which a source's word counts today, by source and digest."""
    wanted = sorted(sets_known(package.number))
    return list(MatchSet.objects.filter(id__in=wanted).order_by("id")[:_MOST_SETS])


@dataclass(frozen=True, slots=True)
class SourceMatches:
    """What one source says of a content.

    Args:
        source: The package itself or a supplement.
        is_current: Whether its word on any set is what is known today.
        matches: Its matches, exact ones first, at most ``MOST_MATCHES``.
    """

    source: MatchSource
    is_current: bool
    matches: tuple[ContentMatch, ...]


def content_matches(access: CaseAccess, content_id: int) -> list[SourceMatches]:
    """Return what each source says of a content, the newest source first.

    Returns:
        Nothing where no hash set was ever asked, or the case has no such content to be seen.
    """
    number = package_of(content_id)
    sources = list(
        MatchSource.objects.filter(
            package__number=number, package__case_id=access.case.id,
            package__state=_IMPORTED, state="imported",
        ).order_by("-supplement")
    )  # fmt: skip
    current = {package_of(one) for one in sets_known(number)} if sources else set()
    rows = ContentMatch.objects.filter(content_id=content_id).select_related(
        "match_set", "variant", "asserted"
    )
    found: dict[int, list[ContentMatch]] = {}
    for match in rows.order_by("algorithm", "distance_bits", "id")[: MOST_MATCHES * 5]:
        found.setdefault(package_of(match.pk), []).append(match)
    return [
        SourceMatches(
            source,
            source.number in current or place == 0,
            tuple(found.get(source.number, ())[:MOST_MATCHES]),
        )
        for place, source in enumerate(sources)
    ]


def sets_known(package_number: int, coming: MatchSource | None = None) -> frozenset[int]:
    """Return the numbers of the hash sets of which a source's word counts today.

    Args:
        package_number: The package.
        coming: A supplement that is not imported yet, and counts already.
    """
    rows = MatchSource.objects.filter(
        package__number=package_number, state="imported", supplement__gt=0
    )
    sources = [*rows.order_by("supplement"), *([coming] if coming is not None else [])]
    numbers = [package_number, *(source.number for source in sources)]
    named: dict[int, dict[str, int]] = {number: {} for number in numbers}
    for first in range(0, len(numbers), _SOURCES_AT_ONCE):
        ranges = [Q(id__range=rows_of(one)) for one in numbers[first : first + _SOURCES_AT_ONCE]]
        wanted = MatchSet.objects.filter(functools.reduce(operator.or_, ranges)).order_by()
        for set_number, sha256 in wanted.values_list("id", "set_sha256"):
            named[package_of(set_number)][bytes(sha256).hex()] = set_number
    asked_all = [True, *(source.all_sets for source in sources)]
    sayings = [
        Saying(frozenset(named[number]), all_sets=whole)
        for number, whole in zip(numbers, asked_all, strict=True)
    ]
    return frozenset(
        named[number][sha256]
        for number, counting in zip(numbers, counting_sets(sayings), strict=True)
        for sha256 in counting
    )


def entry_content(access: CaseAccess, entry_id: int) -> int | None:
    """Return the content of an entry of the case, ``None`` where it has none to be seen."""
    rows = entries_visible().filter(
        pk=entry_id, package__case_id=access.case.id, package__state=_IMPORTED
    )
    return rows.values_list("content_id", flat=True).first()


def rematch_list(access: CaseAccess | None, *, most: int = 20) -> list[Rematch]:
    """Return the latest matchings of a case's packages, or of all packages, the newest first."""
    of_case = Q(case=None) if access is None else Q(case_id=access.case.id)
    return list(Rematch.objects.filter(of_case).order_by("-recorded_at")[:most])
