"""What people fill in about referrals."""

from polit.web.referrals.forms.deciding import (
    CaseOfUserForm,
    OpenCaseForm,
    OtherReferralForm,
    PassOnForm,
    ReasonForm,
)
from polit.web.referrals.forms.naming import AccountForm, ConfirmForm, FileForm, IpForm
from polit.web.referrals.forms.taking_in import (
    ChangeForm,
    OriginalForm,
    ReceiveForm,
    known_of_referral,
)

__all__ = [
    "AccountForm",
    "CaseOfUserForm",
    "ChangeForm",
    "ConfirmForm",
    "FileForm",
    "IpForm",
    "OpenCaseForm",
    "OriginalForm",
    "OtherReferralForm",
    "PassOnForm",
    "ReasonForm",
    "ReceiveForm",
    "known_of_referral",
]
