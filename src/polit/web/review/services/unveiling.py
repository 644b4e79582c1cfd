"""The one door: what is unveiled is recorded first, and only then is the broker asked.

The order is the point. One act writes the event that the broker honours, and with it what the
officer was exposed to; it is committed; then the broker is asked, which reads the event through a
connection of its own and hands out pixels for it once. Nothing is kept: a second look is a second
event.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from polit.base.canonical import JsonValue
from polit.base.clock import now_utc
from polit.base.errors import PictureUnshown, UsageError, ViewingRefused
from polit.broker.client import BrokerClient, RenderedPart
from polit.web.audit.rules import Nature
from polit.web.audit.services import Deed, act
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.items.rules import ItemState
from polit.web.media.quarantine import digests_blocked
from polit.web.review.queries import UnveiledItem, unveiled_items
from polit.web.review.rules import Queue, UnveilWanted, What, check_wanted, side_px_of
from polit.web.review.services.rendering import rendered_parts
from polit.web.welfare.models import ReviewSession
from polit.web.welfare.queries import standing_of
from polit.web.welfare.rules import ShownItem, check_may_view
from polit.web.welfare.services import exposures_add, exposures_unshown, session_lock

_SETTLED = frozenset({ItemState.SETTLED, ItemState.GRADED})
_KINDS = {1: "still", 2: "video"}
"""Numbers of kinds of media, as exposures name them."""
_LEFT_OUT = "opted_out"


@dataclass(frozen=True, slots=True)
class UnveiledPart:
    """One picture, frame or sound that may be shown now.

    Args:
        place: Its item.
        part: What the broker made of it, or why there is nothing.
    """

    place: int
    part: RenderedPart


@dataclass(frozen=True, slots=True)
class Unveiled:
    """What one event unveiled.

    Args:
        exposures: What the officer was exposed to, for telling how long it stood: one for each
            place asked for, ``None`` for what was left out.
        parts: In the order asked for.
    """

    exposures: tuple[UUID | None, ...]
    parts: tuple[UnveiledPart, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody who looks at something of a case.

    Args:
        actor: Who.
        access: Their access to the case.
        session: Their session in it.
        wanted: What they ask for.
    """

    actor: Actor
    access: CaseAccess
    session: ReviewSession
    wanted: UnveilWanted


@dataclass(frozen=True, slots=True)
class _Recorded:
    """A look that is on record: its event, what it may show, and an exposure for each of that."""

    event_id: UUID
    shown: list[UnveiledItem]
    exposures: tuple[UUID, ...]


def pictures_unveil(look: Look, *, broker: BrokerClient) -> Unveiled:
    """Record that pictures are unveiled, then have the broker render them.

    Of a page those are left out that the officer's lane or their opt-outs are not for; they come
    back as parts with a code, and are no exposure.

    Raises:
        UsageError: It is too much at a time.
        ViewingRefused: Welfare says no; its code says why.
        PictureUnshown: The case has no such item, or the broker shows nothing.
    """
    check_wanted(look.wanted)
    items = _found(look)
    recorded = _record(look, items)
    shown, exposures = recorded.shown, recorded.exposures
    try:
        parts = rendered_parts(broker, recorded.event_id, wanted=look.wanted, count=len(shown))
    except PictureUnshown as error:
        _record_unshown(look, recorded.event_id, dict.fromkeys(exposures, error.code))
        raise
    failed = _failed(look.wanted, exposures, parts)
    if failed:
        _record_unshown(look, recorded.event_id, failed)
    by_place = {item.place: key for item, key in zip(shown, exposures, strict=True)}
    keys = (by_place.get(item.place) for item in items)
    told = tuple(None if key in failed else key for key in keys)
    return Unveiled(told, _placed(look.wanted, items, shown, parts))


def _failed(
    wanted: UnveilWanted, exposures: Sequence[UUID], parts: Sequence[RenderedPart]
) -> dict[UUID, str]:
    """Return the exposures of which nothing was shown, with why; of a video one part is enough."""
    if wanted.what is What.PAGE:
        made = zip(exposures, parts, strict=True)
        return {exposure: part.code for exposure, part in made if part.code}
    if all(part.code for part in parts):
        return dict.fromkeys(exposures, next((part.code for part in parts), "nothing"))
    return {}


def _found(look: Look) -> list[UnveiledItem]:
    try:
        items = unveiled_items(look.access, look.wanted.places)
    except UsageError as error:
        raise PictureUnshown("no_item", str(error)) from error
    if len(items) != len(look.wanted.places):
        raise PictureUnshown("no_item", "no package of this case holds it now: load the page again")
    return items


def _allowed(look: Look, items: Sequence[UnveiledItem]) -> list[UnveiledItem]:
    """Return what may be looked at now.

    Raises:
        ViewingRefused: Nothing of it.
    """
    refused: dict[str, ViewingRefused] = {}
    for kind in sorted({_kind(each, look.wanted) for each in items}):
        try:
            _check_kind(look, kind)
        except ViewingRefused as error:
            refused[kind] = error
    shown = [each for each in items if _kind(each, look.wanted) not in refused]
    if not shown:
        raise next(iter(refused.values()))
    return shown


def _check_kind(look: Look, kind: str) -> None:
    now = now_utc()
    # Sound comes with the pictures of a video that the officer sees already.
    kinds = frozenset({kind, "sound"}) if look.wanted.what is What.SOUND else frozenset({kind})
    standing = standing_of(look.session, now=now, kinds=kinds)
    check_may_view(standing, now, is_urgent=look.wanted.urgent)


def _record(look: Look, items: Sequence[UnveiledItem]) -> _Recorded:
    """Write the event and the exposures in one transaction; return them once it is committed.

    Whether the officer may look is asked in it, of their session as it stands under its lock: of
    many looks at once each knows of those before, and of everything hidden, or a break.
    """
    wanted = look.wanted
    with act(
        look.actor, wanted.what.action, reason=_reason(look), case=look.access.case,
        purpose=look.access.purpose.value, nature=Nature.CONSULTATION,
    ) as deed:  # fmt: skip
        look = replace(look, session=session_lock(look.session))
        _check_not_blocked(look, items)
        shown = _allowed(look, items)
        _tell(deed, wanted, shown)
        kept = exposures_add(
            look.session,
            shown=[_exposed(each, wanted) for each in shown],
            rung="" if wanted.what is What.SOUND else wanted.rung.value,
            what=wanted.what.value,
            is_urgent=wanted.urgent,
        )
    if deed.event_id is None:
        raise PictureUnshown("broker", "the act left no event: nothing is shown")
    return _Recorded(deed.event_id, shown, tuple(each.pk for each in kept))


def _check_not_blocked(look: Look, items: Sequence[UnveiledItem]) -> None:
    """Refuse, within the act, what was quarantined for legal privilege since it was found."""
    contents = [bytes.fromhex(each.sha256) for each in items]
    if digests_blocked(look.access.case.id, contents):
        raise PictureUnshown("no_item", "it is not to be seen in this case: load the page again")


def _reason(look: Look) -> str:
    if look.wanted.urgent:
        return f"Urgent, a child is under threat: {look.wanted.urgent_reason}"
    return f"Review, {look.session.purpose.replace('_', ' ')}"


def _tell(deed: Deed, wanted: UnveilWanted, shown: Sequence[UnveiledItem]) -> None:
    """Say in the event what the broker may render for it, and nothing that it may not."""
    if wanted.what is What.PAGE:
        listed: list[JsonValue] = [
            {"package": each.package, "sha256": each.sha256} for each in shown
        ]
        deed.about("contents", str(len(shown)), rung=wanted.rung.value, items=listed)
        return
    deed.about("content", shown[0].sha256, label="", **_details(wanted, shown[0]))


def _details(wanted: UnveilWanted, item: UnveiledItem) -> Mapping[str, JsonValue]:
    if wanted.what is What.SOUND:
        return {"from_ms": wanted.from_ms, "length_ms": wanted.length_ms}
    told: dict[str, JsonValue] = {"rung": wanted.rung.value}
    if wanted.what is What.STORY:
        return told | {"package": item.package}
    if wanted.what is What.FRAMES:
        return told | {"from_ms": wanted.from_ms, "step_ms": wanted.step_ms,
                       "count": wanted.count, "side_px": side_px_of(wanted)}  # fmt: skip
    if wanted.region is not None:
        told["region"] = list(wanted.region)
    if _KINDS.get(item.kind) == "video":
        told["at_ms"] = wanted.from_ms
    return told


def _exposed(item: UnveiledItem, wanted: UnveilWanted) -> ShownItem:
    is_work = wanted.queue is not Queue.NONE or wanted.urgent
    return ShownItem(
        stack_sha256=item.stack_sha256,
        content_sha256=item.sha256,
        kind=_kind(item, wanted),
        is_avoidable=item.state in _SETTLED and not is_work,
        length_ms=wanted.length_ms if wanted.what is What.SOUND else 0,
    )


def _kind(item: UnveiledItem, wanted: UnveilWanted) -> str:
    # What plays is a video, whatever it was counted as.
    plays = wanted.what in {What.STORY, What.FRAMES, What.SOUND}
    return "video" if plays else _KINDS.get(item.kind, "still")


def _placed(
    wanted: UnveilWanted,
    items: Sequence[UnveiledItem],
    shown: Sequence[UnveiledItem],
    parts: Sequence[RenderedPart],
) -> tuple[UnveiledPart, ...]:
    """Put parts to their places, and a code to each place that was left out."""
    if wanted.what is not What.PAGE:
        return tuple(UnveiledPart(items[0].place, part) for part in parts)
    by_place = {item.place: part for item, part in zip(shown, parts, strict=True)}
    nothing = RenderedPart("", b"", 0, 0, None, _LEFT_OUT)
    return tuple(UnveiledPart(each.place, by_place.get(each.place, nothing)) for each in items)


def _record_unshown(look: Look, event_id: UUID, codes: Mapping[UUID, str]) -> None:
    """Say in the record that of a look, or of a part of it, nothing was shown: it counts nothing.

    Args:
        look: The look.
        event_id: Its event.
        codes: Why, for each exposure that was none.
    """
    with act(
        look.actor, "pictures.unshown", reason="The broker showed nothing", case=look.access.case,
        purpose=look.access.purpose.value, nature=Nature.CONSULTATION,
    ) as deed:  # fmt: skip
        exposures_unshown(codes)
        deed.about("event", event_id, code=min(codes.values()), exposures=len(codes))
