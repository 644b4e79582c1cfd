"""Takes supplements of imported packages into the record, each once, in their order.

A supplement says what hash sets of a later day know of a package's contents. It is read from a
private copy that is checked again here; its rows are seen by nobody before its last act.
"""

import hashlib
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Protocol

from django.db import transaction
from django.db.models import Max

from polit.base import faults
from polit.base.errors import PackageBusy, PackageDamaged, UsageError
from polit.broker.client import SIGNER_CHECK, AdoptedSupplement
from polit.package.row_streams import MATCH_STREAMS
from polit.package.rows_out import MatchesOut, Numbers
from polit.package.supplement import Supplement, manifest_sha256, open_supplement, supplement_folder
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.core.acting import Actor
from polit.web.intake.arriving import BATCH_ROWS, fitting, numbers_of, table_of
from polit.web.intake.copying import private_supplement, remove_left_over_supplements
from polit.web.intake.loading import bound_memory, count_rows, drop_rows, load_rows, written_lightly
from polit.web.intake.rules import IntakeCheck, check_same
from polit.web.matching.models import MatchSource
from polit.web.matching.rules import FIRST_SUPPLEMENT, LAST_SUPPLEMENT
from polit.web.matching.services import known_write, source_finish
from polit.web.matching.signals import package_changed
from polit.web.media.models import Content, Package
from polit.web.media.places import package_folder, private_folder
from polit.web.media.rules import PackageState, rows_of

if TYPE_CHECKING:
    from polit.base.canonical import JsonValue

_DIGESTS_AT_ONCE = 10_000


class SupplementAdopter(Protocol):
    """What is asked of the broker."""

    def supplement_adopt(
        self, package: str, *, case_reference: str, other_case_confirmed: bool = False
    ) -> tuple[AdoptedSupplement, ...]:
        """Verify a package's supplements in their places."""


def supplements_import(
    actor: Actor, *, reason: str, package: Package, broker: SupplementAdopter
) -> list[MatchSource]:
    """Take in what supplements a package has and the record does not; in order, each once.

    One that does not hold is kept as refused, with what does not hold, and ends the round: those
    after it were made to follow it. One that holds and that a stranger signed is refused too, and
    passed over: each says by itself all that is known.

    Returns:
        Those that were taken in or refused now.

    Raises:
        UsageError: The package is not imported.
        BrokerGone, BrokerRefused: The broker could not verify them at all.
        PackageBusy: Another import goes on.
        StorageFull: No room for a copy.
    """
    if package.state != PackageState.IMPORTED.value:
        raise UsageError("the package is not imported: its supplements wait")
    bound_memory()
    remove_left_over_supplements(private_folder())
    adopted = broker.supplement_adopt(
        package.place, case_reference=package.case.reference,
        other_case_confirmed=bool(package.mismatch_reason.strip()),
    )  # fmt: skip
    held = {
        source.supplement: source
        for source in MatchSource.objects.filter(package=package).exclude(supplement=0)
    }
    # What a later one says is what is known: one before it that holds only now comes too late.
    latest = max((n for n, source in held.items() if source.state == "imported"), default=0)
    done = []
    for each in sorted(adopted, key=lambda one: one.number):
        there = held.get(each.number)
        if each.number <= latest:
            continue
        if there is None or not _was_refused(there, each):
            there = _import(_Coming(actor, reason, package, each))
            done.append(there)
        if there.state != "imported" and not _is_strange(each):
            break
    return done


@dataclass(frozen=True, slots=True)
class _Coming:
    """One supplement that is to be taken in."""

    actor: Actor
    reason: str
    package: Package
    adopted: AdoptedSupplement


def _is_strange(adopted: AdoptedSupplement) -> bool:
    """Tell whether nothing is wrong with a supplement but who signed it."""
    return {check.name for check in adopted.checks if not check.holds} == {SIGNER_CHECK}


def _was_refused(there: MatchSource, adopted: AdoptedSupplement) -> bool:
    same = there.manifest_sha256 == adopted.manifest_sha256
    return there.state == "refused" and same and not adopted.holds


def _import(coming: _Coming) -> MatchSource:
    source = _take_up(coming)
    folder = supplement_folder(package_folder(coming.package.place), coming.adopted.number)
    checks = [IntakeCheck(each.name, each.holds, each.detail) for each in coming.adopted.checks]
    if not coming.adopted.holds and all(check.holds for check in checks):
        checks.append(IntakeCheck("broker", holds=False, detail="the broker does not vouch for it"))
    try:
        if all(check.holds for check in checks):
            with (
                private_supplement(folder, private_folder()) as copy,
                open_supplement(copy) as read,
            ):
                checks += _checks(coming, read, manifest_sha256(copy))
                if all(check.holds for check in checks):
                    _bring(source, read)
                    return _finish(coming, source, read, checks)
    except PackageDamaged as error:
        checks.append(IntakeCheck("supplement", holds=False, detail=str(error)))
    return _refuse(coming, source, checks)


def _take_up(coming: _Coming) -> MatchSource:
    package, number = coming.package, coming.adopted.number
    with act(
        coming.actor, "intake.supplement_begin", reason=coming.reason, case=package.case,
        nature=Nature.COLLECTION,
    ) as deed:  # fmt: skip
        rows = MatchSource.objects.select_for_update()
        source = rows.filter(package=package, supplement=number).first()
        if source is None:
            last = MatchSource.objects.aggregate(last=Max("number"))["last"] or 0
            source = MatchSource(package=package, supplement=number)
            source.number = max(last + 1, FIRST_SUPPLEMENT)
            if source.number > LAST_SUPPLEMENT:
                raise UsageError("the record has no number left for a supplement")
        else:
            source.state = "arriving"
        source.fence += 1
        source.manifest_sha256 = coming.adopted.manifest_sha256
        source.save()
        deed.about("supplement", source.id, label=package.package_id, number=number)
    _drop(source)
    return source


def _checks(coming: _Coming, read: Supplement, digest: str) -> list[IntakeCheck]:
    manifest, package = read.manifest, coming.package
    return [
        check_same("manifest", digest, coming.adopted.manifest_sha256),
        check_same("number", manifest.number, coming.adopted.number),
        check_same("package_id", manifest.package_id, package.package_id),
        check_same("rows_sha256", manifest.package_rows_sha256, package.rows_sha256),
    ]


def _bring(source: MatchSource, read: Supplement) -> None:
    numbers = Numbers(source.number, source.package.number)
    rows = MatchesOut(read.connection, numbers, _digests(source.package.number))
    rows.give_words(numbers_of(rows.words()))
    arrived = {}
    with written_lightly():
        for stream in MATCH_STREAMS:
            arrived[stream.name] = 0
            coming = rows.stream(stream, after=0)
            while batch := list(itertools.islice(coming, BATCH_ROWS)):
                faults.reach("intake.supplement_batch")
                with fitting(stream), transaction.atomic():
                    _check_held(source)
                    load_rows(table_of(stream), stream.columns, batch)
                arrived[stream.name] += len(batch)
    expected = {"hash_sets": len(read.hash_sets), "matches": read.manifest.tally.matches}
    found = {s.name: count_rows(table_of(s), *rows_of(source.number)) for s in MATCH_STREAMS}
    if not expected == arrived == found:
        raise PackageDamaged(f"{expected} were sealed, {arrived} came, {found} are here")


def _digests(package_number: int) -> Iterator[bytes]:
    """Yield the digests of a package's contents in the order of their numbers, from 1."""
    first, last = rows_of(package_number)
    rows = Content.objects.filter(id__range=(first, last)).order_by("id")
    for sha256 in rows.values_list("sha256", flat=True).iterator(chunk_size=_DIGESTS_AT_ONCE):
        yield bytes(sha256)


def _check_held(source: MatchSource) -> None:
    rows = MatchSource.objects.select_for_update().filter(pk=source.pk, fence=source.fence)
    if not rows.filter(state="arriving").exists():
        raise PackageBusy("another import took this supplement up: wait for it")


def _drop(source: MatchSource) -> None:
    """Delete what an import that was broken off brought, in bounded transactions."""
    for stream in reversed(MATCH_STREAMS):
        while True:
            with transaction.atomic():
                _check_held(source)
                if not drop_rows(table_of(stream), *rows_of(source.number), most=BATCH_ROWS):
                    break


def _finish(
    coming: _Coming, source: MatchSource, read: Supplement, checks: Sequence[IntakeCheck]
) -> MatchSource:
    manifest = read.manifest
    faults.reach("intake.supplement_finish")
    with act(
        coming.actor, "intake.supplement_import", reason=coming.reason, case=coming.package.case,
        nature=Nature.COLLECTION,
    ) as deed:  # fmt: skip
        _check_held(source)
        source.all_sets = manifest.all_sets
        known_write(coming.package.number, source)
        _say(source, checks)
        source.made_at = manifest.created_at
        source.rows_sha256 = manifest.rows_sha256
        # It is signed: nothing else opens.
        key = manifest.signature.public_key if manifest.signature else ""
        source.signer_sha256 = hashlib.sha256(bytes.fromhex(key)).hexdigest()
        source.terms = json.dumps(asdict(manifest.terms))
        source_finish(coming.actor, reason=coming.reason, source=source)
        package_changed.send(sender=Package, package=coming.package)
        deed.about(
            "supplement", source.id, label=coming.package.package_id, number=source.supplement,
            rows_sha256=source.rows_sha256, manifest_sha256=source.manifest_sha256,
            sets=source.sets, matches=source.matches, alerts=source.alerts_raised,
        )  # fmt: skip
    return source


def _refuse(coming: _Coming, source: MatchSource, checks: Sequence[IntakeCheck]) -> MatchSource:
    _drop(source)
    with act(
        coming.actor, "intake.supplement_refuse", reason=coming.reason, case=coming.package.case,
        nature=Nature.COLLECTION,
    ) as deed:  # fmt: skip
        _check_held(source)
        source.state = "refused"
        _say(source, checks)
        source.save()
        failed: list[JsonValue] = [check.name for check in checks if not check.holds]
        deed.about("supplement", source.id, label=coming.package.package_id,
                   number=source.supplement, failed=failed)  # fmt: skip
    return source


def _say(source: MatchSource, checks: Sequence[IntakeCheck]) -> None:
    source.checks = json.dumps([asdict(check) for check in checks])
