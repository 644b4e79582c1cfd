"""Takes referrals in, and what is found out about them later."""

from collections.abc import Iterable
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.cases.models import Unit
from polit.web.cases.rules import UnitKind
from polit.web.core.acting import Actor
from polit.web.core.fitting import check_fits
from polit.web.people.identifiers import current_identifiers, service_key
from polit.web.referrals.models import (
    Part,
    Referral,
    ReferralAccount,
    ReferralFile,
    ReferralIp,
    ReferralOriginal,
)
from polit.web.referrals.rules import (
    PARTS_MOST,
    GivenAccount,
    GivenFile,
    GivenIp,
    GivenOriginal,
    GivenParts,
    GivenReferral,
    check_file,
    check_ip,
    check_original,
    check_times,
    source_key,
)
from polit.web.referrals.sealing import ORIGINALS
from polit.web.referrals.services.reach import check_works, locked
from polit.web.referrals.sources import current_sources

_PART_MODELS: tuple[type[Part], ...] = (ReferralAccount, ReferralIp, ReferralFile)


def referral_receive(actor: Actor, *, reason: str, given: GivenReferral) -> Referral:
    """Keep a referral that reached the team, with the report as it came.

    Args:
        actor: Who takes it in.
        reason: Why.
        given: What reached the team.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: The source is unknown, the times contradict each other, or a part is none.
    """
    check_works(actor)
    check_times(given, now_utc())
    with act(actor, "referrals.receive", reason=reason, nature=Nature.COLLECTION) as deed:
        kept = _kept(actor, given)
        _keep_parts(actor, kept, given.parts)
        for original in given.originals:
            _keep_original(actor, kept, original)
        deed.about("referral", kept.id, label=kept.reference, source=kept.source,
                   received_at=kept.received_at.isoformat(), parts=given.parts.count,
                   originals=len(given.originals))  # fmt: skip
    return kept


def referral_change(
    actor: Actor, *, reason: str, referral_id: UUID, given: GivenReferral
) -> Referral:
    """Change what a referral says of itself: source, times, summary, area and team.

    Its parts and originals are left as they are: they have services of their own.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: The source is unknown, or the times contradict each other.
    """
    check_works(actor)
    check_times(given, now_utc())
    with act(actor, "referrals.change", reason=reason) as deed:
        kept = locked(actor, referral_id)
        before = _told(kept)
        _fill(kept, given)
        kept.save()
        after = _told(kept)
        # Names of fields and no values: a summary tells of children.
        changed = [name for name, value in after.items() if before[name] != value]
        deed.about("referral", kept.id, label=kept.reference, changed=list(changed))
    return kept


def parts_add(
    actor: Actor,
    *,
    reason: str,
    referral_id: UUID,
    parts: GivenParts,
    source_reference: str = "",
) -> Referral:
    """Add accounts, connections and files that somebody confirmed; what is there stays as it is.

    Args:
        actor: Who confirms them.
        reason: Why.
        referral_id: The referral.
        parts: What belongs to it.
        source_reference: The source's reference, kept where the referral has none yet.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: A part is none.
    """
    check_works(actor)
    with act(actor, "referrals.add_parts", reason=reason, nature=Nature.COLLECTION) as deed:
        kept = locked(actor, referral_id)
        added = _keep_parts(actor, kept, parts)
        if source_reference and not kept.source_reference:
            kept.source_reference = source_reference.strip()
            kept.source_key = source_key(source_reference)
            check_fits(kept)
            kept.save()
        deed.about("referral", kept.id, label=kept.reference, parts=added)
    return kept


def part_end(actor: Actor, *, reason: str, referral_id: UUID, part_id: UUID) -> Part:
    """Say that an account, a connection or a file does not belong to a referral; it stays kept.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: The referral has none of this identifier that holds.
    """
    check_works(actor)
    with act(actor, "referrals.end_part", reason=reason) as deed:
        kept = locked(actor, referral_id)
        found: Part | None = (
            kept.accounts.select_for_update().filter(pk=part_id, ended_at=None).first()
            or kept.ips.select_for_update().filter(pk=part_id, ended_at=None).first()
            or kept.files.select_for_update().filter(pk=part_id, ended_at=None).first()
        )
        if found is None:
            raise UsageError("this was taken off already: load the page again")
        found.ended_at, found.ended_by = now_utc(), actor.name
        found.save()
        deed.about("referral", kept.id, label=kept.reference, part=type(found).__name__)
    return found


def original_add(
    actor: Actor, *, reason: str, referral_id: UUID, given: GivenOriginal
) -> ReferralOriginal:
    """Keep a further report as it came; the same bytes again are refused.

    Raises:
        AuthorityError: Their roles do not allow it.
        UsageError: It is empty, too large, or there already.
    """
    check_works(actor)
    with act(actor, "referrals.add_original", reason=reason, nature=Nature.COLLECTION) as deed:
        kept = locked(actor, referral_id)
        original = _keep_original(actor, kept, given)
        # Never the digest: a report may be a picture.
        deed.about("referral", kept.id, label=kept.reference, size_bytes=original.size_bytes)
    return original


def _kept(actor: Actor, given: GivenReferral) -> Referral:
    """Keep the referral under the next number of its year; of two at once one tries again."""
    year = timezone.localdate(now_utc()).year
    kept = Referral(year=year, received_by=actor.name, state_since=now_utc())
    _fill(kept, given)
    for _again in range(20):
        last = Referral.objects.filter(year=year).aggregate(last=Max("number"))["last"] or 0
        kept.number = last + 1
        kept.reference = f"R{year}-{kept.number:05d}"
        try:
            with transaction.atomic():
                kept.save()
        except IntegrityError:
            continue
        return kept
    raise UsageError("too many referrals arrive at once: try again")


def _fill(kept: Referral, given: GivenReferral) -> None:
    scheme = current_sources()
    if given.source != kept.source:
        kept.source = scheme.check_source(given.source)
        kept.source_scheme, kept.source_version = scheme.scheme, scheme.version
    kept.source_reference = given.source_reference.strip()
    kept.source_key = source_key(given.source_reference)
    kept.received_at = given.received_at
    kept.event_from, kept.event_to = given.event_from, given.event_to
    kept.summary = given.summary.strip()
    kept.area = _unit(UnitKind.AREA, given.area_id)
    kept.team = _unit(UnitKind.TEAM, given.team_id)
    check_fits(kept)


def _unit(kind: UnitKind, unit_id: UUID | None) -> Unit | None:
    if unit_id is None:
        return None
    found = Unit.objects.filter(pk=unit_id, kind=kind.value).first()
    if found is None:
        raise UsageError(f"there is no such {kind.label.lower()}: choose one of the list")
    return found


def _told(kept: Referral) -> dict[str, str]:
    names = ("source", "source_reference", "received_at", "event_from", "event_to", "summary",
             "area_id", "team_id")  # fmt: skip
    return {name: str(getattr(kept, name)) for name in names}


def _keep_parts(actor: Actor, kept: Referral, parts: GivenParts) -> int:
    """Keep what is not there yet, and return how many that was."""
    if parts.count > PARTS_MOST:
        raise UsageError(f"a report names at most {PARTS_MOST} accounts, connections and files")
    now = now_utc()
    new: list[Part] = [
        *_new_accounts(actor, kept, parts.accounts),
        *_new_ips(actor, kept, [check_ip(each, now) for each in parts.ips]),
        *_new_files(actor, kept, [check_file(each) for each in parts.files]),
    ]
    for each in new:
        check_fits(each)
    for model in _PART_MODELS:
        rows = [each for each in new if isinstance(each, model)]
        model._default_manager.bulk_create(rows)  # noqa: SLF001 - Django documents it
    return len(new)


def _new_accounts(
    actor: Actor, kept: Referral, given: Iterable[GivenAccount]
) -> list[ReferralAccount]:
    scheme = current_identifiers()
    names = ("kind", "service_key", "value_key")
    held = set(kept.accounts.filter(ended_at=None).values_list(*names))
    rows = []
    for each in given:
        kind = scheme.kind(each.kind)
        key = scheme.key(kind.code, each.value)
        if not key:
            raise UsageError(f"this is no {kind.label.lower()}: {each.value[:50]!r}")
        service = each.service.strip() if kind.has_service else ""
        mark = (kind.code, service_key(service), key)
        if mark in held:
            continue
        held.add(mark)
        rows.append(
            ReferralAccount(
                referral=kept, scheme=scheme.scheme, version=scheme.version, kind=kind.code,
                service=service, value=each.value.strip(), service_key=mark[1], value_key=key,
                added_by=actor.name,
            )
        )  # fmt: skip
    return rows


def _new_ips(actor: Actor, kept: Referral, given: Iterable[GivenIp]) -> list[ReferralIp]:
    names = ("address", "port", "occurred_at")
    held = set(kept.ips.filter(ended_at=None).values_list(*names))
    rows = []
    for each in given:
        mark = (each.address, each.port, each.occurred_at)
        if mark in held:
            continue
        held.add(mark)
        rows.append(
            ReferralIp(
                referral=kept, address=each.address, port=each.port, occurred_at=each.occurred_at,
                zone=each.zone, what=each.what, added_by=actor.name,
            )
        )  # fmt: skip
    return rows


def _new_files(actor: Actor, kept: Referral, given: Iterable[GivenFile]) -> list[ReferralFile]:
    names = ("name", "md5", "sha1", "sha256")
    held = set(kept.files.filter(ended_at=None).values_list(*names))
    rows = []
    for each in given:
        mark = (each.name, each.md5, each.sha1, each.sha256)
        if mark in held:
            continue
        held.add(mark)
        rows.append(
            ReferralFile(
                referral=kept, name=each.name, md5=each.md5, sha1=each.sha1, sha256=each.sha256,
                viewed=each.viewed.value, category=each.category, added_by=actor.name,
            )
        )  # fmt: skip
    return rows


def _keep_original(actor: Actor, kept: Referral, given: GivenOriginal) -> ReferralOriginal:
    check_original(given)
    data = given.untrusted_data
    row = ReferralOriginal(
        referral=kept, name=given.name.strip() or "report", size_bytes=len(data),
        sha256=ORIGINALS.digest(data), added_by=actor.name,
    )  # fmt: skip
    check_fits(row)
    if kept.originals.filter(sha256=row.sha256).exists():
        raise UsageError("this referral has exactly this report already")
    # Last of all: what is refused leaves no file behind.
    ORIGINALS.keep(data)
    row.save()
    return row
