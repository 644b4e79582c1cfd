"""How pages reach a referral: only who may see it, and each look is recorded, refusals too."""

from uuid import UUID

from django.http import Http404, HttpRequest

from polit.web.accounts.signed_in import user_of
from polit.web.core.acting import actor_of
from polit.web.referrals.models import Referral
from polit.web.referrals.queries import referral_get
from polit.web.referrals.services import referral_consult, referral_refuse


def referral_of(request: HttpRequest) -> Referral:
    """Return the referral of a page's address, once it stands in the audit that it is read.

    Several registers may ask within one request; it is read and recorded once.

    Raises:
        Http404: There is none that this person may see; neither is told.
    """
    held = getattr(request, "referral", None)
    if isinstance(held, Referral):
        return held
    match = request.resolver_match
    asked = {name: str(value) for name, value in match.kwargs.items()} if match else {}
    page = match.view_name if match else ""
    user = user_of(request)
    try:
        found = referral_get(user, UUID(asked["referral_id"]))
    except Referral.DoesNotExist as error:
        referral_refuse(actor_of(request), page=page, asked=asked)
        raise Http404 from error
    referral_consult(actor_of(request), user=user, referral=found, page=page)
    request.referral = found  # type: ignore[attr-defined]  # read above
    return found
