"""Pages of stacks: of an exhibit's package, of a whole case, and one stack opened."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from polit.web.core.access import access, case_access_of
from polit.web.core.found import or_404
from polit.web.core.rules import Access, Scope
from polit.web.examinations.rules import TILE_READERS
from polit.web.matching.stack_queries import member_page, run_of, stack_get, stack_page
from polit.web.media.forms import number_of
from polit.web.media.models import Package
from polit.web.media.queries import package_get

_TILES = Access(Scope.CASE, read=TILE_READERS)
_LARGEST = 2**63 - 1


@access(_TILES)
def stacks(request: HttpRequest, case_id: UUID, examination_id: UUID) -> HttpResponse:
    """Show the stacks of an exhibit's package as safe tiles."""
    del case_id
    granted = case_access_of(request)
    package = or_404(lambda: package_get(granted, examination_id))
    return _stacks(request, package)


@access(_TILES)
def case_stacks(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show the stacks of all packages of a case together as safe tiles."""
    del case_id
    return _stacks(request, None)


@access(_TILES)
def stack(request: HttpRequest, case_id: UUID, stack_id: int) -> HttpResponse:
    """Show what stands in one stack, best copy first."""
    del case_id
    if stack_id > _LARGEST:
        raise Http404
    granted = case_access_of(request)
    row, run = or_404(lambda: stack_get(granted, stack_id))
    members, after = member_page(granted, row, after=number_of(request.GET.get("after", "")))
    shown = {
        "case": granted.case,
        "package": run.package,
        "stack": row,
        "run": run,
        "members": members,
        "after": str(after or ""),
    }
    return render(request, "matching/stack.html", shown)


def _stacks(request: HttpRequest, package: Package | None) -> HttpResponse:
    granted = case_access_of(request)
    run = run_of(granted, package)
    asked = number_of(request.GET.get("after", ""))
    rows, after = stack_page(run, after=asked) if run is not None else ([], None)
    shown = {
        "case": granted.case,
        "package": package,
        "may_see_tiles": True,
        "run": run,
        "rows": rows,
        "after": str(after or ""),
    }
    template = "matching/stacks.html" if package is not None else "matching/case_stacks.html"
    return render(request, template, shown)
