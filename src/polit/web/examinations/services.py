"""What is done to examinations: asking for them, stopping, going on, noting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.broker.client import JobStatus
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.core.rules import Role
from polit.web.examinations.models import Examination, Note, Progress
from polit.web.examinations.queries import exhibit_get
from polit.web.examinations.rules import (
    EXAMINATION_STATES,
    MOST_AT_ONCE,
    Asked,
    ExaminationKind,
    ExaminationState,
    check_asked,
    step_to,
)
from polit.web.examinations.signals import examination_asked

_LONGEST_MESSAGE = 2000


def examination_ask(
    actor: Actor, *, reason: str, access: CaseAccess, kind: ExaminationKind, asked: Asked
) -> Examination:
    """Ask for one examination, or for a package to be attached.

    Raises:
        UsageError: It cannot be asked for like that.
        Exhibit.DoesNotExist: The exhibit is another case's.
    """
    (made,) = examinations_ask(actor, reason=reason, access=access, kind=kind, asked=[asked])
    return made


def examinations_ask(
    actor: Actor,
    *,
    reason: str,
    access: CaseAccess,
    kind: ExaminationKind,
    asked: Sequence[Asked],
) -> tuple[Examination, ...]:
    """Ask for several at once, each recorded for itself; all of them or none.

    Raises:
        UsageError: One of them cannot be asked for like that, or they are too many.
        Exhibit.DoesNotExist: An exhibit is another case's.
    """
    if not 1 <= len(asked) <= MOST_AT_ONCE:
        raise UsageError(f"evidence: choose between 1 and {MOST_AT_ONCE}")
    for one in asked:
        check_asked(one)
    with act(
        actor,
        "examinations.order",
        reason=reason,
        case=access.case,
        purpose=access.purpose.value,
        nature=Nature.COLLECTION,
    ) as deed:
        made = tuple(_ask(actor, reason, access, kind, one) for one in asked)
        deed.about("examinations", made[0].id, examinations=[str(each.id) for each in made])
    return made


def _ask(
    actor: Actor, reason: str, access: CaseAccess, kind: ExaminationKind, asked: Asked
) -> Examination:
    exhibit = exhibit_get(access, asked.exhibit_id)
    attached = kind is ExaminationKind.ATTACHED
    examination = Examination(
        case=exhibit.case,
        exhibit=exhibit,
        kind=kind.value,
        place=asked.place,
        package=asked.place if attached else "",
        authority=asked.authority,
        asked_by=actor.name,
        acquisition="\n".join(asked.device.acquisition),
        clock_offset_s=asked.device.clock_offset_s,
        time_zone=asked.device.time_zone,
        keep_originals=asked.options.keep_originals and not attached,
        accept_atime=asked.options.accept_atime,
        accept_reduced_isolation=asked.options.accept_reduced_isolation,
        carve=asked.options.carve,
        shadow_copies=asked.options.shadow_copies,
        not_before=asked.not_before,
        priority=asked.priority,
        mismatch_reason=asked.mismatch_reason,
    )
    with act(
        actor,
        "examinations.ask",
        reason=reason,
        case=access.case,
        purpose=access.purpose.value,
        nature=Nature.COLLECTION,
    ) as deed:
        examination.save()
        Progress.objects.create(examination=examination)
        deed.about(
            "examination",
            examination.id,
            label=exhibit.reference,
            examination_kind=kind.value,
            place=asked.place,
            authority=asked.authority,
        )
        _tell(examination)
    return examination


def examination_act(
    actor: Actor, *, reason: str, examination: Examination, action: str, roles: frozenset[Role]
) -> Examination:
    """Stop, resume or cancel an examination, by hand.

    Raises:
        UsageError: It stands where that cannot be done.
        AuthorityError: None of the roles may.
    """
    with act(actor, f"examinations.{action}", reason=reason, case=examination.case) as deed:
        locked = _locked(examination.id)
        before = locked.state
        locked.state = EXAMINATION_STATES.check_action(action, before, roles).to
        if action == "resume":
            locked.resumes += 1
            locked.message = ""
        locked.save()
        deed.about(
            "examination", locked.id, label=locked.exhibit.reference, before=before,
            after=locked.state,
        )  # fmt: skip
        _tell(locked)
    return locked


def examination_follow(
    actor: Actor, *, reason: str, examination_id: UUID, action: str, roles: frozenset[Role]
) -> Examination:
    """Take an examination along when its package is withdrawn or restored.

    Raises:
        UsageError: It stands where that cannot be.
        AuthorityError: None of the roles may.
    """
    examination = Examination.objects.get(pk=examination_id)
    return examination_act(
        actor, reason=reason, examination=examination, action=action, roles=roles
    )


def examination_prioritise(
    actor: Actor, *, reason: str, examination: Examination, priority: int
) -> Examination:
    """Change the place of an examination in the queue.

    Raises:
        UsageError: It is no priority, or the examination has begun.
    """
    if not 1 <= priority <= 9:
        raise UsageError("priority: from 1 (first) to 9")
    with act(actor, "examinations.prioritise", reason=reason, case=examination.case) as deed:
        locked = _locked(examination.id)
        if locked.state != ExaminationState.ASKED.value:
            raise UsageError("priority: it has begun, so its place in the queue is past")
        before, locked.priority = locked.priority, priority
        locked.save()
        deed.about("examination", locked.id, before=before, after=priority)
        _tell(locked)
    return locked


@dataclass(frozen=True, slots=True)
class Step:
    """What the worker found an examination to be.

    Args:
        state: The state it comes to.
        message: What is to be said of it.
        package: Its package, where there is one now.
    """

    state: ExaminationState
    message: str = ""
    package: str = ""


def examination_step(
    actor: Actor, *, reason: str, examination_id: UUID, turn: int, step: Step
) -> Examination:
    """Take an examination to the state that the worker found; nothing where it is there already.

    Nothing either where somebody stopped, resumed or cancelled it after ``turn``: what was found
    before that is past.

    Raises:
        UsageError: No way leads there from where it stands.
    """
    with transaction.atomic():
        locked = _locked(examination_id)
        is_past = Progress.objects.get(pk=examination_id).turn != turn
        if is_past or locked.state == step.state.value:
            return locked
        with act(
            actor, "examinations.step", reason=reason, case=locked.case, nature=Nature.COLLECTION
        ) as deed:
            before = locked.state
            step_to(before, step.state.value)
            locked.state = step.state.value
            locked.message = step.message[:_LONGEST_MESSAGE]
            locked.package = step.package or locked.package
            locked.save()
            deed.about(
                "examination", locked.id, label=locked.exhibit.reference, before=before,
                after=locked.state,
            )  # fmt: skip
    return locked


def progress_keep(examination_id: UUID, status: JobStatus) -> None:
    """Keep the counts that the broker told: figures of the moment, not a record."""
    Progress.objects.filter(pk=examination_id).update(
        phase=status.phase[:60],
        entries=status.entries,
        done=status.done,
        skipped=status.skipped,
        failed=status.failed,
        told_at=now_utc(),
    )


def progress_say(examination_id: UUID, phase: str) -> None:
    """Say why an examination waits, where its phase stands."""
    Progress.objects.filter(pk=examination_id).update(phase=phase[:60], told_at=now_utc())


def note_add(
    actor: Actor,
    *,
    reason: str,
    examination: Examination,
    text: str,
    occurred_at: datetime,
    corrects: Note | None = None,
) -> Note:
    """Write a note, or a correction of one; what was written stays.

    Raises:
        UsageError: It says nothing, lies in the future, or the note was corrected already.
    """
    if not text.strip():
        raise UsageError("note: write what was done or seen")
    if occurred_at > now_utc():
        raise UsageError("when: this instant has not come yet")
    with act(actor, "examinations.note", reason=reason, case=examination.case) as deed:
        if corrects is not None:
            _check_correctable(examination, corrects)
        note = Note(
            examination=examination,
            corrects=corrects,
            author_id=actor.actor_id,
            author_name=actor.name,
            occurred_at=occurred_at,
            text=text,
        )
        note.save()
        corrected = str(corrects.id) if corrects else ""
        deed.about("note", note.id, examination=str(examination.id), corrects=corrected)
    return note


def notes_disclose(actor: Actor, *, reason: str, examination: Examination, sha256: str) -> None:
    """Record that an examination's notes leave as a paper, before they do.

    Args:
        actor: Who takes them out.
        reason: Why.
        examination: Whose notes.
        sha256: Of the paper.
    """
    with act(
        actor, "examinations.notes_print", reason=reason, case=examination.case,
        nature=Nature.DISCLOSURE,
    ) as deed:  # fmt: skip
        notes = Note.objects.filter(examination=examination).count()
        deed.about(
            "examination", examination.id, label=examination.exhibit.reference, notes=notes,
            paper_sha256=sha256,
        )  # fmt: skip


def _check_correctable(examination: Examination, note: Note) -> None:
    if note.examination_id != examination.id:
        raise UsageError("note: it is of another examination")
    if Note.objects.filter(corrects=note).exists():
        raise UsageError("note: it was corrected already: correct the correction")


def _locked(examination_id: UUID) -> Examination:
    rows = Examination.objects.select_for_update(of=("self",))
    return rows.select_related("exhibit", "case").get(pk=examination_id)


def _tell(examination: Examination) -> None:
    progress = Progress.objects.select_for_update().get(pk=examination.id)
    progress.turn += 1
    progress.save(update_fields=["turn"])
    examination_asked.send(sender=Examination, examination=examination, turn=progress.turn)
