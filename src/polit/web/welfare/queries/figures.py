"""HV/1k and its companions: of a case, of an exhibit, of an officer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Aggregate, Count, Exists, OuterRef, Q, QuerySet, Sum

from polit.web.accounts.models import User
from polit.web.core.access import CaseAccess
from polit.web.matching.models import StackRun
from polit.web.matching.stack_queries import effect_figures, run_of
from polit.web.media.models import Content, Package
from polit.web.media.rules import rows_of
from polit.web.welfare.models import Exposure
from polit.web.welfare.rules import Rung, What

_PER: Final = 1000


@dataclass(frozen=True, slots=True)
class HvFigures:
    """How much was uncovered for how many files. Nothing here says how fast.

    Args:
        media_files: Pictures and videos, copies included.
        looks: Distinct pairs of an officer and a stack of which anything was uncovered.
        uncovered: Every row: each stack of each look.
        full_size: Looks at full size.
        repeats: Looks at what the officer had seen as much of before.
        avoidable: Looks at what was graded or settled already; the target is 0.
        audio_ms: Sound that was asked for.
        texts: Texts that were opened.
    """

    media_files: int
    looks: int
    uncovered: int
    full_size: int
    repeats: int
    avoidable: int
    audio_ms: int
    texts: int

    @property
    def tenths_per_1000(self) -> int:
        """HV/1k in tenths, rounded up; 0 where there are no files."""
        return -(-10 * _PER * self.looks // self.media_files) if self.media_files else 0

    @property
    def per_1000(self) -> str:
        """HV/1k with one decimal."""
        return f"{self.tenths_per_1000 // 10}.{self.tenths_per_1000 % 10}"

    @property
    def audio_s(self) -> int:
        """Seconds of sound, rounded up."""
        return -(-self.audio_ms // 1000)


def exposure_rows() -> QuerySet[Exposure]:
    """Return all exposures but those that came to nothing: it could not be shown."""
    return Exposure.objects.filter(unshown=None)


def has_exposures(access: CaseAccess) -> bool:
    """Tell whether anybody uncovered anything of a case."""
    return exposure_rows().filter(case_id=access.case.id).exists()


def hv_of_case(access: CaseAccess, *, media_files: int | None = None) -> HvFigures:
    """Return the figures of a case.

    Args:
        access: The case.
        media_files: Its pictures and videos where the caller knows them; else as the latest run
            of stacks counted them.
    """
    rows = exposure_rows().filter(case_id=access.case.id)
    return figures_of(rows, _counted(run_of(access, None)) if media_files is None else media_files)


def hv_of_exhibit(
    access: CaseAccess, package: Package, *, media_files: int | None = None
) -> HvFigures:
    """Return the figures of one exhibit's package: looks at what it holds, on whatever copy."""
    first, last = rows_of(package.number)
    held = Content.objects.filter(
        sha256=OuterRef("content_sha256"), package=package, id__gte=first, id__lte=last
    )
    rows = exposure_rows().filter(Exists(held), case_id=access.case.id)
    known = _counted(run_of(access, package)) if media_files is None else media_files
    return figures_of(rows, known)


def hv_of_officer(user: User) -> HvFigures:
    """Return the figures of a person over all their cases, for themselves."""
    rows = exposure_rows().filter(officer=user)
    cases = rows.order_by().values_list("case_id", flat=True).distinct()
    runs = StackRun.objects.filter(case_id__in=cases, package=None, is_ready=True).order_by("id")
    latest = {run.case_id: run for run in runs}
    return figures_of(rows, sum(map(_counted, latest.values())))


def figures_of(rows: QuerySet[Exposure], media_files: int) -> HvFigures:
    """Return the figures of some exposures, in two queries."""
    pairs = rows.order_by().values("officer_id", "stack_sha256").distinct()
    return HvFigures(
        media_files=media_files, looks=pairs.count(), **rows.aggregate(**_counts("", Q()))
    )


def figures_since(user: User, begins: Sequence[datetime]) -> list[HvFigures]:
    """Return the figures of a person since each of some instants, in one query."""
    wanted: dict[str, Aggregate] = {}
    for number, begin in enumerate(begins):
        since = Q(recorded_at__gte=begin)
        wanted |= _counts(f"_{number}", since)
        wanted[f"looks_{number}"] = Count("stack_sha256", filter=since, distinct=True)
    rows = exposure_rows().filter(officer=user, recorded_at__gte=min(begins))
    found = rows.aggregate(**wanted)
    names = [*_counts("", Q()), "looks"]
    return [
        HvFigures(media_files=0, **{name: found[f"{name}_{number}"] for name in names})
        for number in range(len(begins))
    ]


def _counts(suffix: str, which: Q) -> dict[str, Aggregate]:
    """Return what is counted of exposures, by the names of figures and a suffix."""
    sound = Q(what=What.SOUND.value)
    counts: dict[str, Aggregate] = {
        "uncovered": Count("pk", filter=which),
        "full_size": Count("pk", filter=which & Q(rung__gte=Rung.FULL_GREY)),
        "repeats": Count("pk", filter=which & Q(is_repeat=True)),
        "avoidable": Count("pk", filter=which & Q(is_avoidable=True)),
        "audio_ms": Sum("length_ms", filter=which & sound, default=0),
        "texts": Count("pk", filter=which & Q(what=What.TEXT.value)),
    }
    return {f"{name}{suffix}": count for name, count in counts.items()}


def _counted(run: StackRun | None) -> int:
    figures = effect_figures(run) if run is not None else None
    return figures.media_files if figures is not None else 0
