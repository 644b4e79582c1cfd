"""What people fill in about unknown children and series."""

from polit.web.victims.forms.enquiries import AnswerForm, EnquiryForm
from polit.web.victims.forms.identifying import FoundForm
from polit.web.victims.forms.parts import NEW, ReasonForm, WithdrawForm
from polit.web.victims.forms.series import (
    ClueForm,
    LinkForm,
    LinkItemsForm,
    SeriesChangeForm,
    SeriesForm,
)
from polit.web.victims.forms.unknown import ChooseSeriesForm, OpinionForm, UnknownForm

__all__ = [
    "NEW",
    "AnswerForm",
    "ChooseSeriesForm",
    "ClueForm",
    "EnquiryForm",
    "FoundForm",
    "LinkForm",
    "LinkItemsForm",
    "OpinionForm",
    "ReasonForm",
    "SeriesChangeForm",
    "SeriesForm",
    "UnknownForm",
    "WithdrawForm",
]
