"""What pages of a case show of welfare: how much was uncovered for how many files."""

from collections.abc import Mapping

from django.http import HttpRequest

from polit.web.accounts.signed_in import user_of
from polit.web.core.access import case_access_of
from polit.web.media.asked import package_asked
from polit.web.welfare.queries import HvFigures, has_exposures, hv_of_case, hv_of_exhibit
from polit.web.welfare.rules import REVIEWING, TELLING


def case_figures(request: HttpRequest) -> Mapping[str, object] | None:
    """Return the figures of a case; nothing while nobody uncovered anything."""
    granted = case_access_of(request)
    roles = user_of(request).roles
    figures = hv_of_case(granted)
    may_review = bool(roles & REVIEWING.read)
    if not figures.uncovered and not may_review:
        return None
    return {
        "case": granted.case,
        "figures": figures,
        "rows": figure_rows(figures),
        "may_review": may_review,
        "may_tell": bool(roles & TELLING.write),
    }


def results_figures(request: HttpRequest) -> Mapping[str, object] | None:
    """Return the figures of an exhibit's package; nothing while nobody uncovered anything."""
    granted = case_access_of(request)
    match = request.resolver_match
    if match is None:
        return None
    package = package_asked(request, match.kwargs["examination_id"])
    if not has_exposures(granted):
        return None
    figures = hv_of_exhibit(granted, package)
    if not figures.uncovered:
        return None
    return {"case": granted.case, "figures": figures, "rows": figure_rows(figures)}


def figure_rows(figures: HvFigures) -> list[tuple[str, int, str]]:
    """Return the companions of HV/1k: what, how many, by which rule."""
    return [
        ("Officer and stack", figures.looks,
         "Each pair once, however often it was looked at; a 160 px page counts."),
        ("Views at full size", figures.full_size, "Each stack of each look, grey or colour."),
        ("Repeat views", figures.repeats,
         "The same officer had seen as much of it before, in another look."),
        ("Seconds of sound", figures.audio_s, "As asked for."),
        ("Texts opened", figures.texts, "Chats and messages."),
        ("Avoidable views", figures.avoidable,
         "It was graded or settled already, and no second review asked for it. The target is 0."),
    ]  # fmt: skip
