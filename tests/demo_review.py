"""Reviews the demonstration case by its truth, as an officer would go about it, and counts.

A page of tiles is uncovered once, grey and small. What shows nothing is decided from that, a page
at a time. A stack is opened, so that its members are seen beside each other. Only what bears a
mark is opened at full size, grey.
"""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from demo_case import HARMLESS, Fact
from demo_record import DemoCase
from review_client import PAGE, TILES_AT_ONCE, Order, Refused, Reviewer

_VIDEO = 1


@dataclass(slots=True)
class Course:
    """What a review came to.

    Args:
        pages: Pages of tiles that were uncovered.
        small: Items seen small.
        full: Items that were opened at full size or as a storyboard.
        decided: Items decided, by their right category.
        refused: Answers that were none, by their code.
        seconds: How long it took.
    """

    pages: int = 0
    small: int = 0
    full: int = 0
    decided: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


def review(demo: DemoCase, *, by_stacks: bool = True) -> Course:
    """Review all that is pending; return what it took.

    Args:
        demo: The case, whose first officer works.
        by_stacks: Whether a stack is one tile that is opened; else every item is a tile.
    """
    officer, course = demo.reviewers[0], Course()
    began_s = time.monotonic()
    officer.begin()
    stacked = "yes" if by_stacks else "no"
    order = officer.order(queue="pending", stacks=stacked)
    for places in _pages(order):
        _page(officer, demo.truth, places, course)
        for lead in _leads(order, places) if by_stacks else ():
            _stack(officer, demo.truth, lead, course)
    officer.close()
    course.seconds = round(time.monotonic() - began_s, 1)
    return course


def figures_of(demo: DemoCase, course: Course) -> dict[str, object]:
    """Return the figures of a review.

    ``hv_per_1000`` counts a stack once, whichever of its members were looked at, as the record
    does; ``looks_per_1000`` counts every item that was looked at.
    """
    held = demo.held()
    graded = sum(course.decided.values())
    media = int(str(held["media_files"]))
    wanted = [place for place, fact in demo.truth.items() if fact.odd]
    left = demo.reviewers[0].order(queue="pending", stacks="no")
    return {
        "media_files": media,
        "items": len(demo.truth),
        "hv_per_1000": held["hv_per_1000"],
        "looks_per_1000": round(1000 * course.small / media, 1),
        "files_per_view": round(media / max(1, course.small), 2),
        "seen_small": course.small,
        "full_views": course.full,
        "graded_without_full_percent": round(100 * (1 - course.full / max(1, graded)), 1),
        "pages": course.pages,
        "decisions": held["decisions"],
        "by_category": dict(course.decided),
        "odd_ones": len(wanted),
        "odd_ones_missed": len(set(wanted) & set(left.places.tolist())),
        "left_pending": len(left.places),
        "refused": dict(course.refused),
        "seconds": course.seconds,
    }


def _pages(order: Order) -> Iterator[list[int]]:
    places = order.places.tolist()
    yield from (places[at : at + PAGE] for at in range(0, len(places), PAGE))


def _leads(order: Order, places: list[int]) -> list[int]:
    """Return those of a page that lead a stack."""
    many = dict(zip(order.places.tolist(), order.stacks.tolist(), strict=True))
    return [place for place in places if many[place] > 1]


def _stack(officer: Reviewer, truth: dict[int, Fact], lead: int, course: Course) -> None:
    """Open a stack and see all of its members."""
    members = officer.order(queue="pending", lead=lead).places.tolist()
    rest = [place for place in members if place != lead]
    for at in range(0, len(rest), PAGE):
        _page(officer, truth, rest[at : at + PAGE], course)


def _page(officer: Reviewer, truth: dict[int, Fact], places: list[int], course: Course) -> None:
    """See a page, open what bears a mark, decide all of it."""
    for at in range(0, len(places), TILES_AT_ONCE):
        officer.tiles(places[at : at + TILES_AT_ONCE])
    _unveil(officer, "page", places, "grey160", course)
    course.pages += 1
    course.small += len(places)
    by_code: dict[str, list[int]] = {}
    for place in places:
        fact = truth[place]
        if fact.code != HARMLESS:
            is_video = fact.role == "video"
            what, rung = ("story", "grey160") if is_video else ("original", "full_grey")
            _unveil(officer, what, [place], rung, course)
            course.full += 1
        by_code.setdefault(fact.code, []).append(place)
    for code, decided in by_code.items():
        rung = "grey160" if code == HARMLESS else "full_grey"
        officer.decide(decided, code, rung=rung, batch_seen=True)
        course.decided[code] += len(decided)


def _unveil(officer: Reviewer, what: str, places: list[int], rung: str, course: Course) -> None:
    try:
        officer.unveil(what, places, rung)
    except Refused as refusal:
        course.refused[f"{what} {refusal}"] += 1
