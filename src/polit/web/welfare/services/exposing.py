"""Exposures: appended in the act of the look, before a byte of it leaves."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from polit.base.clock import now_utc
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.core.access import CaseLike
from polit.web.core.acting import Actor, check_in_act
from polit.web.welfare.models import Exposure, ExposureSeen, ExposureUnshown, ReviewSession
from polit.web.welfare.queries import exposure_rows
from polit.web.welfare.rules import (
    Exposed,
    FlagKind,
    Rung,
    SessionState,
    ShownItem,
    What,
    full_size,
    is_repeat,
)
from polit.web.welfare.services.sessions import cool
from polit.web.welfare.services.spans import flag_raise, span_close, span_keep

_LONGEST_MS = 3_600_000
"""A picture that stood longer was looked at by nobody."""


def exposures_add(
    session: ReviewSession,
    *,
    shown: Sequence[ShownItem],
    rung: str,
    what: str,
    is_urgent: bool = False,
) -> list[Exposure]:
    """Append what one look uncovers, as part of its act.

    Whether it may happen is asked before, with ``check_may_view``.

    Args:
        session: The officer's session.
        shown: The stacks, each once.
        rung: As requests name it; empty for sound and text.
        what: A ``What``.
        is_urgent: Whether the override for a threat to a child is used: a supervisor is told.

    Returns:
        An exposure for each of ``shown``, in its order.

    Raises:
        NoAct: There is no act that it belongs to.
        UsageError: There is no such rung.
    """
    check_in_act()
    now, at_rung, asked = now_utc(), Rung.named(rung), What(what)
    kept = ReviewSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    seen = _seen(kept.officer_id, [bytes.fromhex(each.stack_sha256) for each in shown])
    rows = [_exposure(kept, each, (asked, at_rung), seen, now) for each in shown]
    for row in rows:
        row.is_urgent = is_urgent
    Exposure.objects.bulk_create(rows)
    _keep_session(kept, rows, now)
    if is_urgent:
        flag_raise(kept, FlagKind.URGENT, now)
    return rows


def exposures_seen(
    actor: Actor, pairs: Sequence[tuple[UUID, int]], *, case: CaseLike | None = None
) -> int:
    """Append how long something stood uncovered; what is not the actor's own is passed over.

    Args:
        actor: The officer.
        pairs: Identifiers of exposures, and milliseconds.
        case: The case, where the caller knows it.

    Returns:
        How many were kept.
    """
    known = Exposure.objects.filter(
        pk__in=[key for key, _ in pairs], officer_id=UUID(actor.actor_id)
    )
    own = set(known.values_list("pk", flat=True))
    rows = [
        ExposureSeen(exposure_id=key, shown_ms=min(ms, _LONGEST_MS))
        for key, ms in pairs
        if key in own and ms >= 0
    ]
    if rows:
        reason = "How long it stood on the screen"
        with act(
            actor, "welfare.seen", reason=reason, case=case, nature=Nature.COLLECTION
        ) as deed:  # fmt: skip
            ExposureSeen.objects.bulk_create(rows)
            deed.about("exposures", str(len(rows)))
    return len(rows)


def exposures_unshown(codes: Mapping[UUID, str]) -> None:
    """Append that exposures came to nothing, as part of the act that says so; they count no more.

    Args:
        codes: Why, for each exposure.

    Raises:
        NoAct: There is no act that it belongs to.
    """
    check_in_act()
    ExposureUnshown.objects.bulk_create([
        ExposureUnshown(exposure_id=key, code=code[:30]) for key, code in codes.items()
    ])  # fmt: skip


def _seen(officer_id: UUID, stacks: list[bytes]) -> dict[bytes, list[Exposed]]:
    """Return the officer's last looks at some stacks."""
    rows = exposure_rows().filter(officer_id=officer_id, stack_sha256__in=stacks)
    last = rows.order_by().values_list("stack_sha256", "what", "rung").annotate(Max("recorded_at"))
    found: dict[bytes, list[Exposed]] = defaultdict(list)
    for stack, what, rung, at in last:
        found[bytes(stack)].append(Exposed(What(what).group, Rung(rung), at))
    return found


def _exposure(
    session: ReviewSession,
    item: ShownItem,
    asked: tuple[What, Rung],
    seen: dict[bytes, list[Exposed]],
    now: datetime,
) -> Exposure:
    what, rung = asked
    stack = bytes.fromhex(item.stack_sha256)
    same_s = session.rules.same_look_s
    return Exposure(
        session=session,
        case_id=session.case_id,
        officer_id=session.officer_id,
        recorded_at=now,
        stack_sha256=stack,
        content_sha256=bytes.fromhex(item.content_sha256),
        kind=item.kind,
        what=what.value,
        rung=rung.value,
        length_ms=item.length_ms,
        is_repeat=is_repeat(seen[stack], group=what.group, rung=rung, now=now, same_s=same_s),
        is_avoidable=item.is_avoidable,
    )


def _keep_session(session: ReviewSession, rows: list[Exposure], now: datetime) -> None:
    """Keep that somebody is at work; cool down after much of the worst lane at full size."""
    span_keep(session, now)
    if session.state != SessionState.WORKING.value:
        # An urgent look while on a break is no work that goes on, and no break either.
        span_close(session, now)
    if session.sound_at is None and any(row.what == What.SOUND.value for row in rows):
        session.sound_at = now
    if session.lane_rules.is_worst:
        session.heavy_views += sum(full_size(Rung(row.rung)) for row in rows)
        if session.heavy_views >= session.rules.heavy_views:
            session.heavy_views = 0
            cool(session, now, session.rules.cool_after_heavy_s)
    session.save()
