"""Photographs of devices: re-encoded by the broker, so that no byte of an upload is ever served."""

from django.db.models import Max

from polit.base.errors import UsageError
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.cases.queries import roles_of
from polit.web.core.acting import Actor
from polit.web.core.broker import broker
from polit.web.exhibits.continuity import check_custody_role
from polit.web.exhibits.fitting import check_fits
from polit.web.exhibits.models import Exhibit, Photograph
from polit.web.exhibits.sealing import keep_sealed

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
    with act(
        actor, "exhibits.photograph_add", reason=reason, case=exhibit.case, nature=Nature.COLLECTION
    ) as deed:
        sha256 = keep_sealed(untrusted_data)
        there = exhibit.photographs.all()
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
            shown_sha256=keep_sealed(encoded.full),
            thumbnail_sha256=keep_sealed(encoded.thumbnail),
            media_type=encoded.media_type,
            width_px=encoded.width_px,
            height_px=encoded.height_px,
            uploaded_by=actor.name,
        )
        check_fits(kept)
        kept.save()
        deed.about("photograph", kept.id, label=exhibit.reference, sha256=sha256)
    return kept
