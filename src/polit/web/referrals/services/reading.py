"""Records that somebody read a referral, took its report, or was refused."""

from typing import TYPE_CHECKING

from polit.web.accounts.models import User
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.cases.queries import case_access
from polit.web.core.acting import Actor
from polit.web.referrals.models import Referral, ReferralOriginal
from polit.web.referrals.sealing import ORIGINALS

if TYPE_CHECKING:
    from polit.base.canonical import JsonValue


def referral_consult(actor: Actor, *, user: User, referral: Referral, page: str) -> None:
    """Record that somebody reads a referral, before a byte of it leaves.

    Args:
        actor: Who reads.
        user: The same, as the accounts know them.
        referral: The referral, with its case.
        page: The name of the page's address.
    """
    granted = case_access(user, referral.case_id) if referral.case_id else None
    reason, purpose = "a referral that is in no case", ""
    if granted is not None:
        reason = f"{granted.purpose.label} ({granted.via.replace('_', ' ')})"
        purpose = granted.purpose.value
    with act(
        actor, "referrals.consult", reason=reason, case=granted.case if granted else None,
        purpose=purpose, nature=Nature.CONSULTATION,
    ) as deed:  # fmt: skip
        deed.about("referral", referral.id, label=referral.reference, page=page)


def referral_refuse(actor: Actor, *, page: str, asked: dict[str, str]) -> None:
    """Record that somebody asked for a referral that they may not see, or that is not there."""
    reason = "no rule allows it"
    with act(actor, "access.refuse", reason=reason, nature=Nature.SECURITY) as deed:
        known: dict[str, JsonValue] = dict(asked)
        deed.about("page", page, asked=known)


def original_take(actor: Actor, *, reason: str, original: ReferralOriginal) -> bytes:
    """Return a report as it came, once it stands in the audit that it was taken.

    Raises:
        IntegrityError: It was altered, or its file is gone.
    """
    referral = original.referral
    with act(
        actor, "referrals.take_original", reason=reason, case=referral.case,
        nature=Nature.DISCLOSURE,
    ) as deed:  # fmt: skip
        data = ORIGINALS.open(original.sha256)
        deed.about("referral", referral.id, label=referral.reference, original=str(original.pk))
    return data
