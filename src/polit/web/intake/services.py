"""Takes a sealed package into the record: verified, each row once, all of it or none seen."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from django.db import transaction
from django.db.models import Count, Max

from polit.base import faults
from polit.base.clock import now_utc
from polit.base.errors import PackageBusy, PackageDamaged, UsageError
from polit.broker.client import AdoptedPackage
from polit.model.manifest import Manifest
from polit.package.canonical_rows import rows_sha256
from polit.package.rows_out import Facet as CountedFacet
from polit.package.rows_out import RowsOut, open_copy
from polit.package.seal import parse_manifest, read_manifest_bytes
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.core.acting import Actor
from polit.web.core.rules import Role
from polit.web.examinations.models import Examination
from polit.web.examinations.services import examination_follow
from polit.web.exhibits.models import Exhibit
from polit.web.intake.arriving import Taken, bring_rows, drop_arrived
from polit.web.intake.copying import private_copy, remove_left_over
from polit.web.intake.loading import bound_memory, written_lightly
from polit.web.intake.models import Arrival
from polit.web.intake.rules import (
    Belonging,
    IntakeCheck,
    check_belonging,
    check_same,
    check_signed,
    check_tally,
    findings_sha256_of,
)
from polit.web.matching.services import (
    PackageMatched,
    known_write,
    package_followed,
    package_matched,
)
from polit.web.matching.signals import package_changed, supplements_wanted
from polit.web.media.models import Entry, Facet, Package
from polit.web.media.places import package_folder, private_folder, wrap_tile_key
from polit.web.media.rules import PACKAGE_STATES, PackageState, rows_of
from polit.web.privilege.services import package_arrived

if TYPE_CHECKING:
    from polit.base.canonical import JsonValue


class Adopter(Protocol):
    """What the intake asks of the broker."""

    def package_adopt(
        self, package: str, *, case_reference: str, other_case_confirmed: bool = False
    ) -> AdoptedPackage:
        """Verify a package and take its key under the case's."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A package that is to be taken in.

    Args:
        exhibit: The exhibit whose findings it holds.
        place: Its name below the folder of packages.
        mismatch_reason: Why one that names another case or exhibit belongs here.
        examination: The examination that it came of, where there is one.
    """

    exhibit: Exhibit
    place: str
    mismatch_reason: str = ""
    examination: Examination | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    """A package as it was read for one import."""

    attached: Attached
    adopted: AdoptedPackage
    manifest: Manifest
    manifest_text: bytes
    findings: Path
    findings_sha256: str

    @property
    def belonging(self) -> Belonging:
        """What it is attached to."""
        exhibit = self.attached.exhibit
        return Belonging(exhibit.case.reference, exhibit.reference, self.attached.mismatch_reason)


def package_import(actor: Actor, *, reason: str, attached: Attached, broker: Adopter) -> Package:
    """Take a package into the record. The same package twice changes nothing the second time.

    It is read from a private copy whose digest is the one that was sealed, and whose rows are
    those that the broker verified: what changes beside it meanwhile changes nothing here.

    Returns:
        The package, ``imported``; or ``refused``, with every check that does not hold.

    Raises:
        BrokerGone, BrokerRefused: The broker could not verify it at all.
        SourceMissing, PackageDamaged: It cannot be read at all.
        PackageBusy: Another import of it goes on.
        StorageFull: No room for the copy.
    """
    bound_memory()
    with _reading(attached, broker) as read:
        checks = _checks(read)
        package, taken = _take_up(actor, reason, read)
        if taken is None:
            return package
        facets: list[CountedFacet] = []
        if all(check.holds for check in checks):
            checks += _bring(read, taken, facets)
        if not all(check.holds for check in checks):
            drop_arrived(taken)
            return _refuse(actor, reason, _Refused(package, taken, tuple(checks)))
        return _finish(actor, reason, _Finished(package, taken, read, tuple(checks), facets))


def package_act(
    actor: Actor, *, reason: str, package: Package, action: str, roles: frozenset[Role]
) -> Package:
    """Withdraw a package: its rows stay, and are seen by nobody. Or restore it.

    Args:
        actor: Who does it.
        reason: Why.
        package: Which.
        action: ``withdraw`` or ``restore``.
        roles: What the actor may do.

    Raises:
        UsageError: It is not where that can be done.
        AuthorityError: None of the roles may.
    """
    with act(
        actor, f"intake.package_{action}", reason=reason, case=package.case,
        nature=Nature.ALTERATION,
    ) as deed:  # fmt: skip
        locked = Package.objects.select_for_update(of=("self",)).get(pk=package.pk)
        locked.state = PACKAGE_STATES.check_action(action, locked.state, roles).to
        if locked.state == PackageState.IMPORTED.value:
            package_arrived(actor, locked)
        locked.save()
        package_followed(locked)
        package_changed.send(sender=Package, package=locked)
        if locked.state == PackageState.IMPORTED.value:
            # Those that were made while it was withdrawn.
            supplements_wanted.send(sender=Package, package=locked)
        if locked.examination_id is not None:
            examination_follow(actor, reason=reason, examination_id=locked.examination_id,
                               action=action, roles=roles)  # fmt: skip
        deed.about("package", locked.id, label=locked.package_id, entries=locked.entries)
    return locked


@contextmanager
def _reading(attached: Attached, broker: Adopter) -> Iterator[_Read]:
    folder = package_folder(attached.place)
    text = read_manifest_bytes(folder)
    manifest = parse_manifest(text)
    remove_left_over(private_folder())
    with private_copy(folder, private_folder()) as (findings, digest):
        adopted = broker.package_adopt(
            attached.place, case_reference=attached.exhibit.case.reference,
            other_case_confirmed=bool(attached.mismatch_reason.strip()),
        )  # fmt: skip
        yield _Read(attached, adopted, manifest, text, findings, digest)


def _checks(read: _Read) -> list[IntakeCheck]:
    """Check what can be checked before a row is read; nothing is cut short by a failure."""
    adopted, manifest = read.adopted, read.manifest
    checks = [IntakeCheck(each.name, each.holds, each.detail) for each in adopted.checks]
    if not adopted.holds and all(check.holds for check in checks):
        checks.append(IntakeCheck("broker", holds=False, detail="the broker does not vouch for it"))
    checks += [
        check_signed(manifest, read.manifest_text),
        check_same("package_id", manifest.package_id, adopted.package_id),
        check_same("rows_sha256", manifest.rows_sha256, adopted.rows_sha256),
        check_same("findings", read.findings_sha256, findings_sha256_of(manifest)),
        check_tally(manifest),
        check_belonging(manifest, read.belonging),
    ]
    return checks


def _take_up(actor: Actor, reason: str, read: _Read) -> tuple[Package, Taken | None]:
    """Find or make the package and its mark; no ``Taken`` where it is imported already."""
    attached, manifest = read.attached, read.manifest
    exhibit = attached.exhibit
    there = (PackageState.IMPORTED.value, PackageState.WITHDRAWN.value)
    held = Package.objects.filter(
        exhibit=exhibit, package_id=manifest.package_id, state__in=there
    ).first()
    if held is not None:
        _check_held(held, read)
        return held, None
    with act(
        actor, "intake.package_begin", reason=reason, case=exhibit.case, nature=Nature.COLLECTION
    ) as deed:
        package = _arriving(attached, manifest)
        arrival, _ = Arrival.objects.select_for_update().get_or_create(package=package)
        arrival.fence += 1
        is_other = bool(arrival.findings_sha256) and (
            arrival.findings_sha256 != read.findings_sha256
        )
        if not is_other:
            arrival.findings_sha256 = read.findings_sha256
        arrival.save()
        deed.about("package", package.id, label=package.package_id, place=attached.place)
    taken = Taken(package.number, arrival.fence, arrival.stream, arrival.rows)
    if is_other:
        drop_arrived(taken)
        # Whoever took it up meanwhile has a greater fence, and finds the old digest.
        Arrival.objects.filter(package=package, fence=taken.fence).update(
            findings_sha256=read.findings_sha256
        )
        taken = replace(taken, stream="", rows=0)
    return package, taken


def _check_held(held: Package, read: _Read) -> None:
    """Refuse a package that the exhibit has already, unless its own examination asks again."""
    if held.findings_sha256 != read.findings_sha256:
        raise PackageDamaged("another package of this identifier is imported already")
    if held.state == PackageState.WITHDRAWN.value:
        raise UsageError("the package was withdrawn from this exhibit: restore it there")
    asked = read.attached.examination
    if asked is not None and held.examination_id not in {None, asked.id}:
        raise UsageError("the exhibit has this package already, from an earlier examination")


def _arriving(attached: Attached, manifest: Manifest) -> Package:
    exhibit = attached.exhibit
    found = Package.objects.select_for_update().filter(
        exhibit=exhibit, package_id=manifest.package_id
    )
    package = found.first()
    if package is None:
        last = Package.objects.aggregate(last=Max("number"))["last"] or 0
        package = Package(
            case=exhibit.case, exhibit=exhibit, package_id=manifest.package_id, number=last + 1
        )
    package.state = PackageState.ARRIVING.value
    package.place = attached.place
    if attached.examination is not None:
        # Another package that the same examination brought, and that was refused.
        earlier = Package.objects.filter(examination=attached.examination)
        earlier.exclude(pk=package.pk).update(examination=None)
    package.examination = attached.examination
    package.mismatch_reason = attached.mismatch_reason
    package.save()
    return package


def _bring(read: _Read, taken: Taken, facets: list[CountedFacet]) -> list[IntakeCheck]:
    """Bring the rows in, count their facets, and check them against what was verified."""
    try:
        with written_lightly(), open_copy(read.findings) as connection:
            found = rows_sha256(connection)
            if found != read.adopted.rows_sha256:
                return [check_same("rows", found, read.adopted.rows_sha256)]
            rows = RowsOut(connection, taken.number)
            bring_rows(taken, rows)
            known_write(taken.number)
            facets += rows.facets()
            return [_check_arrived(read.manifest, taken.number)]
    except PackageDamaged as error:
        return [IntakeCheck("rows", holds=False, detail=str(error))]


def _check_arrived(manifest: Manifest, number: int) -> IntakeCheck:
    tally = manifest.tally
    first, last = rows_of(number)
    rows = Entry.objects.filter(id__range=(first, last)).order_by().values_list("outcome")
    counts = dict(rows.annotate(many=Count("id")))
    found = (sum(counts.values()), *(counts.get(outcome, 0) for outcome in (1, 2, 3)))
    expected = (tally.entries, tally.done, tally.skipped, tally.failed)
    said = "{} entries: {} done, {} skipped, {} failed".format
    return check_same("arrived", said(*found), said(*expected))


@dataclass(frozen=True, slots=True)
class _Refused:
    """A package that is not taken in, and what was checked of it."""

    package: Package
    taken: Taken
    checks: tuple[IntakeCheck, ...]


def _refuse(actor: Actor, reason: str, refused: _Refused) -> Package:
    package, checks = refused.package, refused.checks
    with act(
        actor,
        "intake.package_refuse",
        reason=reason,
        case=package.case,
        nature=Nature.COLLECTION,
    ) as deed:
        _check_not_overtaken(refused.taken)
        package.state = PackageState.REFUSED.value
        package.checks = json.dumps([asdict(check) for check in checks])
        package.save()
        failed: list[JsonValue] = [check.name for check in checks if not check.holds]
        deed.about("package", package.id, label=package.package_id, failed=failed)
    return package


def _check_not_overtaken(taken: Taken) -> None:
    held = Arrival.objects.select_for_update().filter(
        package__number=taken.number, fence=taken.fence
    )
    if held.first() is None:
        raise PackageBusy("another import took this package up: wait for it")


@dataclass(frozen=True, slots=True)
class _Finished:
    """All that the last transaction of an import writes."""

    package: Package
    taken: Taken
    read: _Read
    checks: tuple[IntakeCheck, ...]
    facets: list[CountedFacet]


def _finish(actor: Actor, reason: str, finished: _Finished) -> Package:
    package, read = finished.package, finished.read
    manifest, tally = read.manifest, read.manifest.tally
    faults.reach("intake.finish")
    with act(
        actor, "intake.package_import", reason=reason, case=package.case, nature=Nature.COLLECTION
    ) as deed:
        gone, _ = Arrival.objects.filter(package=package, fence=finished.taken.fence).delete()
        if not gone:
            raise PackageBusy("another import took this package up: wait for it")
        Facet.objects.filter(package=package).delete()
        Facet.objects.bulk_create(
            [
                Facet(package=package, name=facet.name, value=facet.value, count=facet.count)
                for facet in finished.facets
            ]
        )
        package_arrived(actor, package)  # before anybody sees a row of it
        _fill(package, finished)
        package.save()
        matched = PackageMatched(package, manifest.ended_at)
        package_matched(actor, reason=reason, matched=matched)
        package_changed.send(sender=Package, package=package)
        supplements_wanted.send(sender=Package, package=package)
        deed.about(
            "package",
            package.id,
            label=package.package_id,
            rows_sha256=manifest.rows_sha256,
            findings_sha256=read.findings_sha256,
            entries=tally.entries,
            done=tally.done,
            skipped=tally.skipped,
            failed=tally.failed,
        )
    transaction.on_commit(lambda: faults.reach("intake.imported"))
    return package


def _fill(package: Package, finished: _Finished) -> None:
    read = finished.read
    package.state = PackageState.IMPORTED.value
    package.rows_sha256 = read.manifest.rows_sha256
    package.findings_sha256 = read.findings_sha256
    package.manifest = read.manifest_text.decode()
    package.checks = json.dumps([asdict(check) for check in finished.checks])
    package.entries = read.manifest.tally.entries
    package.imported_at = now_utc()
    # It is signed: nothing else passes the checks.
    key = read.manifest.signature.public_key if read.manifest.signature else ""
    package.signer_sha256 = hashlib.sha256(bytes.fromhex(key)).hexdigest()
    if read.adopted.tile_key is not None:
        package.tile_key = wrap_tile_key(read.adopted.tile_key, package.package_id)
