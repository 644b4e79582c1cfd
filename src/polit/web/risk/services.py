"""Records what was assessed, and what suspects were asked about suicide."""

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.accounts.models import User
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.cases.queries import roles_of
from polit.web.core.access import CaseAccess, CaseLike
from polit.web.core.acting import Actor
from polit.web.core.fitting import check_fits
from polit.web.core.models import Superseded
from polit.web.core.twice import check_not_twice
from polit.web.people.models import CasePerson
from polit.web.referrals.models import Referral
from polit.web.referrals.queries import referral_get
from polit.web.risk.later import cover_of, is_later
from polit.web.risk.models import ResponseCovered, RiskAssessment, SuicideRiskPrompt
from polit.web.risk.rules import (
    GivenAssessment,
    GivenPrompt,
    Occasion,
    SuicideRiskAnswers,
    check_answers,
    check_assesses,
    check_given,
    check_prompts,
)
from polit.web.risk.tools import current_tools

Kept = TypeVar("Kept", bound=Superseded)


def assessment_record(
    actor: Actor,
    *,
    reason: str,
    given: GivenAssessment,
    referral_id: UUID | None = None,
    case: CaseLike | None = None,
) -> RiskAssessment:
    """Record an assessment of a referral or of a case.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        Referral.DoesNotExist: There is no such referral that they may see.
        UsageError: It names neither or both, does not hold together, stands there already, or its
            person is nobody of the case.
    """
    check_assesses(roles_of(actor))
    if (referral_id is None) == (case is None):
        raise UsageError("assessment: name either the referral or the case that was assessed")
    referral = None if referral_id is None else _referral(actor, referral_id)
    about = case if referral is None else referral.case
    with act(actor, "risk.assess", reason=reason, case=about, nature=Nature.COLLECTION) as deed:
        kept = _assessment(actor, reason, given, case.id if case else None)
        kept.referral = referral
        _lock(referral, about)
        check_not_twice(kept)
        kept.save()
        deed.about("risk_assessment", kept.pk, label=_label(kept), **_told(kept))
    return kept


def assessment_correct(
    actor: Actor, *, reason: str, assessment: RiskAssessment, given: GivenAssessment
) -> RiskAssessment:
    """Record what an assessment should have said; the old one stays readable.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        UsageError: It was corrected or withdrawn already, or does not hold together.
    """
    check_assesses(roles_of(actor))
    with act(actor, "risk.correct", reason=reason, case=_case(assessment)) as deed:
        kept = _assessment(actor, reason, given, assessment.case_id)
        kept.referral = assessment.referral
        _supersede(assessment, kept)
        deed.about("risk_assessment", kept.pk, label=_label(kept), corrects=str(assessment.pk),
                   **_told(kept))  # fmt: skip
    return kept


def assessment_withdraw(actor: Actor, *, reason: str, assessment: RiskAssessment) -> RiskAssessment:
    """Say that an assessment was never made.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        UsageError: It was corrected or withdrawn already.
    """
    check_assesses(roles_of(actor))
    with act(actor, "risk.withdraw", reason=reason, case=_case(assessment)) as deed:
        kept = _again(assessment, actor, reason)
        _supersede(assessment, kept)
        deed.about("risk_assessment", kept.pk, label=_label(kept), withdraws=str(assessment.pk))
    return kept


def suicide_risk_record(  # noqa: PLR0913 - promised so to the registers above
    actor: Actor,
    *,
    reason: str,
    access: CaseAccess,
    place_id: UUID,
    occasion: Occasion | str,
    occurred_at: datetime,
    answers: SuicideRiskAnswers,
) -> SuicideRiskPrompt:
    """Record that a suspect was asked about suicide, and what came of it.

    Args:
        actor: Who records it.
        reason: Why, as the act that it belongs to says.
        access: The case.
        place_id: The suspect's place in it.
        occasion: One of ``Occasion``.
        occurred_at: When they were asked.
        answers: What it came to.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        UsageError: The case has no such person, or the answers say too little.
    """
    check_prompts(roles_of(actor))
    check_answers(answers, occurred_at, now_utc())
    with act(
        actor, "risk.prompt", reason=reason, case=access.case, purpose=access.purpose.value,
        nature=Nature.COLLECTION,
    ) as deed:  # fmt: skip
        given = GivenPrompt(Occasion(occasion), occurred_at, answers)
        _lock(None, access.case)
        kept = _prompt(actor, reason, access, place_id, given)
        check_not_twice(kept)
        kept.save()
        deed.about("suicide_risk_prompt", kept.pk, label=kept.place.label, occasion=kept.occasion)
    return kept


def suicide_risk_correct(
    actor: Actor,
    *,
    reason: str,
    access: CaseAccess,
    prompt_id: UUID,
    given: GivenPrompt,
) -> SuicideRiskPrompt:
    """Record what should have been said of a prompt; the old one stays readable.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        SuicideRiskPrompt.DoesNotExist: The case has none of this identifier.
        UsageError: It was corrected or withdrawn already, or the answers say too little.
    """
    check_prompts(roles_of(actor))
    check_answers(given.answers, given.occurred_at, now_utc())
    with act(
        actor, "risk.correct_prompt", reason=reason, case=access.case,
        purpose=access.purpose.value,
    ) as deed:  # fmt: skip
        old = SuicideRiskPrompt.objects.get(pk=prompt_id, case_id=access.case.id)
        kept = _prompt(actor, reason, access, old.place_id, given)
        _supersede(old, kept)
        deed.about("suicide_risk_prompt", kept.pk, label=kept.place.label, corrects=str(old.pk),
                   occasion=kept.occasion)  # fmt: skip
    return kept


def suicide_risk_withdraw(
    actor: Actor, *, reason: str, access: CaseAccess, prompt_id: UUID
) -> SuicideRiskPrompt:
    """Say that a suspect was never asked.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        SuicideRiskPrompt.DoesNotExist: The case has none of this identifier.
        UsageError: It was corrected or withdrawn already.
    """
    check_prompts(roles_of(actor))
    with act(
        actor, "risk.withdraw_prompt", reason=reason, case=access.case,
        purpose=access.purpose.value,
    ) as deed:  # fmt: skip
        rows = SuicideRiskPrompt.objects.select_related("place")
        old = rows.get(pk=prompt_id, case_id=access.case.id)
        kept = _again(old, actor, reason)
        _supersede(old, kept)
        deed.about("suicide_risk_prompt", kept.pk, label=old.place.label, withdraws=str(old.pk))
    return kept


def response_cover(actor: Actor, *, reason: str, referral_id: UUID) -> ResponseCovered:
    """Say that what answered a case covers a referral that came in after it.

    Args:
        actor: Who says so.
        reason: Why.
        referral_id: The referral.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        Referral.DoesNotExist: There is no such referral that they may see.
        UsageError: It waits for no response of its own.
    """
    check_assesses(roles_of(actor))
    referral = _referral(actor, referral_id)
    with act(actor, "risk.cover", reason=reason, case=referral.case) as deed:
        kept = Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
        if not is_later(kept) or cover_of(kept) is not None:
            raise UsageError("this referral waits for no response of its own: load the page again")
        cover = ResponseCovered(referral=kept, by=actor.name, reason=reason)
        cover.save()
        deed.about("referral", kept.pk, label=kept.reference)
    return cover


def response_uncover(actor: Actor, *, reason: str, referral_id: UUID) -> ResponseCovered:
    """Say that the earlier response does not cover a referral after all: it waits again.

    Raises:
        AuthorityError: The actor's roles do not allow it.
        Referral.DoesNotExist: There is no such referral that they may see.
        UsageError: Nobody said that it does, or somebody took it back already.
    """
    check_assesses(roles_of(actor))
    referral = _referral(actor, referral_id)
    with act(actor, "risk.uncover", reason=reason, case=referral.case) as deed:
        cover = cover_of(referral)
        if cover is None:
            raise UsageError("no earlier response covers this referral: load the page again")
        kept = _again(cover, actor, reason)
        _supersede(cover, kept)
        deed.about("referral", referral.pk, label=referral.reference)
    return kept


def _assessment(
    actor: Actor, reason: str, given: GivenAssessment, case_id: UUID | None
) -> RiskAssessment:
    check_given(given, now_utc())
    tools = current_tools()
    override_of = (
        given.tool_level.value if given.override_reason.strip() and given.tool_level else ""
    )
    kept = RiskAssessment(
        case_id=case_id,
        person=_place(case_id, given.place_id),
        tool_scheme=tools.name,
        tool=tools.check_code(given.tool),
        tool_name=given.tool_name.strip(),
        tool_version=given.tool_version.strip(),
        level=given.level.value,
        override_of=override_of,
        override_reason=given.override_reason.strip(),
        assessed_at=given.assessed_at,
        assessor=given.assessor.strip(),
        rationale=given.rationale.strip(),
        review_on=given.review_on,
        access_to_children=given.access_to_children.value,
        access_words=given.access_words.strip(),
        position_of_trust=given.position_of_trust.value,
        trust_words=given.trust_words.strip(),
        previous=given.previous.value,
        previous_words=given.previous_words.strip(),
        by=actor.name,
        reason=reason,
    )
    check_fits(kept)
    return kept


def _referral(actor: Actor, referral_id: UUID) -> Referral:
    if actor.kind == "system":
        return Referral.objects.select_related("case").get(pk=referral_id)
    return referral_get(User.objects.get(pk=actor.actor_id), referral_id)


def _case(assessment: RiskAssessment) -> CaseLike | None:
    return assessment.referral.case if assessment.referral else assessment.case


def _label(assessment: RiskAssessment) -> str:
    return assessment.referral.reference if assessment.referral else ""


def _place(case_id: UUID | None, place_id: UUID | None) -> CasePerson | None:
    if place_id is None:
        return None
    found = CasePerson.objects.filter(case_id=case_id, pk=place_id).first() if case_id else None
    if found is None:
        raise UsageError("person: choose somebody of this case")
    return found


def _prompt(
    actor: Actor, reason: str, access: CaseAccess, place_id: UUID, given: GivenPrompt
) -> SuicideRiskPrompt:
    place = _place(access.case.id, place_id)
    assert place is not None
    answers = given.answers
    return SuicideRiskPrompt(
        case_id=access.case.id,
        place=place,
        occasion=given.occasion.value,
        occurred_at=given.occurred_at,
        concern=answers.concern.value,
        asked=answers.asked.strip(),
        action=answers.action.strip(),
        support_suspect=answers.support_suspect.strip(),
        support_family=answers.support_family.strip(),
        by=actor.name,
        reason=reason,
    )


def _lock(referral: Referral | None, case: CaseLike | None) -> None:
    """Have what is written of a referral or of a case wait for what was written just before it."""
    if referral is not None:
        Referral.objects.select_for_update().get(pk=referral.pk)
    elif case is not None:
        Case.objects.select_for_update().get(pk=case.id)


def _again(old: Kept, actor: Actor, reason: str) -> Kept:
    """Return the withdrawal of a row: all that it said, and that it never happened."""
    left_out = {"id", "recorded_at", "corrects", "is_withdrawal", "by", "reason"}
    fields = [each for each in old._meta.concrete_fields if each.name not in left_out]  # noqa: SLF001 - Django documents it
    same = {each.attname: getattr(old, each.attname) for each in fields}
    return type(old)(**same, by=actor.name, reason=reason, is_withdrawal=True)


def _supersede(old: Kept, kept: Kept) -> None:
    """Keep what supersedes a row that stands.

    Raises:
        UsageError: It stands no longer.
    """
    if old.is_withdrawal:
        raise UsageError("this was withdrawn: record it anew")
    kept.corrects = old
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError as error:
        raise UsageError("this was corrected or withdrawn already: load the page again") from error


def _told(kept: RiskAssessment) -> dict[str, str]:
    """Return what the audit keeps: no words, which may tell who a child is."""
    return {"level": kept.level, "override_of": kept.override_of, "tool": kept.tool}
