"""Pages of what an examination came to: the account, entries, folders, safe tiles."""

import json
from collections.abc import Mapping
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render

from polit.base.errors import PolitError
from polit.model.manifest import Manifest
from polit.model.outcome import reason_name
from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.acting import actor_of
from polit.web.core.found import or_404
from polit.web.core.rules import Access, Scope
from polit.web.core.sections import sections_of
from polit.web.examinations.rules import EXAMINERS, READERS, TILE_READERS
from polit.web.media.asked import package_asked
from polit.web.media.export import csv_lines
from polit.web.media.forms import DownloadForm, Filters, filters_of, number_of
from polit.web.media.models import Package
from polit.web.media.queries import (
    MOST_VOLUMES,
    entry_get,
    entry_page,
    facet_counts,
    folder_get,
    folder_page,
    manifest_of,
    picture_page,
    reason_numbers,
    source_problems,
    tile_get,
    tiled_contents,
    volume_list,
)
from polit.web.media.services import entries_disclose
from polit.web.media.shown import (
    CHART_HEIGHT,
    CHART_WIDTH,
    basis_text,
    digests_of,
    entry_times,
    histogram,
    media_facts,
    shown_entries,
    shown_entry,
)
from polit.web.media.tiles import open_tile
from polit.web.media.volume_names import carved_places
from polit.web.media.volumes import volume_tree

_READING = Access(Scope.CASE, read=READERS)
_TILES = Access(Scope.CASE, read=TILE_READERS)
# Part of a page that was recorded: the page is the consultation, not each of its sixty tiles.
_ONE_TILE = Access(Scope.CASE, read=TILE_READERS, consults=False)
_TAKING_OUT = Access(Scope.CASE, read=EXAMINERS, write=EXAMINERS, fresh=True)
_LARGEST = 2**63 - 1


@access(_READING)
def results(request: HttpRequest, case_id: UUID, examination_id: UUID) -> HttpResponse:
    """Show the account of an examination: what was found, what failed, what was not looked at."""
    del case_id
    package = _package(request, examination_id)
    manifest, counts = manifest_of(package), facet_counts(package)
    problems, bad_ranges = source_problems(package)
    volumes, searches = volume_list(package)
    shown = {
        "package": package,
        "manifest": manifest,
        "checks": json.loads(package.checks),
        "kinds": sorted(manifest.kinds.items()),
        "states": counts.get("state", {}),
        "skipped": _reasons(counts),
        "reasons": counts.get("reason", {}),
        "source_problems": problems,
        "bad_ranges": bad_ranges,
        "volumes": volume_tree(volumes, searches),
        "has_more_volumes": len(volumes) == MOST_VOLUMES,
        "months": histogram(counts.get("modified_month", {})),
        "taken": histogram(counts.get("taken_month", {})),
        "chart": {"width": CHART_WIDTH, "height": CHART_HEIGHT},
        "decoders": _versions(manifest),
        "may_take_out": bool(user_of(request).roles & EXAMINERS),
        "sections": sections_of("results", request),
    }
    return _page(request, "media/results.html", package, shown)


@access(_READING)
def entries(request: HttpRequest, case_id: UUID, examination_id: UUID) -> HttpResponse:
    """List a package's entries, by the filters in the address."""
    del case_id
    package = _package(request, examination_id)
    filters = _filters(request, package)
    page = entry_page(package, filters.wanted, after=number_of(request.GET.get("after", "")))
    shown = {
        "filters": filters,
        "rows": shown_entries(page.rows),
        "after": str(page.after or ""),
        "searched": page.searched,
        "may_take_out": bool(user_of(request).roles & EXAMINERS),
    }
    return _page(request, "media/entries.html", package, shown)


@access(_TAKING_OUT, methods=("GET", "POST"))
def download(request: HttpRequest, case_id: UUID, examination_id: UUID) -> HttpResponseBase:
    """Send a package's entries as CSV, once it is recorded that they leave."""
    del case_id
    package = _package(request, examination_id)
    filters = _filters(request, package)
    form = DownloadForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        entries_disclose(
            actor_of(request),
            reason=form.cleaned_data["reason"],
            package=package,
            wanted=filters.wanted,
            purpose=case_access_of(request).purpose.value,
        )
        return StreamingHttpResponse(
            csv_lines(package, filters.wanted),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": 'attachment; filename="entries.csv"',
                "Cache-Control": "no-store",
            },
        )
    shown = {"form": form, "heading": "Download entries", "filters": filters}
    return _page(request, "media/download.html", package, shown)


@access(_READING)
def folders(request: HttpRequest, case_id: UUID, examination_id: UUID) -> HttpResponse:
    """Show the folders below one, with how many entries they hold."""
    del case_id
    package = _package(request, examination_id)
    wanted = number_of(request.GET.get("folder", ""))
    folder = None
    if wanted is not None:
        folder = or_404(lambda: folder_get(package, wanted))
    found, after = folder_page(package, folder, after=number_of(request.GET.get("after", "")))
    shown = {"folder": folder, "folders": found, "after": str(after or "")}
    return _page(request, "media/folders.html", package, shown)


@access(_TILES)
def tiles(request: HttpRequest, case_id: UUID, examination_id: UUID) -> HttpResponse:
    """Show safe tiles of pictures and videos, sixty a page, in the order of their places."""
    del case_id
    package = _package(request, examination_id)
    page = picture_page(package, after=number_of(request.GET.get("after", "")))
    tiled = tiled_contents(page.rows)
    shown = {
        "tiles": [(shown_entry(row), row.content_id in tiled, row.content_id) for row in page.rows],
        "after": str(page.after or ""),
        "not_decoded": [
            each for each in manifest_of(package).not_examined if "decoded" in each.what
        ],
    }
    return _page(request, "media/tiles.html", package, shown)


@access(_ONE_TILE)
def tile(request: HttpRequest, case_id: UUID, content_id: int) -> HttpResponse:
    """Send one safe tile: grey, at most 24 px."""
    del case_id
    place = tile_get(case_access_of(request), content_id) if content_id <= _LARGEST else None
    if place is None:
        raise Http404
    try:
        data = open_tile(place)
    except PolitError as error:
        raise Http404 from error
    return HttpResponse(
        data,
        content_type="image/webp",
        headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"},
    )


@access(_READING)
def entry(request: HttpRequest, case_id: UUID, entry_id: int) -> HttpResponse:
    """Show everything that is kept of one entry."""
    del case_id
    if entry_id > _LARGEST:
        raise Http404
    found = or_404(lambda: entry_get(case_access_of(request), entry_id))
    row, content = found.entry, found.entry.content
    media = getattr(content, "media", None)
    shown = {
        "found": found,
        "entry": row,
        "shown": shown_entry(row),
        "raw_name": bytes(row.raw_name).hex(),
        "link_target": bytes(row.link_target).decode(errors="backslashreplace")
        if row.link_target
        else "",
        "times": entry_times(row),
        "basis": basis_text(row.folder, is_inside=row.within_id is not None),
        "carved_places": carved_places(row.locator),
        "digests": digests_of(content),
        "media": media,
        "media_failed": reason_name(media.reason.word) if media and media.reason else "",
        "facts": media_facts(media),
        "sections": sections_of("entry", request),
    }
    return _page(request, "media/entry.html", found.package, shown)


def _package(request: HttpRequest, examination_id: UUID) -> Package:
    return or_404(lambda: package_asked(request, examination_id))


def _filters(request: HttpRequest, package: Package) -> Filters:
    counts = facet_counts(package)
    asked = {name: request.GET.get(name, "") for name in request.GET}
    return filters_of(asked, counts, reason_numbers(counts), package.number)


def _page(
    request: HttpRequest, template: str, package: Package, shown: Mapping[str, object]
) -> HttpResponse:
    case = case_access_of(request).case
    sees = bool(user_of(request).roles & TILE_READERS)
    return render(
        request, template, {"case": case, "package": package, "may_see_tiles": sees, **shown}
    )


def _reasons(counts: dict[str, dict[str, int]]) -> list[tuple[str, str, int]]:
    """Return the reasons of entries that were skipped, in words, with their counts."""
    failed = counts.get("failed", {})
    rows = []
    for reason, count in counts.get("reason", {}).items():
        skipped = count - failed.get(reason, 0)
        if reason and skipped:
            rows.append((reason, reason_name(reason), skipped))
    return rows


def _versions(manifest: Manifest) -> list[tuple[str, str]]:
    return sorted(manifest.versions.items())
