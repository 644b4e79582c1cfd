"""Rules of pages that are not ours to decorate, by the name of the address.

Whatever is neither here nor decorated with ``@access`` is denied, and the matrix test fails.
"""

from collections.abc import Callable
from dataclasses import dataclass

from polit.web.core.access import rule_of
from polit.web.core.rules import PUBLIC, SIGNED_IN, Access, Scope


@dataclass(frozen=True, slots=True)
class Passage:
    """A page's rule and the methods it answers.

    Args:
        rule: Who may.
        methods: Of ``GET`` and ``POST``; HEAD goes with GET.
    """

    rule: Access
    methods: tuple[str, ...]


_FRESH = Access(Scope.SIGNED_IN, fresh=True)
_GET, _BOTH = ("GET",), ("GET", "POST")

THIRD_PARTY: dict[str, Passage] = {
    "account_login": Passage(PUBLIC, _BOTH),
    "account_inactive": Passage(PUBLIC, _GET),
    "mfa_login_webauthn": Passage(PUBLIC, _BOTH),
    "mfa_authenticate": Passage(PUBLIC, _BOTH),
    "account_reauthenticate": Passage(SIGNED_IN, _BOTH),
    "mfa_reauthenticate": Passage(SIGNED_IN, _BOTH),
    "mfa_reauthenticate_webauthn": Passage(SIGNED_IN, _BOTH),
    "account_change_password": Passage(_FRESH, _BOTH),
    "mfa_activate_totp": Passage(_FRESH, _BOTH),
    "mfa_deactivate_totp": Passage(_FRESH, _BOTH),
    "mfa_add_webauthn": Passage(_FRESH, _BOTH),
    "mfa_remove_webauthn": Passage(_FRESH, _BOTH),
    "mfa_view_recovery_codes": Passage(_FRESH, _GET),
    "mfa_generate_recovery_codes": Passage(_FRESH, _BOTH),
}

ENROLMENT = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "accounts:enrol",
        "accounts:totp_qr",
        "mfa_activate_totp",
        "mfa_add_webauthn",
    }
)
"""All that opens for somebody who signed in and has no second factor yet."""


def passage_of(name: str, view: Callable[..., object]) -> Passage | None:
    """Return a page's rule and methods, ``None`` where nothing says them.

    Args:
        name: The name of its address, with the namespace.
        view: The function that answers.
    """
    rule = rule_of(view)
    if rule is None:
        return THIRD_PARTY.get(name)
    methods: tuple[str, ...] = getattr(view, "methods", _GET)
    return Passage(rule, methods)
