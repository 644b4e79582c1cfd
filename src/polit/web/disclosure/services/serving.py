"""Serves schedules: a version is written once, with its lines and digest, and never changes."""

from datetime import datetime
from uuid import UUID

import msgspec
from django.utils import timezone

from polit.base.canonical import canonical_json
from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.accounts.models import User
from polit.web.arrests.services.keeping import case_lock, check_happened, suspect_get
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.core.versions import check_unchanged
from polit.web.court.models import Charge
from polit.web.disclosure.drafts import Draft, draft_of
from polit.web.disclosure.law import ScheduleKind, Source, current_law
from polit.web.disclosure.models import (
    Opinion,
    OpinionContent,
    Served,
    ServedLine,
    Support,
    SupportContent,
)
from polit.web.disclosure.queries import lines_of
from polit.web.disclosure.rules import (
    MOST_LINES,
    Accessible,
    Differences,
    GivenOpinion,
    GivenService,
    GivenSupport,
    Line,
    check_opines,
    check_opinion_days,
    check_said,
    check_writes,
    differences,
    lines_chosen,
    summary,
)
from polit.web.people.models import CasePerson

_AT_ONCE = 2_000


def schedule_serve(
    actor: Actor, *, reason: str, access: CaseAccess, place_id: UUID, kind: str,
    given: GivenService,
) -> Served:  # fmt: skip
    """Serve a schedule as it stands: a version with its lines, digest and differences.

    Args:
        actor: Who serves it.
        reason: Why.
        access: The case.
        place_id: The defendant.
        kind: A code of the schedules.
        given: To whom, when and how.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: The case has no such suspect, there is no such schedule or means, its draft is
            another one by now, it is too long, or the time lies ahead.
    """
    check_writes(roles_of(actor))
    check_said(to_whom=given.served_to)
    check_happened(given.served_at)
    law = current_law()
    schedule, means = law.schedule(kind), law.way(given.means)
    with act(actor, "disclosure.serve", reason=reason, case=access.case,
             purpose=access.purpose.value, nature=Nature.DISCLOSURE) as deed:  # fmt: skip
        case_lock(access.case.id)
        place = suspect_get(access, place_id)
        draft = draft_of(access, place, schedule)
        mark = draft.mark
        check_unchanged(given.seen, mark)
        if schedule.source is Source.TEXT and not draft.lines:
            raise UsageError("this document was not written yet: write it first")
        if len(draft.lines) > MOST_LINES:
            raise UsageError(f"a schedule has at most {MOST_LINES} lines")
        last = Served.objects.filter(place=place, kind=kind).order_by("-version").first()
        if last is not None and _service(last) == (
            mark,
            given.served_to,
            given.served_at,
            means.code,
        ):
            raise UsageError(f"this is recorded already: it is {last.reference}")
        row = _version(access, place, draft, last)
        row.law, row.sha256, row.means = law.name, mark, means.code
        row.served_to, row.served_at = given.served_to, given.served_at
        row.by, row.reason = actor.name, reason
        row.save()
        _keep_lines(row, draft.lines)
        deed.about("served schedule", row.pk, label=_label(row), schedule=kind,
                   version=row.version, lines=row.count, sha256=mark, means=means.code)  # fmt: skip
    return row


def _service(served: Served) -> tuple[str, str, datetime, str]:
    return served.sha256, served.served_to, served.served_at, served.means


def _version(
    access: CaseAccess, place: CasePerson, draft: Draft, last: Served | None
) -> Served:  # fmt: skip
    kind, version = draft.kind, last.version + 1 if last else 1
    changes = differences(lines_of(last), draft.lines) if last else Differences()
    greatest = max((line.number for line in draft.lines), default=0)
    counts = summary(draft.lines) if kind.source is Source.IMAGES else []
    return Served(
        case_id=access.case.id, place=place, kind=kind.code, is_sensitive=kind.is_sensitive,
        version=version, reference=_reference(access, place, kind, version),
        count=len(draft.lines), last_number=max(greatest, last.last_number if last else 0),
        columns=canonical_json(list(draft.columns)).decode(),
        summary=canonical_json([list(each) for each in counts]).decode(),
        changes=msgspec.json.encode(changes).decode(),
    )  # fmt: skip


def _reference(access: CaseAccess, place: CasePerson, kind: ScheduleKind, version: int) -> str:
    label = place.label.replace(" ", "")
    return f"{kind.short}/{access.case.reference}/{label}/{version}"


def _label(served: Served) -> str:
    """Return how everybody on the case may call a version: of a sensitive one not even which."""
    return served.place.label if served.is_sensitive else served.reference


def _keep_lines(served: Served, lines: tuple[Line, ...]) -> None:
    for first in range(0, len(lines), _AT_ONCE):
        ServedLine.objects.bulk_create(
            ServedLine(served=served, number=line.number, key=line.key,
                       cells=canonical_json(list(line.cells)).decode())
            for line in lines[first : first + _AT_ONCE]
        )  # fmt: skip


def sensitive_read(actor: Actor, *, access: CaseAccess, place: CasePerson, what: str) -> None:
    """Record that somebody reads sensitive material, before they see it.

    Args:
        actor: Who reads.
        access: The case.
        place: The defendant.
        what: The reference of a served version, or what is read of the draft.
    """
    with act(actor, "disclosure.read_sensitive", reason="Disclosure", case=access.case,
             purpose=access.purpose.value, nature=Nature.CONSULTATION) as deed:  # fmt: skip
        deed.about("sensitive material", place.pk, label=place.label, what=what)


def paper_take(actor: Actor, *, access: CaseAccess, served: Served, paper: str) -> None:
    """Record that a served version is taken out as a file, before it is.

    Args:
        actor: Who takes it.
        access: The case.
        served: The version.
        paper: ``pdf`` or ``csv``.
    """
    with act(actor, "disclosure.take_paper", reason="Disclosure", case=access.case,
             purpose=access.purpose.value, nature=Nature.DISCLOSURE) as deed:  # fmt: skip
        deed.about("served schedule", served.pk, label=_label(served), paper=paper,
                   sha256=served.sha256)  # fmt: skip


def opinion_give(
    actor: Actor, *, reason: str, access: CaseAccess, place_id: UUID, given: GivenOpinion
) -> Opinion:
    """Say whether the user could get at contents: the examiner's opinion, named and dated.

    Raises:
        AuthorityError: They are no examiner.
        UsageError: It gives no grounds, lies ahead, or the draft has no such lines.
    """
    check_opines(roles_of(actor))
    check_said(why=given.why)
    check_opinion_days(given, timezone.localdate(now_utc()))
    with act(actor, "disclosure.give_opinion", reason=reason, case=access.case,
             purpose=access.purpose.value) as deed:  # fmt: skip
        place, chosen = _chosen(access, place_id, given.lines, given.seen)
        row = Opinion(
            case_id=access.case.id, place=place, examiner=name_of(actor), why=given.why,
            opined_on=given.opined_on, accessible=Accessible(given.accessible).value,
            downloaded_on=given.downloaded_on, by=actor.name, reason=reason,
        )  # fmt: skip
        row.save()
        OpinionContent.objects.bulk_create(
            [OpinionContent(opinion=row, sha256=bytes.fromhex(each.key)) for each in chosen],
            batch_size=_AT_ONCE,
        )
        deed.about("opinion", row.pk, label=place.label, accessible=row.accessible,
                   contents=len(chosen))  # fmt: skip
    return row


def support_set(
    actor: Actor, *, reason: str, access: CaseAccess, place_id: UUID, given: GivenSupport
) -> Support:
    """Say which count of the indictment lines of a draft support; ``None`` for none.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: The draft has no such lines, or the defendant no such count.
    """
    check_writes(roles_of(actor))
    with act(actor, "disclosure.set_count", reason=reason, case=access.case,
             purpose=access.purpose.value) as deed:  # fmt: skip
        place, chosen = _chosen(access, place_id, given.lines, given.seen)
        held = Charge.objects.standing().filter(first_id=given.charge_id, place=place)
        if given.charge_id is not None and not held.exists():
            raise UsageError("the defendant has no such count: choose one of the list")
        row = Support(case_id=access.case.id, place=place, charge_id=given.charge_id, by=actor.name,
                      reason=reason)  # fmt: skip
        row.save()
        SupportContent.objects.bulk_create(
            [SupportContent(support=row, sha256=bytes.fromhex(each.key)) for each in chosen],
            batch_size=_AT_ONCE,
        )
        deed.about("count", row.pk, label=place.label, contents=len(chosen))
    return row


def name_of(actor: Actor) -> str:
    """Return the full name of who acts; of a part of the system what it is called."""
    if actor.kind != "user":
        return actor.name
    return User.objects.get(pk=actor.actor_id).full_name


def _chosen(
    access: CaseAccess, place_id: UUID, lines: str, seen: str | None
) -> tuple[CasePerson, tuple[Line, ...]]:
    case_lock(access.case.id)
    place = suspect_get(access, place_id)
    kinds = [each for each in current_law().schedules if each.source is Source.IMAGES]
    draft = draft_of(access, place, kinds[0])
    check_unchanged(seen, draft.mark)
    return place, lines_chosen(draft.lines, lines)
