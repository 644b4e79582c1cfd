"""What is asked of stacks and of the effect. Every query takes the access to a case."""

import json
from dataclasses import dataclass
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery

from polit.web.core.access import CaseAccess
from polit.web.matching.models import StackMember, StackRow, StackRun
from polit.web.matching.queries import tiled
from polit.web.media.models import Entry, Package
from polit.web.media.quarantine import contents_visible, entries_visible
from polit.web.media.rules import PackageState, package_of, rows_of

PAGE_STACKS = 60
PAGE_MEMBERS = 60
_PER = 1000


@dataclass(frozen=True, slots=True)
class EffectFigures:
    """What matching spared, as the worker counted it; the places add up to all files.

    Args:
        media_files: Pictures and videos, copies included.
        known_good: Settled by a digest that is known to be harmless.
        categorised: Settled by a digest whose category others have decided.
        exact_copies: The second, third … of a content that is not settled.
        near_copies: Alike enough to stand in a stack behind another content.
        alerts_to_view: Contents that alert and are not settled.
        others_to_view: Stacks, and contents that nothing is like.
        not_decoded: How many of those to view were not decoded.
    """

    media_files: int
    known_good: int
    categorised: int
    exact_copies: int
    near_copies: int
    alerts_to_view: int
    others_to_view: int
    not_decoded: int

    @property
    def left_to_view(self) -> int:
        """What is left for people to look at."""
        return self.alerts_to_view + self.others_to_view

    @property
    def views_per_1000(self) -> int:
        """What is left to view of 1,000 files, rounded up."""
        return -(-_PER * self.left_to_view // self.media_files) if self.media_files else 0


def run_of(access: CaseAccess, package: Package | None) -> StackRun | None:
    """Return the latest run of a package, or of the case, that is whole; ``None`` for none yet."""
    of_package = Q(package=None) if package is None else Q(package=package)
    rows = StackRun.objects.filter(of_package, case_id=access.case.id, is_ready=True)
    return rows.order_by("-id").first()


def run_of_examination(access: CaseAccess, examination_id: UUID) -> StackRun | None:
    """Return the latest run of an examination's package that is whole; ``None`` for none yet."""
    rows = StackRun.objects.filter(
        case_id=access.case.id, package__examination_id=examination_id, is_ready=True
    )
    return rows.order_by("-id").first()


def effect_figures(run: StackRun) -> EffectFigures | None:
    """Return the figures of a run, ``None`` where an earlier version counted others."""
    found = json.loads(run.effect)
    if not isinstance(found, dict):
        return None
    names = EffectFigures.__dataclass_fields__
    figures = {name: found[name] for name in names if isinstance(found.get(name), int)}
    return EffectFigures(**figures) if len(figures) == len(names) else None


@dataclass(frozen=True, slots=True)
class TiledStack:
    """A stack of a list, and whether its best copy has a safe tile."""

    row: StackRow
    has_tile: bool


def stack_page(run: StackRun, *, after: int | None = None) -> tuple[list[TiledStack], int | None]:
    """Return a page of stacks, those of most files first, and the number to go on after."""
    first, last = rows_of(run.pk)
    rows = StackRow.objects.filter(id__gt=max(after or 0, first - 1), id__lte=last).order_by("id")
    found = list(rows[: PAGE_STACKS + 1])
    goes_on = len(found) > PAGE_STACKS
    found = found[:PAGE_STACKS]
    have_tiles = tiled([each.content_id for each in found])
    shown = [TiledStack(each, each.content_id in have_tiles) for each in found]
    return shown, found[-1].id if goes_on else None


def stack_get(access: CaseAccess, stack_id: int) -> tuple[StackRow, StackRun]:
    """Return a stack of the case, and the run that it belongs to.

    Raises:
        StackRow.DoesNotExist: The case has none of that number: it may have been made anew.
    """
    runs = StackRun.objects.filter(case_id=access.case.id, is_ready=True, pk=package_of(stack_id))
    run = runs.select_related("package__exhibit").defer("package__manifest").first()
    if run is None:
        raise StackRow.DoesNotExist
    return StackRow.objects.get(pk=stack_id), run


@dataclass(frozen=True, slots=True)
class ShownMember:
    """A member of a stack.

    Args:
        member: The member.
        exhibit: The exhibit in which it stands, or one of them.
        entry_id: One entry that has the content, ``None`` where none is to be seen.
        path: That entry's path.
        has_tile: Whether it has a safe tile.
    """

    member: StackMember
    exhibit: str
    entry_id: int | None
    path: str
    has_tile: bool


def member_page(
    access: CaseAccess, stack: StackRow, *, after: int | None = None
) -> tuple[list[ShownMember], int | None]:
    """Return a page of a stack's members, best copy first, and the number to go on after."""
    rows = StackMember.objects.filter(
        stack=stack, id__gt=after or 0, content_id__in=contents_visible().values("pk")
    ).order_by("id")
    found = list(rows[: PAGE_MEMBERS + 1])
    goes_on = len(found) > PAGE_MEMBERS
    found = found[:PAGE_MEMBERS]
    numbers = [each.content_id for each in found]
    have_tiles, places = tiled(numbers), _places(access, numbers)
    shown = []
    for each in found:
        entry = places.get(each.content_id)
        shown.append(
            ShownMember(
                each,
                entry.package.exhibit.reference if entry else "",
                entry.pk if entry else None,
                entry.path if entry else "",
                each.content_id in have_tiles,
            )
        )
    return shown, found[-1].pk if goes_on else None


def _places(access: CaseAccess, numbers: list[int]) -> dict[int, Entry]:
    """Return one entry of each content, the first by its locator."""
    visible = contents_visible().filter(
        id__in=numbers, package__case_id=access.case.id,
        package__state=PackageState.IMPORTED.value,
    )  # fmt: skip
    firsts = visible.annotate(first_entry=_first_entry()).values_list("first_entry", flat=True)
    rows = entries_visible().filter(id__in=[each for each in firsts if each is not None])
    rows = rows.select_related("package__exhibit").defer("package__manifest")
    return {entry.content_id: entry for entry in rows if entry.content_id is not None}


def _first_entry() -> Subquery:
    entry = entries_visible().filter(content_id=OuterRef("pk")).order_by("id")
    return Subquery(entry.values("id")[:1])
