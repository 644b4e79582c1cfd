"""Pages of results: what hash sets know of a package's contents."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import access, case_access_of
from polit.web.core.found import or_404
from polit.web.core.rules import Access, Scope
from polit.web.examinations.rules import READERS, TILE_READERS
from polit.web.matching.queries import (
    known_counts,
    known_page,
    known_sets,
    sets_known,
    source_list,
    supplement_look_of,
)
from polit.web.matching.rules import Verdict, verdict_of
from polit.web.matching.shown import shown_origins, status_words
from polit.web.media.forms import number_of
from polit.web.media.queries import package_get
from polit.web.media.rules import package_of

_READING = Access(Scope.CASE, read=READERS)


@access(_READING)
def known(request: HttpRequest, case_id: UUID, examination_id: UUID) -> HttpResponse:
    """List what hash sets know of a package's contents: alerts first."""
    del case_id
    granted = case_access_of(request)
    package = or_404(lambda: package_get(granted, examination_id))
    counts = known_counts(package)
    asked = verdict_of(request.GET.get("verdict", ""))
    verdict = asked or next((each for each in Verdict if counts.get(each)), Verdict.ALERT)
    rows, after = known_page(package, verdict, after=number_of(request.GET.get("after", "")))
    counting = frozenset(map(package_of, sets_known(package.number)))
    origins = shown_origins(source_list(package), package, counting=counting)
    sees = bool(user_of(request).roles & TILE_READERS)
    shown = {
        "case": granted.case,
        "package": package,
        "may_see_tiles": sees,
        "verdicts": [(each, counts.get(each, 0)) for each in Verdict],
        "verdict": verdict,
        "rows": rows,
        "after": str(after or ""),
        "origins": origins,
        "look": supplement_look_of(package),
        "sets": [(each, status_words(each.status), bytes(each.set_sha256).hex())
                 for each in known_sets(package)],
    }  # fmt: skip
    return render(request, "matching/known.html", shown)
