"""The library's forms in this house's markup and words."""

from typing import Any, ClassVar

from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.account.forms import ReauthenticateForm as PasswordAgainForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as CodeAgainForm
from allauth.mfa.recovery_codes.forms import GenerateRecoveryCodesForm
from allauth.mfa.totp.forms import ActivateTOTPForm, DeactivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm

from polit.web.core.forms import GovukForm

_CODE = "Six digits of the authenticator app, or a recovery code of eight"


class _DoorForm(GovukForm):
    labels: ClassVar[dict[str, str]] = {}
    hints: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, **options: Any) -> None:
        """Say it in our words; a placeholder is no label."""
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")
            if name == "password1":
                field.widget.attrs["data-showable"] = ""


class SignInForm(_DoorForm, LoginForm):  # type: ignore[misc]  # the library tells no types
    """Name and password."""

    button: ClassVar[str] = "Sign in"
    labels: ClassVar[dict[str, str]] = {"login": "Name"}


class ProveByPasswordForm(_DoorForm, PasswordAgainForm):  # type: ignore[misc]  # as above
    """The password again."""

    button: ClassVar[str] = "Go on"


class ProveByCodeForm(_DoorForm, CodeAgainForm):  # type: ignore[misc]  # as above
    """A code again."""

    button: ClassVar[str] = "Go on"
    hints: ClassVar[dict[str, str]] = {"code": _CODE}


class FactorForm(_DoorForm, AuthenticateForm):  # type: ignore[misc]  # as above
    """The code of the second step of a sign-in."""

    button: ClassVar[str] = "Sign in"
    hints: ClassVar[dict[str, str]] = {"code": _CODE}


class PasswordChangeForm(_DoorForm, ChangePasswordForm):  # type: ignore[misc]  # as above
    """The old password and the new one, each once: a button shows what was typed."""

    button: ClassVar[str] = "Change password"
    password2 = None
    labels: ClassVar[dict[str, str]] = {
        "oldpassword": "Present password",
        "password1": "New password",
    }
    hints: ClassVar[dict[str, str]] = {
        "password1": "At least 12 characters; not a common password, not your name."
    }


class AppAddForm(_DoorForm, ActivateTOTPForm):  # type: ignore[misc]  # as above
    """The first code of an authenticator app."""

    button: ClassVar[str] = "Add the app"
    labels: ClassVar[dict[str, str]] = {"code": "Code that the app shows"}


class AppRemoveForm(_DoorForm, DeactivateTOTPForm):  # type: ignore[misc]  # as above
    """Only a button."""

    button: ClassVar[str] = "Remove the app"
    warns: ClassVar[bool] = True


class CodesForm(_DoorForm, GenerateRecoveryCodesForm):  # type: ignore[misc]  # as above
    """Only a button."""

    button: ClassVar[str] = "Make new codes"


class PasskeyAddForm(_DoorForm, AddWebAuthnForm):  # type: ignore[misc]  # as above
    """What a passkey is called; a script of the library asks the device and sends the form."""

    button: ClassVar[str] = "Add"
    labels: ClassVar[dict[str, str]] = {
        "name": "Name of the passkey",
        "passwordless": "Sign in with this passkey alone",
    }
    hints: ClassVar[dict[str, str]] = {
        "name": "Such as the device that it is on",
        "passwordless": "It then asks for a PIN, a finger or a face, and stands for both steps.",
    }

    def __init__(self, *args: Any, **options: Any) -> None:
        """Leave the button to the template: it must not send the form by itself."""
        super().__init__(*args, **options)
        self.fields["passwordless"].initial = True
        self.helper.form_tag = False
        self.helper.layout.fields.pop()
