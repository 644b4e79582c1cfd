"""What is asked of people about accounts."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator

from polit.base.errors import UsageError
from polit.web.accounts.models import User
from polit.web.accounts.rules import check_roles
from polit.web.core.forms import GovukForm, ReasonField
from polit.web.core.rules import EXCLUSIVE_ROLES, Role

_ROLES = [(role.value, role.label) for role in Role]
_ALONE = " and ".join(sorted(role.label for role in EXCLUSIVE_ROLES))


class ReasonForm(GovukForm):
    """Why something is done to an account."""

    reason = ReasonField(help_text="It stands in the audit.")


class RolesForm(ReasonForm):
    """Which roles somebody holds from now on."""

    button: ClassVar[str] = "Save roles"
    roles = forms.MultipleChoiceField(
        label="Roles",
        help_text=f"{_ALONE} are held alone.",
        choices=_ROLES,
        widget=forms.CheckboxSelectMultiple,
    )
    field_order: tuple[str, ...] = ("roles", "reason")

    def clean_roles(self) -> frozenset[Role]:
        """Return the roles, where they go together."""
        roles = frozenset(Role(value) for value in self.cleaned_data["roles"])
        try:
            check_roles(roles)
        except UsageError as error:
            raise forms.ValidationError(str(error)) from error
        return roles


class AccountForm(RolesForm):
    """A new account."""

    button: ClassVar[str] = "Make the account"
    full_name = forms.CharField(label="Full name", max_length=150)
    username = forms.CharField(
        label="Name to sign in with", max_length=60, validators=[UnicodeUsernameValidator()]
    )
    field_order = ("full_name", "username", "roles", "reason")


class PasswordForm(GovukForm):
    """A first password, or a new one after a one-time link.

    It is asked for once: a button shows what was typed, which finds a slip better than twice.
    """

    button: ClassVar[str] = "Set password"
    password = forms.CharField(
        label="Password",
        help_text="At least 12 characters; not a common password, not your name.",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "data-showable": ""}),
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        """Take whose password it is: it must not resemble their names."""
        super().__init__(*args, **options)
        self._user = user

    def clean_password(self) -> str:
        """Return the password, where it is good enough."""
        password: str = self.cleaned_data["password"]
        validate_password(password, self._user)
        return password
