"""What a session knows of its person: where they are, what they proved, and when."""

import hmac
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from polit.base.clock import now_utc
from polit.web.accounts.models import User
from polit.web.accounts.rules import PROOF_LIFE
from polit.web.accounts.services.sessions import Place

_SESSION = "polit.session"
_FACTOR = "polit.factor"


def place_of(request: HttpRequest) -> Place:
    """Return where a request comes from."""
    address = client_address(request) or "unknown"
    return Place(address, request.headers.get("user-agent", ""))


def client_address(request: HttpRequest) -> str | None:
    """Return the address that failed sign-ins are counted by, ``None`` where there is none."""
    try:
        return str(get_adapter(request).get_client_ip(request))
    except PermissionDenied:
        return None


def attempt_name(request: HttpRequest, credentials: dict[str, str] | None = None) -> str:
    """Return what failed sign-ins are counted by: a keyed hash of the name tried.

    A password typed into the field of the name must not stand in a table.
    """
    name = (credentials or {}).get("username") or request.POST.get("login", "")
    # Databases compare names in capitals, where i meets a dotless i; casefold keeps them apart.
    plain = name.strip().upper().casefold().encode()
    return hmac.new(settings.SECRET_KEY.encode(), plain, "sha256").hexdigest()


def proofs_of(request: HttpRequest, user: User) -> tuple[str, ...]:
    """Return what a person proved in this session, such as ``password`` and ``totp``."""
    records = get_authentication_records(request, user)
    return tuple(str(record.get("type") or record.get("method")) for record in records)


def is_fresh(request: HttpRequest) -> bool:
    """Tell whether the person proved who they are within the last minutes."""
    if not isinstance(request.user, User):
        return False
    records = get_authentication_records(request, request.user)
    if not records:
        return False
    return bool(now_utc().timestamp() - float(records[-1]["at"]) < PROOF_LIFE.total_seconds())


def session_id_of(request: HttpRequest) -> UUID | None:
    """Return which signed-in session a request belongs to."""
    found = request.session.get(_SESSION)
    return UUID(found) if isinstance(found, str) else None


def keep_session_id(request: HttpRequest, session_id: UUID) -> None:
    """Keep which signed-in session this is."""
    request.session[_SESSION] = str(session_id)


def has_proved_factor(request: HttpRequest) -> bool:
    """Tell whether a second factor was proved, or enrolled, in this very session.

    That the account has one is not enough: a session that began with a password alone, before
    the factor was enrolled elsewhere, must not gain by it.
    """
    return bool(request.session.get(_FACTOR))


def keep_factor_proved(request: HttpRequest) -> None:
    """Keep that a second factor was proved or enrolled here."""
    request.session[_FACTOR] = True
