"""Computes the stacks and the effect of a package or a whole case, and keeps them.

Run by the worker alone. The rows come under the number of their run and are seen by nobody before
the run is ready; earlier runs of the same scope go afterwards. The same packages and matches give
the same stacks in the same order.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max, Q

from polit.base.clock import now_utc
from polit.match.effect import effect_of
from polit.match.stack_columns import Stackable
from polit.match.stacks import Stack
from polit.model.matching import MatchTerms
from polit.web.matching.models import MatchSource, StackMember, StackRow, StackRun
from polit.web.matching.services.stackables import stackables, unread, verdicts
from polit.web.media.models import Package
from polit.web.media.rules import PackageState, rows_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

_ROWS_AT_ONCE = 5_000
_THRESHOLD_BITS = MatchTerms().near_threshold_bits


def stacks_make(case_id: UUID, package_id: UUID | None) -> StackRun | None:
    """Compute the stacks of a package, or of a case, unless they are there already.

    Args:
        case_id: The case.
        package_id: The package; ``None`` for all of the case together.

    Returns:
        The run that pages show now; ``None`` where there is no package to stack, or a package
        came or went meanwhile: whoever did that asked for stacks anew.
    """
    packages = _packages(case_id, package_id)
    basis = basis_of(packages)
    latest = _runs(case_id, package_id).filter(is_ready=True).order_by("-id").first()
    if latest is not None and latest.basis == basis:
        return latest
    if not packages and latest is None:
        return None
    run = StackRun.objects.create(
        case_id=case_id, package_id=package_id, basis=basis, threshold_bits=_THRESHOLD_BITS,
        made_at=now_utc(),
    )  # fmt: skip
    try:
        is_shown = _compute(run, packages)
    except StackRun.DoesNotExist:
        return None  # a later one, computed beside it, took its place
    if not is_shown:
        return None
    _drop_earlier(run)
    return run


def basis_of(packages: list[int]) -> str:
    """Return a digest of what stacks are computed from: the packages, and their latest sources."""
    rows = MatchSource.objects.filter(package__number__in=packages, state="imported").order_by()
    latest = rows.values_list("package__number").annotate(latest=Max("supplement"))
    text = json.dumps([packages, sorted(latest), _THRESHOLD_BITS])
    return hashlib.sha256(text.encode()).hexdigest()


def _packages(case_id: UUID, package_id: UUID | None) -> list[int]:
    rows = Package.objects.filter(case_id=case_id, state=PackageState.IMPORTED.value)
    if package_id is not None:
        rows = rows.filter(pk=package_id)
    return list(rows.order_by("number").values_list("number", flat=True))


def _runs(case_id: UUID, package_id: UUID | None) -> "QuerySet[StackRun]":
    of_package = Q(package=None) if package_id is None else Q(package_id=package_id)
    return StackRun.objects.filter(of_package, case_id=case_id)


def _compute(run: StackRun, packages: list[int]) -> bool:
    """Compute a run and keep its rows; tell whether pages may show it.

    Raises:
        StackRun.DoesNotExist: The run was dropped meanwhile.
    """
    numbers: dict[bytes, int] = {}

    def media() -> Iterator[Stackable]:
        for one in stackables(packages):
            numbers[one.stackable.sha256] = one.content_id
            yield one.stackable

    report = effect_of(
        media(), verdicts(packages), unread=unread(packages), threshold_bits=run.threshold_bits
    )
    kept = [stack for stack in report.stacks if stack.occurrences > 1]
    _keep(run, kept, numbers)
    with transaction.atomic():
        # Whoever withdraws a package holds its row: before this it is seen here, after it the
        # run is taken out of sight.
        held = Package.objects.select_for_update(of=("self",)).filter(number__in=packages)
        list(held.order_by("number").values_list("pk"))
        if _packages(run.case_id, run.package_id) != packages:
            return False
        StackRun.objects.filter(pk=run.pk).update(
            is_ready=True, stacks=len(kept), effect=json.dumps(asdict(report.effect))
        )
    run.refresh_from_db()
    return True


def _keep(run: StackRun, stacks: list[Stack], numbers: dict[bytes, int]) -> None:
    base = run.pk << 32
    place = 0
    for first in range(0, len(stacks), _ROWS_AT_ONCE):
        some = stacks[first : first + _ROWS_AT_ONCE]
        rows, members = [], []
        for number, stack in enumerate(some, start=base + first + 1):
            rows.append(_row(number, stack, numbers))
            for member in stack.members:
                place += 1
                members.append(
                    StackMember(
                        id=base + place, stack_id=number, content_id=numbers[member.sha256],
                        distance_bits=member.distance_bits, variant=member.variant,
                        occurrences=member.occurrences,
                    )
                )  # fmt: skip
        with transaction.atomic():
            # Rows of a run that is gone would stay for ever.
            StackRun.objects.select_for_update().get(pk=run.pk)
            StackRow.objects.bulk_create(rows)
            StackMember.objects.bulk_create(members, batch_size=_ROWS_AT_ONCE)


def _row(number: int, stack: Stack, numbers: dict[bytes, int]) -> StackRow:
    return StackRow(
        id=number,
        content_id=numbers[stack.members[0].sha256],
        contents=len(stack.members),
        occurrences=stack.occurrences,
        farthest_bits=max(member.distance_bits for member in stack.members),
    )


def _drop_earlier(run: StackRun) -> None:
    """Delete earlier runs of the scope with their rows, also those that a kill left unready."""
    earlier = _runs(run.case_id, run.package_id).filter(id__lt=run.pk)
    for number in earlier.values_list("id", flat=True):
        with transaction.atomic(), connection.cursor() as cursor:
            for table in ("matching_stack_member", "matching_stack"):
                cursor.execute(
                    f"DELETE FROM {table} WHERE id BETWEEN %s AND %s",  # noqa: S608 - ours
                    list(rows_of(number)),
                )
            StackRun.objects.filter(pk=number).delete()
