"""From a finished run to a sealed package: the account, the digests, the signed manifest."""

import json
import platform
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import msgspec

from polit.base import faults
from polit.base.clock import instant_text, now_utc
from polit.base.digests import Digests
from polit.examine.progress import SourceReport
from polit.examine.request import ExamineRequest
from polit.examine.source import OpenedSource
from polit.model.manifest import (
    Acquisition,
    Host,
    IsolationFacts,
    Manifest,
    SessionFacts,
    SourceFacts,
)
from polit.package import account
from polit.package.canonical_rows import rows_sha256
from polit.package.database import open_reader
from polit.package.layout import FORMAT, LOCK
from polit.package.match_rows import read_hash_sets
from polit.package.seal import digest_parts, sign_manifest, write_manifest
from polit.package.write import Ledger
from polit.store.keys import Keys


@dataclass(frozen=True, slots=True)
class SealedRun:
    """What a run hands over to be sealed."""

    request: ExamineRequest
    source: OpenedSource
    report: SourceReport
    keys: Keys


_LEVELS = ("none", "reduced", "full")
_FAILED_STAGES_SQL = (
    "SELECT count(*) FROM problems WHERE entry_id IS NULL"
    " AND stage IN ('list', 'mount', 'walk', 'carve', 'measure')"
)


def note_session(
    ledger: Ledger, request: ExamineRequest, source: OpenedSource, isolation: IsolationFacts
) -> None:
    """Note a session of the run: who, when, how isolated. The weakest isolation stands."""
    known = ledger.meta("sessions_detail")
    details = msgspec.json.decode(known, type=list[SessionFacts]) if known else []
    details.append(SessionFacts(instant_text(now_utc()), request.examiner, isolation.level))
    before = ledger.meta("isolation")
    if before is not None:
        weakest = msgspec.json.decode(before, type=IsolationFacts)
        isolation = min(weakest, isolation, key=lambda facts: _LEVELS.index(facts.level))
    with ledger.together():
        ledger.set_meta("sessions_detail", msgspec.json.encode(details).decode())
        ledger.set_meta("sessions", str(len(details)))
        ledger.set_meta("isolation", msgspec.json.encode(isolation).decode())
        if source.access_times_may_change:
            ledger.set_meta("access_times_may_change", "1")


def compare_digests(request: ExamineRequest, report: SourceReport) -> Acquisition:
    """Compare what was stated and stored with what was measured."""
    measured = _measured(report.measured)
    expected = {(digest.algorithm, digest.value_hex) for digest in request.acquisition}
    expected |= set(report.stored_digests.items())
    compared = [measured[name] == value for name, value in expected if name in measured]
    return Acquisition(
        stated=tuple(digest.text for digest in request.acquisition),
        stored=report.stored_digests,
        measured=measured,
        agrees=all(compared) if compared else None,
    )


def seal_package(package: Path, ledger: Ledger, run: SealedRun) -> Manifest:
    """Seal a run that has settled every entry; folds the ledger, and keeps its lease.

    Raises:
        PackageDamaged: The tally does not balance; nothing is sealed.
    """
    ledger.index_locators()
    account.count_tally(ledger.connection).check_balance()
    ledger.fold()
    faults.reach("seal.closed")
    with closing(open_reader(package)) as connection:
        manifest = _manifest(package, connection, run)
    sealed = sign_manifest(manifest, run.keys.signing)
    write_manifest(package, sealed)
    # Still under the lease: whoever takes it next finds the manifest there.
    (package / LOCK).unlink(missing_ok=True)
    return sealed


def _manifest(package: Path, connection: sqlite3.Connection, run: SealedRun) -> Manifest:
    meta = dict(connection.execute("SELECT key, value FROM meta"))
    request = run.request
    restarts = connection.execute("SELECT coalesce(sum(restarts), 0) FROM volumes").fetchone()[0]
    return Manifest(
        format=FORMAT,
        package_id=meta["package_id"],
        case=request.case,
        exhibit=request.exhibit,
        examiner=request.examiner,
        authority=request.authority,
        host=host_facts(),
        source=_source(run),
        acquisition=compare_digests(request, run.report),
        integrity=account.count_integrity(connection),
        device_clock_offset_s=request.clock_offset_s,
        device_time_zone=request.time_zone,
        versions=json.loads(meta["versions"]),
        plan=msgspec.to_builtins(request.plan),
        plan_sha256=request.plan.digest,
        isolation=msgspec.json.decode(meta["isolation"], type=IsolationFacts),
        started_at=meta["started_at"],
        ended_at=instant_text(now_utc()),
        sessions=int(meta["sessions"]),
        sessions_detail=msgspec.json.decode(meta["sessions_detail"], type=tuple[SessionFacts, ...]),
        access_times_may_change="access_times_may_change" in meta,
        walker_restarts=restarts,
        faults_planted=meta["faults_planted"] == "1",
        tally=account.count_tally(connection),
        kinds=account.count_kinds(connection),
        problems=account.count_problems(connection),
        not_examined=account.count_not_examined(connection),
        hash_sets=tuple(read_hash_sets(connection)),
        matches=account.count_matches(connection),
        time_limited=account.list_time_limited(connection),
        failed_stages=connection.execute(_FAILED_STAGES_SQL).fetchone()[0],
        bytes_read=account.count_bytes_read(connection),
        rows_sha256=rows_sha256(connection),
        parts=digest_parts(package),
        recipients=(run.keys.recipient,),
        wrapped_key=meta["wrapped_key"],
    )


def _source(run: SealedRun) -> SourceFacts:
    segments = run.source.walk.segments
    return SourceFacts(
        container=run.report.container,
        names=tuple(segment.name for segment in segments),
        sizes_bytes=tuple(segment.size_bytes for segment in segments),
        missing=run.source.missing,
        size_bytes=run.report.size_bytes,
        description=tuple(sorted(run.report.description.items())),
    )


def host_facts() -> Host:
    """Return the machine that this runs on, as manifests name it."""
    system = f"{platform.system()} {platform.release()}"
    return Host(platform.node(), system, platform.machine(), "system clock (CLOCK_REALTIME)")


def _measured(digests: Digests | None) -> dict[str, str]:
    if digests is None:
        return {}
    return {
        "md5": digests.md5.hex(),
        "sha1": digests.sha1.hex(),
        "sha256": digests.sha256.hex(),
    }
