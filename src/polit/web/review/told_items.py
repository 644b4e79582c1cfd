"""One item in words, as the gallery's panel of facts tells it."""

from polit.web.core.access import CaseAccess
from polit.web.grading.category_schemes import category_label
from polit.web.grading.queries import decision_list
from polit.web.grading.queries.figures import locally_agreed
from polit.web.items.models import ReviewSet
from polit.web.items.queries.rows import item_details
from polit.web.items.queries.some import SomeItem
from polit.web.items.queries.suggested import suggestion_words
from polit.web.items.rules import Flag, Queue
from polit.web.matching.queries import content_matches
from polit.web.matching.rules import Settled, Verdict
from polit.web.matching.shown import shown_match
from polit.web.media.models.contents import Media
from polit.web.media.queries import EntryDetails
from polit.web.media.shown import digests_of, entry_times, media_facts, shown_entry

_KINDS = {1: "picture", 2: "video"}

_AGREED = "yes, three of the force's officers say the same"


def item_told(
    access: CaseAccess, review_set: ReviewSet, item: SomeItem, *, queue: Queue
) -> dict[str, object]:
    """Return the facts of an item, ready for JSON.

    Args:
        access: To the case.
        review_set: The case's.
        item: The item.
        queue: In which it is looked at: a blind one is told nothing of what was decided, and a
            sample nothing of what hash sets say.

    Raises:
        Entry.DoesNotExist: No imported package of the case holds the item.
    """
    if not item.content_id:
        return _provisional(item) | ({} if queue.is_blind else _decided(access, item))
    details = item_details(access, item, review_set.pk)
    told: dict[str, object] = {
        "place": item.place,
        "sha256": item.sha256,
        "kind": _KINDS.get(item.kind, ""),
        "has_tile": item.has_tile,
        "lead": item.lead_place,
        "duration_ms": item.duration_ms,
        "copies": item.occurrences,
        "suggestions": list(suggestion_words(access, item.place)),
        "facts": media_facts(_media(details)),
        "digests": digests_of(details.entry.content),
        "names": _names(details),
        "more_names": details.has_more,
        "problems": [f"{each.stage.word}: {each.code.word}" for each in details.problems],
    }
    if not queue.is_blind_to_sets:
        told |= {
            "verdict": Verdict(item.verdict).label if item.verdict else "Unknown",
            "settled": Settled(item.settled).label,
            "matches": _matches(access, item),
        }
    if not queue.is_blind:
        told |= _decided(access, item)
    return told


def _provisional(item: SomeItem) -> dict[str, object]:
    """Return what is told of an item that a running examination alone knows."""
    return {
        "place": item.place,
        "sha256": item.sha256,
        "kind": _KINDS.get(item.kind, ""),
        "standing": "Provisional: its examination is not sealed yet, names and matches come then",
        "has_tile": item.has_tile,
        "lead": item.lead_place,
        "duration_ms": item.duration_ms,
        "copies": item.occurrences,
        "verdict": Verdict(item.verdict).label if item.verdict else "Unknown",
    }


def _media(details: EntryDetails) -> Media | None:
    content = details.entry.content
    return content.media if content is not None and hasattr(content, "media") else None


def _names(details: EntryDetails) -> list[dict[str, object]]:
    names = []
    for entry in details.occurrences:
        shown = shown_entry(entry)
        names.append({
            "entry": entry.pk,
            "exhibit": entry.package.exhibit.reference,
            "package": entry.package_id,
            "path": shown.path,
            "state": shown.state,
            "times": entry_times(entry),
        })  # fmt: skip
    return names


def _matches(access: CaseAccess, item: SomeItem) -> list[dict[str, object]]:
    found = [each for each in content_matches(access, item.content_id) if each.is_current]
    shown = [shown_match(match) for each in found for match in each.matches]
    return [
        {"set": each.set_name, "provider": each.provider, "means": each.status,
         "asserted": each.asserted, "by": each.how, "distance": each.distance,
         "notes": list(each.notes), "is_exact": each.is_exact}
        for each in shown
    ]  # fmt: skip


def _decided(access: CaseAccess, item: SomeItem) -> dict[str, object]:
    content = bytes.fromhex(item.sha256)
    history = [
        {"at": each.recorded_at.isoformat(), "by": each.by_name, "kind": each.kind,
         "category": category_label(each.code), "flags": flag_names(each.flags),
         "unsure": each.unsure, "note": each.note, "seen": each.rung}
        for each in decision_list(access, content)
    ]  # fmt: skip
    return {
        "state": item.state.name.lower(),
        "grade": item.grade,
        "flags": flag_names(item.flags),
        "history": history,
        "agreed": _AGREED if content in locally_agreed((content,)) else "no",
    }


def flag_names(flags: int) -> list[str]:
    """Return the names of flags, as decisions take them."""
    return [str(each.name).lower() for each in Flag if flags & each]
