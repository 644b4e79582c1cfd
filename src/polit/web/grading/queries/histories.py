"""What was decided of contents of a case, and what follows from it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec

from polit.web.core.access import CaseAccess, CaseLike
from polit.web.core.acting import Actor
from polit.web.grading.category_schemes import scheme_preset
from polit.web.grading.models import Batch, Decision, Standing, Strategy
from polit.web.grading.rules import BatchStep, Change, DecisionKind, Rung, Step, Values


def scheme_of(case: CaseLike) -> str:
    """Return the category scheme of a case, as ``scheme/version``."""
    rows = Strategy.objects.filter(case_id=case.id).order_by("-version")
    return rows.values_list("scheme", flat=True).first() or scheme_preset()


def values_read(standing: Standing) -> Values:
    """Return what a standing says."""
    return Values(
        standing.code, standing.flags, tuple(msgspec.json.decode(standing.tags)), standing.unsure,
        msgspec.json.decode(standing.votes, type=dict[str, str]), standing.is_settled,
        standing.graded_by,
    )  # fmt: skip


def change_read(text: str) -> Change:
    """Return the change that a decision asked for."""
    return msgspec.json.decode(text, type=Change)


def standings_of(case: CaseLike, contents: Sequence[bytes]) -> dict[bytes, Standing]:
    """Return the standings of contents of a case, by SHA-256; of those that were decided."""
    rows = Standing.objects.filter(case_id=case.id, sha256__in=contents)
    return {bytes(each.sha256): each for each in rows}


def histories_of(case: CaseLike, contents: Sequence[bytes]) -> dict[bytes, list[Step]]:
    """Return all decisions on contents of a case in their order, by SHA-256."""
    rows = Decision.objects.filter(case_id=case.id, sha256__in=contents).select_related("batch")
    found: dict[bytes, list[Step]] = {}
    for each in rows.order_by("number"):
        step = Step(each.batch_id, DecisionKind(each.kind), each.by_id, change_read(each.change),
                    each.batch.compensates_id)  # fmt: skip
        found.setdefault(bytes(each.sha256), []).append(step)
    return found


def batches_of(actor: Actor, case: CaseLike) -> Iterator[BatchStep]:
    """Return an officer's batches in a case, the newest first, as they are asked for."""
    rows = Batch.objects.filter(case_id=case.id, by_id=actor.actor_id).order_by("-number")
    named = rows.values_list("pk", "kind", "compensates_id")
    for pk, kind, compensates in named.iterator(chunk_size=50):
        yield BatchStep(pk, DecisionKind(kind), compensates)


def decision_list(access: CaseAccess, sha256: bytes) -> list[Decision]:
    """Return what was decided of a content of a case, in its order."""
    rows = Decision.objects.filter(case_id=access.case.id, sha256=sha256)
    return list(rows.order_by("number"))


class Was(NamedTuple):
    """What a decision was made on, and as what."""

    rung: Rung
    kind: DecisionKind


def batch_contents(batch_id: UUID) -> dict[bytes, Was]:
    """Return the contents that a batch decided on, each with how that was decided."""
    rows = Decision.objects.filter(batch_id=batch_id).order_by("sha256")
    named = rows.values_list("sha256", "rung", "kind")
    return {bytes(sha256): Was(Rung(rung), DecisionKind(kind)) for sha256, rung, kind in named}


def batch_by_key(actor: Actor, case: CaseLike, key: UUID) -> Batch | None:
    """Return the batch that an officer asked for under a key, ``None`` where it is none yet."""
    return Batch.objects.filter(case_id=case.id, by_id=actor.actor_id, key=key).first()
