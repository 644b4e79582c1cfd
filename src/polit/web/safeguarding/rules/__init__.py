"""What is allowed in safeguarding: of its tasks, and of the children of a case. No Django here."""

from polit.web.safeguarding.rules.children import (
    CHILD_STANDINGS,
    ChildAccess,
    ChildStanding,
    GivenAction,
    GivenChild,
    GivenConference,
    GivenContact,
    GivenEnquiryStep,
    GivenIdentified,
    GivenShared,
    GivenStep,
    GivenStrategy,
    StepKind,
)
from polit.web.safeguarding.rules.contacts import CONTACT_STATES, ContactState, GivenReply
from polit.web.safeguarding.rules.disclosures import GivenDisclosure
from polit.web.safeguarding.rules.tasks import (
    ACTING,
    FIRST_GENERATION,
    IN_CASE,
    TASK_STATES,
    WORKERS,
    TaskState,
    is_overdue,
)

__all__ = [
    "ACTING",
    "CHILD_STANDINGS",
    "CONTACT_STATES",
    "FIRST_GENERATION",
    "IN_CASE",
    "TASK_STATES",
    "WORKERS",
    "ChildAccess",
    "ChildStanding",
    "ContactState",
    "GivenAction",
    "GivenChild",
    "GivenConference",
    "GivenContact",
    "GivenDisclosure",
    "GivenEnquiryStep",
    "GivenIdentified",
    "GivenReply",
    "GivenShared",
    "GivenStep",
    "GivenStrategy",
    "StepKind",
    "TaskState",
    "is_overdue",
]
