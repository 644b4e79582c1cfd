"""What is done to accounts; each part in its own module."""

from polit.web.accounts.services.factors import factors_reset, password_set
from polit.web.accounts.services.invitations import (
    first_administrator_link,
    invitation_make,
    invitation_use,
)
from polit.web.accounts.services.people import (
    account_activate,
    account_deactivate,
    account_make,
    roles_change,
)

__all__ = [
    "account_activate",
    "account_deactivate",
    "account_make",
    "factors_reset",
    "first_administrator_link",
    "invitation_make",
    "invitation_use",
    "password_set",
    "roles_change",
]
