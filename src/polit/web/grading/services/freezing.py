"""Keeps what was decided as it is served: a version each time a case is taken to court."""

import hashlib

import msgspec

from polit.base.canonical import JsonValue, canonical_json
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.cases.rules import CaseStatus
from polit.web.core.acting import Actor
from polit.web.grading.models import FrozenSchedule, Standing
from polit.web.items.models import ReviewSet
from polit.web.media.quarantine import content_shown

_REASON = "The case is taken to court: the schedule is kept as it is served"


def schedule_freeze(case: Case, actor: Actor, **_sent: object) -> FrozenSchedule | None:
    """Keep a case's decided contents as they stand, where it is taken to court; within the act.

    What is quarantined for legal privilege is served to nobody.

    Returns:
        The version; ``None`` where the case goes elsewhere, or has nothing to review.
    """
    if case.status != CaseStatus.IN_COURT.value:
        return None
    # Whoever decides holds the case's row, as this act does: it is either in here or refused.
    if not ReviewSet.objects.filter(case_id=case.id).exists():
        return None
    shown = content_shown(case="case_id")
    rows = (
        Standing.objects.filter(shown, case_id=case.id).exclude(code="", flags=0).order_by("sha256")
    )
    named = rows.values_list("sha256", "code", "flags")
    now = {bytes(sha256).hex(): (code, flags) for sha256, code, flags in named}
    last = FrozenSchedule.objects.filter(case_id=case.id).order_by("-version").first()
    text = "\n".join(canonical_json([each, *now[each]]).decode() for each in sorted(now))
    kept = FrozenSchedule(
        case_id=case.id, version=last.version + 1 if last else 1, count=len(now), rows=text,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        changes=canonical_json(_changes(schedule_rows(last) if last else {}, now)).decode(),
    )  # fmt: skip
    with act(actor, "grading.freeze", reason=_REASON, case=case) as deed:
        kept.save()
        deed.about("schedule", kept.id, version=kept.version, contents=kept.count,
                   digest=kept.digest)  # fmt: skip
    return kept


def schedule_rows(kept: FrozenSchedule) -> dict[str, tuple[str, int]]:
    """Return category and flags of each content of a served schedule, by its SHA-256 in hex."""
    lines = [msgspec.json.decode(line, type=tuple[str, str, int]) for line in
             kept.rows.splitlines()]  # fmt: skip
    return {sha256: (code, flags) for sha256, code, flags in lines}


def _changes(
    before: dict[str, tuple[str, int]], now: dict[str, tuple[str, int]]
) -> dict[str, JsonValue]:
    """Return what differs: contents that came, that went, and that stand otherwise."""
    both = before.keys() & now.keys()
    return {
        "added": [*sorted(now.keys() - both)],
        "removed": [*sorted(before.keys() - both)],
        "changed": [
            [each, before[each][0], now[each][0]] for each in sorted(both)
            if before[each] != now[each]
        ],
    }  # fmt: skip
