"""What is asked of enquiries: those of one's cases, and those of referrals that one may see."""

from uuid import UUID

from django.db.models import Q, QuerySet

from polit.web.accounts.models import User
from polit.web.cases.queries import case_ids_for
from polit.web.core.access import CaseAccess, CaseLike
from polit.web.enquiries.models import Enquiry, EnquiryStep
from polit.web.enquiries.rules import WORKERS, EnquiryState, Step
from polit.web.people.models import CasePerson
from polit.web.people.rules import PersonRole
from polit.web.referrals.models import Referral


def enquiries_for(user: User) -> QuerySet[Enquiry]:
    """Return the enquiries that somebody may see, with what they are of.

    One of a referral goes with the referral; one of a case with the case.
    """
    if not user.is_active or not user.roles & WORKERS:
        return Enquiry.objects.none()
    rows = Enquiry.objects.filter(_of_cases(user) | _of_referrals(user))
    return rows.select_related("referral__case", "case")


def _of_cases(user: User) -> Q:
    return Q(case__in=case_ids_for(user))


def _of_referrals(user: User) -> Q:
    return Q(case=None) & (Q(referral__case=None) | Q(referral__case__in=case_ids_for(user)))


def case_enquiries(access: CaseAccess) -> QuerySet[Enquiry]:
    """Return the enquiries of a case and of its referrals."""
    of_case = Q(case_id=access.case.id) | Q(case=None, referral__case_id=access.case.id)
    return Enquiry.objects.filter(of_case).select_related("referral", "case")


def referral_enquiries(referral: Referral) -> QuerySet[Enquiry]:
    """Return the enquiries that were sent on a referral, by the time of sending."""
    of_it = Q(case=None) | Q(case_id=referral.case_id)
    return Enquiry.objects.filter(of_it, referral=referral).order_by("sent_at", "id")


def case_enquiry_get(access: CaseAccess, enquiry_id: UUID) -> Enquiry:
    """Return an enquiry of a case or of its referrals.

    Raises:
        Enquiry.DoesNotExist: There is none of this identifier.
    """
    return case_enquiries(access).get(pk=enquiry_id)


def referral_enquiry_get(referral: Referral, enquiry_id: UUID) -> Enquiry:
    """Return an enquiry of a referral that the caller has reached.

    Raises:
        Enquiry.DoesNotExist: There is none of this identifier.
    """
    return referral_enquiries(referral).select_related("referral", "case").get(pk=enquiry_id)


def enquiry_steps(enquiry: Enquiry) -> list[EnquiryStep]:
    """Return everything that was recorded of an enquiry, in order, corrected rows too."""
    rows = EnquiryStep.objects.filter(enquiry=enquiry).select_related("corrected_by")
    return list(rows.order_by("occurred_at", "recorded_at", "pk"))


def step_get(enquiry: Enquiry, step_id: UUID) -> EnquiryStep:
    """Return a step of an enquiry that stands.

    Raises:
        EnquiryStep.DoesNotExist: There is none of this identifier.
    """
    return EnquiryStep.objects.standing().get(pk=step_id, enquiry=enquiry)


def answer_of(enquiry: Enquiry) -> EnquiryStep | None:
    """Return the answer of an enquiry that stands, ``None`` where there is none."""
    rows = EnquiryStep.objects.standing().filter(enquiry=enquiry, kind=Step.ANSWER.value)
    return rows.order_by("-occurred_at").first()


def answers_of(referral: Referral) -> list[EnquiryStep]:
    """Return the answers to a referral's enquiries that stand and brought facts.

    An enquiry that was sent for a case which the referral has left stays with that case.
    """
    mine = referral_enquiries(referral).order_by().values("pk")
    rows = EnquiryStep.objects.standing().filter(enquiry__in=mine, kind=Step.ANSWER.value)
    return [each for each in rows.order_by("-occurred_at") if each.has_facts]


def enquiries_awaited(user: User, *, of_cases: bool) -> QuerySet[Enquiry]:
    """Return enquiries that wait for an answer which is expected, the first due first.

    Those of cases and those of referrals are asked for apart: asked for both, PostgreSQL joins all
    referrals of the force.
    """
    if not user.is_active or not user.roles & WORKERS:
        return Enquiry.objects.none()
    whose = _of_cases(user) if of_cases else _of_referrals(user)
    rows = Enquiry.objects.filter(whose, state=EnquiryState.SENT.value, answer_due_at__isnull=False)
    return rows.order_by("answer_due_at", "id")


def person_places(case: CaseLike) -> list[CasePerson]:
    """Return the suspects of a case now, to whom an answer's account may belong."""
    rows = CasePerson.objects.filter(case_id=case.id, ended_at=None, role=PersonRole.SUSPECT.value)
    return list(rows.select_related("person").order_by("number"))
