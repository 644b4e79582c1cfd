"""How the account library is bent to this house: closed, quiet, and written in acts."""

from base64 import b64decode, b64encode
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from polit.base.ids import random_bytes
from polit.web.accounts.models import User
from polit.web.accounts.proof import is_fresh, session_id_of
from polit.web.accounts.services.factors import password_set
from polit.web.core.acting import actor_of

_NONCE_BYTES = 12


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library tells no types
    """Signing in and passwords."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say that nobody makes an account for themselves."""
        del request
        return False

    def is_safe_url(self, url: str) -> bool:
        """Tell whether one may be sent on to an address: to this site's own paths only.

        The library also allows every host that the site answers under.
        """
        return bool(url) and url.startswith("/") and url_has_allowed_host_and_scheme(url, None)

    def set_password(self, user: User, password: str) -> None:
        """Set a password, in an act of the person's own."""
        request = context.request
        reason = "the person's own account"
        session_id = session_id_of(request)
        password_set(
            actor_of(request), reason=reason, user=user, password=password, session_id=session_id
        )

    def is_reauthentication_required(self, *, app: str, **_more: Any) -> bool:
        """Ask for a new proof where the last one is old; the gate asks the same."""
        del app
        return not is_fresh(context.request)

    def add_message(self, *args: Any, message: str | None = None, **more: Any) -> None:
        """Say what went wrong. Of success the page itself speaks."""
        if message is not None:
            super().add_message(*args, message=message, **more)


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # the library tells no types
    """Second factors."""

    def get_totp_issuer(self) -> str:
        """Return what an authenticator app calls this site."""
        return "polit"

    def build_totp_svg(self, url: str) -> str:
        """Draw nothing: the page shows a picture from an address of its own.

        The library puts it into the page as a data address, which the content policy refuses.
        """
        del url
        return ""

    def encrypt(self, text: str) -> str:
        """Encrypt a secret of a factor: a copy of the database alone must not sign in."""
        nonce = random_bytes(_NONCE_BYTES)
        return b64encode(nonce + _cipher().encrypt(nonce, text.encode(), None)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt a secret of a factor."""
        kept = b64decode(encrypted_text)
        return _cipher().decrypt(kept[:_NONCE_BYTES], kept[_NONCE_BYTES:], None).decode()


def _cipher() -> AESGCM:
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"polit factors 1")
    return AESGCM(kdf.derive(settings.SECRET_KEY.encode()))
