"""Reads the pictures and videos of packages from the record, by digest, for stacks and effect.

Some thousand rows at a time: nothing is held of a package but what is being looked at. Run by the
worker alone, because it loads what compares fingerprints.
"""

import heapq
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from operator import itemgetter

from polit.match.matcher import Verdict as MatchVerdict
from polit.match.stack_columns import Stackable
from polit.model import codes
from polit.model.media import PerceptualHash
from polit.web.matching.models import KnownContent
from polit.web.matching.rules import Settled, Verdict
from polit.web.media.models import Content, Entry
from polit.web.media.models import PerceptualHash as HashRow
from polit.web.media.rules import rows_of

_CONTENTS_AT_ONCE = 5_000
_VIDEO = codes.KINDS.number("video")
_DONE = codes.OUTCOMES.number("done")
_PICTURES_MOST = _VIDEO


@dataclass(frozen=True, slots=True)
class NumberedStackable:
    """A content for stacking, and its number in the record."""

    content_id: int
    stackable: Stackable


def stackables(packages: list[int]) -> Iterator[NumberedStackable]:
    """Yield the pictures and videos of packages by digest, each once.

    Of one that several packages hold the lowest number stands for all; occurrences add up.
    """
    streams = [_of_package(number) for number in packages]
    merged = heapq.merge(*streams, key=_place)
    for _, same in itertools.groupby(merged, key=lambda one: one.stackable.sha256):
        first, *others = same
        if others:
            times = sum(one.stackable.occurrences for one in (first, *others))
            best = max((first, *others), key=lambda one: one.stackable.is_decoded)
            summed = replace(best.stackable, occurrences=times)
            first = NumberedStackable(first.content_id, summed)
        yield first


def verdicts(packages: list[int]) -> dict[bytes, MatchVerdict]:
    """Return what follows from the matches of pictures and videos, by digest.

    What one package's latest source says of a content counts for its copies in all of them.
    """
    found: dict[bytes, MatchVerdict] = {}
    kept: dict[MatchVerdict, MatchVerdict] = {}
    for number in packages:
        for verdict, settled, sha256 in _known(number):
            one = MatchVerdict(
                verdict == Verdict.ALERT,
                verdict == Verdict.NEAR_ALERT,
                Settled(settled).name.lower() if settled else "",
            )
            before = found.get(sha256)
            found[sha256] = kept.setdefault(both := _both(before, one), both)
    return found


def unread(packages: list[int]) -> int:
    """Count pictures and videos that have no digest because they could not be read whole."""
    return sum(
        Entry.objects.filter(
            id__range=rows_of(number), kind__lte=_PICTURES_MOST, content=None
        ).count()
        for number in packages
    )


def _both(before: MatchVerdict | None, one: MatchVerdict) -> MatchVerdict:
    if before is None or before == one:
        return one
    alerts_exact = before.alerts_exact or one.alerts_exact
    # What alerts by a digest in one package is settled by none that does not alert itself: that
    # goes for known-good and for a harmless category, wherever they come from.
    heard = [each for each in (before, one) if each.alerts_exact or not alerts_exact]
    # What matches and is not settled in one package, by categories that differ, is settled in none.
    settled = {each.settled for each in heard}
    chosen = "" if "" in settled else min(settled)
    return MatchVerdict(alerts_exact, before.alerts_near or one.alerts_near, chosen)


def _place(one: NumberedStackable) -> tuple[bytes, int]:
    return one.stackable.sha256, one.content_id


def _known(number: int) -> Iterator[tuple[int, int, bytes]]:
    first, last = rows_of(number)
    after = first - 1
    while True:
        rows = KnownContent.objects.filter(id__gt=after, id__lte=last).order_by("id")
        some = list(rows.values_list("id", "verdict", "settled")[:_CONTENTS_AT_ONCE])
        if not some:
            return
        media = Content.objects.filter(
            id__range=(some[0][0], some[-1][0]), kind__lte=_PICTURES_MOST
        )
        digests = dict(media.values_list("id", "sha256"))
        for content_id, verdict, settled in some:
            if content_id in digests:
                yield verdict, settled, bytes(digests[content_id])
        after = some[-1][0]


def _of_package(number: int) -> Iterator[NumberedStackable]:
    first, last = rows_of(number)
    after = first - 1
    while True:
        rows = Content.objects.filter(
            id__gt=after, id__lte=last, kind__lte=_PICTURES_MOST
        ).order_by("id")
        some = list(
            rows.values_list(
                "id", "sha256", "size_bytes", "occurrences", "kind", "media__outcome",
                "media__width_px", "media__height_px", "media__frames", "media__flaws",
            )[:_CONTENTS_AT_ONCE]
        )  # fmt: skip
        if not some:
            return
        hashes = _hashes(some[0][0], some[-1][0])
        for (
            content_id, sha256, size, copies, kind, outcome, width, height, frames, flaws
        ) in some:  # fmt: skip
            is_decoded = outcome == _DONE
            yield NumberedStackable(
                content_id,
                Stackable(
                    sha256=bytes(sha256),
                    size_bytes=size,
                    width_px=width or 0,
                    height_px=height or 0,
                    hashes=hashes.get(content_id, ()) if is_decoded else (),
                    occurrences=copies,
                    frames=1 if frames is None else frames,
                    is_video=kind == _VIDEO,
                    is_decoded=is_decoded,
                    is_cut_off="beyond_limit" in (flaws or "").split(","),
                ),
            )
        after = some[-1][0]


def _hashes(first: int, last: int) -> dict[int, tuple[PerceptualHash, ...]]:
    rows = HashRow.objects.filter(content_id__gte=first, content_id__lte=last).order_by(
        "content_id", "id"
    )
    named = rows.values_list(
        "content_id", "algorithm__word", "variant", "value", "quality", "frame", "frame_ms"
    )
    found: dict[int, tuple[PerceptualHash, ...]] = {}
    for content_id, same in itertools.groupby(named.iterator(), key=itemgetter(0)):
        found[content_id] = tuple(
            PerceptualHash(
                algorithm, codes.VARIANTS.value(variant), bytes(value), quality, frame, frame_ms
            )
            for _, algorithm, variant, value, quality, frame, frame_ms in same
        )
    return found
