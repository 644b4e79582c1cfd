"""The tables of safeguarding: tasks, children of a case, what protects them, disclosures."""

from polit.web.safeguarding.models.children import ChildRecord, SupportContact
from polit.web.safeguarding.models.disclosures import EmployerDisclosure
from polit.web.safeguarding.models.steps import (
    ChildConference,
    ChildStep,
    ProtectiveAction,
    Section47Enquiry,
    SocialCareReferral,
    StrategyDiscussion,
)
from polit.web.safeguarding.models.tasks import SafeguardingStep, SafeguardingTask

__all__ = [
    "ChildConference",
    "ChildRecord",
    "ChildStep",
    "EmployerDisclosure",
    "ProtectiveAction",
    "SafeguardingStep",
    "SafeguardingTask",
    "Section47Enquiry",
    "SocialCareReferral",
    "StrategyDiscussion",
    "SupportContact",
]
