"""Photographs of devices: re-encoded by the broker, so that no byte of an upload is ever served."""

import hashlib

from django.db.models import Max

from polit.base.errors import UsageError
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.cases.queries import roles_of
from polit.web.core.acting import Actor
from polit.web.core.broker import broker
from polit.web.exhibits.continuity import check_custody_role
from polit.web.exhibits.fitting import check_fits
from polit.web.exhibits.models import Exhibit, Photograph, PhotographWithdrawal
from polit.web.exhibits.sealing import keep_sealed
from polit.web.exhibits.services.chain import locked

MAX_PHOTOGRAPHS = 50


def photograph_add(
    actor: Actor,
    *,
    reason: str,
    exhibit: Exhibit,
    untrusted_data: bytes,
    caption: str,
) -> Photograph:
    """Keep a photograph of an exhibit: the original sealed, and its pixels encoded anew to show.

    Raises:
        UsageError: The exhibit has this one already, or as many as it may.
        AuthorityError: The roles do not allow it.
        BrokerRefused: It cannot be decoded, or is too large.
        BrokerGone: The broker does not answer.
    """
    check_custody_role(roles_of(actor))
    encoded = broker().photograph_reencode(untrusted_data)
    sha256 = hashlib.sha256(untrusted_data).hexdigest()
    with act(
        actor, "exhibits.photograph_add", reason=reason, case=exhibit.case, nature=Nature.COLLECTION
    ) as deed:
        there = locked(exhibit.id).photographs.all()
        if there.filter(original_sha256=sha256).exists():
            raise UsageError("photograph: this exhibit has this one already")
        if there.count() >= MAX_PHOTOGRAPHS:
            raise UsageError(f"photograph: an exhibit has at most {MAX_PHOTOGRAPHS}")
        last = there.aggregate(last=Max("position"))["last"] or 0
        kept = Photograph(
            exhibit=exhibit,
            position=last + 1,
            caption=caption.strip(),
            original_sha256=sha256,
            media_type=encoded.media_type,
            width_px=encoded.width_px,
            height_px=encoded.height_px,
            uploaded_by=actor.name,
        )
        check_fits(kept)
        # Last of all: what is refused leaves no file behind.
        keep_sealed(untrusted_data)
        kept.shown_sha256 = keep_sealed(encoded.full)
        kept.thumbnail_sha256 = keep_sealed(encoded.thumbnail)
        kept.save()
        deed.about("photograph", kept.id, label=exhibit.reference, sha256=sha256)
    return kept


def photograph_withdraw(
    actor: Actor, *, reason: str, photograph: Photograph
) -> PhotographWithdrawal:
    """Show a photograph no more; what was kept of it stays, and that it was withdrawn, and why.

    Raises:
        UsageError: It was withdrawn already.
        AuthorityError: The roles do not allow it.
    """
    check_custody_role(roles_of(actor))
    exhibit = photograph.exhibit
    with act(actor, "exhibits.photograph_withdraw", reason=reason, case=exhibit.case) as deed:
        kept = locked(exhibit.id).photographs.get(pk=photograph.pk)
        if kept.withdrawn is not None:
            raise UsageError("photograph: it was withdrawn already")
        gone = PhotographWithdrawal(photograph=kept, reason=reason, withdrawn_by=actor.name)
        check_fits(gone)
        gone.save()
        deed.about("photograph", kept.id, label=exhibit.reference, sha256=kept.original_sha256)
    return gone


def photograph_move(actor: Actor, *, reason: str, photograph: Photograph) -> None:
    """Put a photograph one place nearer to the first of those that stand.

    Raises:
        UsageError: It is the first already, or it was withdrawn.
        AuthorityError: The roles do not allow it.
    """
    check_custody_role(roles_of(actor))
    exhibit = photograph.exhibit
    with act(actor, "exhibits.photograph_move", reason=reason, case=exhibit.case) as deed:
        standing = locked(exhibit.id).photographs.filter(withdrawal=None)
        ordered = list(standing.order_by("position", "pk"))
        place = next((at for at, each in enumerate(ordered) if each.pk == photograph.pk), 0)
        if place == 0:
            raise UsageError("photograph: it is the first already, or it was withdrawn")
        moved, passed = ordered[place], ordered[place - 1]
        moved.position, passed.position = passed.position, moved.position
        for each in (moved, passed):
            each.save(update_fields=["position"])
        deed.about("photograph", moved.id, label=exhibit.reference, position=moved.position)
