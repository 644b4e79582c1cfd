"""What people fill in about safeguarding."""

from polit.web.safeguarding.forms.children import (
    NEW,
    ChildAddForm,
    ChildChangeForm,
    IdentifyForm,
    ReasonForm,
)
from polit.web.safeguarding.forms.disclosures import DisclosureForm
from polit.web.safeguarding.forms.steps import (
    STEP_FORMS,
    ContactForm,
    ReplyForm,
    StepForm,
)
from polit.web.safeguarding.forms.tasks import TaskActForm, TaskCompleteForm

__all__ = [
    "NEW",
    "STEP_FORMS",
    "ChildAddForm",
    "ChildChangeForm",
    "ContactForm",
    "DisclosureForm",
    "IdentifyForm",
    "ReasonForm",
    "ReplyForm",
    "StepForm",
    "TaskActForm",
    "TaskCompleteForm",
]
