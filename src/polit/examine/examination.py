"""One examination from the request to the sealed package; begun anew, or gone on with."""

import base64
import errno
import json
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import pyrage

import polit
from polit.base import faults, settings
from polit.base.clock import instant_text, monotonic_s, now_utc, sleep_s
from polit.base.errors import (
    IntegrityError,
    Interrupted,
    IsolationTooWeak,
    SourceMissing,
    StorageFull,
    UsageError,
)
from polit.base.ids import new_uuid, random_bytes
from polit.examine.announcing import Announcer
from polit.examine.mounts import check_outside
from polit.examine.originals import (
    META,
    Originals,
    check_apart,
    check_keepable,
    count_originals,
    open_originals,
    originals_text,
)
from polit.examine.passwords import META as PASSWORDS_META
from polit.examine.passwords import check_same_passwords, keyed_digest
from polit.examine.pipeline import Pipeline
from polit.examine.plan import Plan
from polit.examine.progress import Progress
from polit.examine.request import ExamineRequest
from polit.examine.sealing import SealedRun, note_session, seal_package
from polit.examine.sets_in_use import (
    asked_text,
    begin_matching,
    check_same_sets,
    open_sets,
    sets_meta,
)
from polit.examine.settling import Settlement
from polit.examine.source import OpenedSource, open_source
from polit.match.open_set import OpenSets
from polit.model.manifest import IsolationFacts, Manifest
from polit.package.derivatives import DerivativeWriter
from polit.package.layout import LOCK, MANIFEST, package_name
from polit.package.seal import read_manifest
from polit.package.write import Ledger
from polit.run.local import LocalFleet, Zygotes
from polit.sandbox.holding import Holding
from polit.sandbox.selftest import run_selftest
from polit.sandbox.walking import WalkPatience
from polit.store.cipher import KEY_BYTES
from polit.store.keys import Keys

_FULL_WAIT_S = 2.0
_CHANGE_CHECK_S = 5.0
_SOME_FAILED = 3


@dataclass(frozen=True, slots=True)
class Examined:
    """A sealed package and how long this session took."""

    package: Path
    manifest: Manifest
    seconds: float
    was_sealed: bool

    @property
    def exit_code(self) -> int:
        """4 when a hash or chunk does not hold, else 3 when anything failed, else 0.

        Failed is also what as a whole was not examined: a folder without names, a volume that
        was given up, a measuring that broke off, a stated digest that nothing was compared to.
        """
        manifest = self.manifest
        broken = not manifest.integrity.holds or manifest.source.missing
        if broken or manifest.acquisition.agrees is False:
            return IntegrityError.exit_code
        return 0 if manifest.is_complete else _SOME_FAILED


Watcher = Callable[[Progress, str], None]
"""Called on every turn with the counters and a message, empty but for news."""


def examine(request: ExamineRequest, keys: Keys, watch: Watcher) -> Examined:
    """Examine a source into a sealed package.

    Raises:
        UsageError: The request is wrong, or the package is there and ``resume`` was not asked.
        SourceError: The source cannot be opened.
        IsolationTooWeak: The sandbox holds less than fully, and that was not accepted.
        EvidenceChanged: The evidence changed during the run.
        Interrupted: Stopped at a checkpoint, or waited too long for room on the disk.
    """
    started_s = monotonic_s()
    check_request(request)
    package = request.out / package_name(request.exhibit)
    source = open_source(request.source, accept_atime=request.accept_atime)
    try:
        if (package / MANIFEST).exists():
            return _already_sealed(package, request, monotonic_s() - started_s)
        if request.vault is not None:
            check_keepable(request.vault, request.case, data_folder=settings.data_folder())
        with open_sets(request.sets) as sets, Zygotes() as zygotes:
            _prepare_folder(package, request)
            watch(Progress(), asked_text(sets))
            isolation = _test_isolation(zygotes, request, watch)
            session = _Session(package, request, source, sets, keys, watch)
            manifest = session.run(zygotes, isolation)
            if manifest is None:
                return _already_sealed(package, request, monotonic_s() - started_s)
    finally:
        source.close()
    return Examined(package, manifest, monotonic_s() - started_s, was_sealed=False)


def check_request(request: ExamineRequest) -> None:
    """Check a request before anything is made for it, keys and folders included.

    Raises:
        SourceMissing: There is no source.
        UsageError: The request is wrong, or what it writes to lies inside the evidence.
    """
    request.check()
    if not request.source.exists():
        raise SourceMissing(f"{request.source}: there is no such file or folder")
    package = request.out / package_name(request.exhibit)
    written_to = [package, settings.data_folder()]
    if request.vault is not None:
        written_to.append(request.vault)
        check_apart(request.vault, package)
    check_outside(request.source, tuple(written_to))
    source = request.source.absolute().resolve()
    for target in filter(None, (package, request.vault)):
        if source.is_relative_to(target.absolute().resolve()):
            raise UsageError(f"the evidence {request.source} lies inside {target}: choose another")


class _Session:
    """One session of a run: opens the ledger, goes on where it stands, seals at the end."""

    def __init__(
        self,
        package: Path,
        request: ExamineRequest,
        source: OpenedSource,
        sets: OpenSets,
        keys: Keys,
        watch: Watcher,
    ) -> None:
        self._package, self._request, self._source = package, request, source
        self._sets, self._keys, self._watch = sets, keys, watch
        self._announcer = Announcer(watch)
        self._originals: Originals | None = None
        self._stopped = False
        self._waited_s = 0.0
        self._checked_at = monotonic_s()

    def run(self, zygotes: Zygotes, isolation: IsolationFacts) -> Manifest | None:
        """Examine and seal; where the disk fills up, wait and take the run up again.

        Pictures and results are kept in memory and written again as they are; wherever else
        the disk fills up, the session begins anew from what was committed, as any resume does.

        Returns:
            ``None`` where another process sealed the package before this one had its lease.
        """
        with self._stopping():
            while True:
                ledger: Ledger | None = None
                try:
                    if (self._package / MANIFEST).exists():
                        return None
                    ledger = Ledger(self._package)
                    if (self._package / MANIFEST).exists():
                        return None
                    with self._open_originals() as self._originals:
                        return self._run(ledger, zygotes, isolation)
                except (StorageFull, OSError, sqlite3.OperationalError) as error:
                    if not _is_full(error):
                        raise
                    self._wait_for_room(error)
                finally:
                    if ledger is not None:
                        ledger.abandon()

    def _open_originals(self) -> AbstractContextManager[Originals | None]:
        vault = self._request.vault
        if vault is None:
            return nullcontext()
        return open_originals(
            vault, self._request.case, data_folder=settings.data_folder(), keys=self._keys
        )

    def _run(self, ledger: Ledger, zygotes: Zygotes, isolation: IsolationFacts) -> Manifest:
        fleet = LocalFleet(
            zygotes,
            self._source.walk,
            workers=self._request.workers,
            holding=_holding(self._request.plan, isolation),
            patience=WalkPatience(
                self._request.plan.walker_silence_s, self._request.plan.walker_step_s
            ),
            secrets=self._request.secrets,
        )
        try:
            key = self._take_up(ledger, zygotes.versions)
            note_session(ledger, self._request, self._source, isolation)
            derivatives = DerivativeWriter(
                self._package, package_id=str(ledger.meta("package_id")), package_key=key
            )
            derivatives.cut(ledger.pack_ends())
            matching = begin_matching(ledger, self._sets, self._request.plan)
            settlement = Settlement(ledger, derivatives, matching, on_full=self._wait_for_room)
            pipeline = Pipeline(
                ledger,
                fleet,
                settlement,
                self._request.plan,
                check=self._check,
                vault=self._originals.case if self._originals else None,
            )
            try:
                report = pipeline.run()
            except Interrupted:
                settlement.commit()
                raise
            finally:
                derivatives.close()
            self._source.check_unchanged()
        finally:
            fleet.close()
        self._announcer.look(pipeline.progress, is_last=True)
        pipeline.progress.phase = "sealing"
        self._watch(pipeline.progress, "")
        if self._originals is not None:
            count = count_originals(ledger.connection, self._originals.case)
            ledger.set_meta(META, originals_text(count))
        run = SealedRun(self._request, self._source, report, self._keys)
        return seal_package(self._package, ledger, run)

    def _take_up(self, ledger: Ledger, versions: dict[str, str]) -> bytes:
        """Write what the run is, or check that it is the same one; return the package key."""
        same = {
            "case": self._request.case,
            "exhibit": self._request.exhibit,
            "plan_sha256": self._request.plan.digest,
            "source": json.dumps(self._source.fingerprint()),
            "versions": json.dumps({"polit": polit.__version__, **versions}, sort_keys=True),
            "vault": self._originals.vault_id if self._originals else "",
        }
        if ledger.meta("package_id") is None:
            return self._begin(ledger, {**same, **sets_meta(self._sets)})
        for name, value in same.items():
            if ledger.meta(name) != value:
                raise UsageError(
                    f"{self._package} was begun with another {name.replace('_', ' ')}: "
                    "resume with the same, or examine into another folder"
                )
        check_same_sets(ledger, self._sets)
        if faults.armed():
            ledger.set_meta("faults_planted", "1")
        wrapped = base64.b64decode(ledger.meta("wrapped_key") or "")
        try:
            key = pyrage.decrypt(wrapped, [self._keys.identity])
        except pyrage.DecryptError as error:
            raise UsageError(
                f"{self._package} was begun by an installation with other keys: resume there"
            ) from error
        check_same_passwords(ledger, self._request.secrets, key)
        return key

    def _begin(self, ledger: Ledger, same: dict[str, str]) -> bytes:
        key = random_bytes(KEY_BYTES)
        wrapped = pyrage.encrypt(key, [self._keys.identity.to_public()])
        values = {
            **same,
            "package_id": new_uuid(),
            "wrapped_key": base64.b64encode(wrapped).decode(),
            PASSWORDS_META: keyed_digest(self._request.secrets, key),
            "started_at": instant_text(now_utc()),
            "faults_planted": str(int(faults.armed())),
        }
        ledger.begin(values, [known.facts for known in self._sets])
        return key

    def _check(self, progress: Progress) -> None:
        self._watch(progress, "")
        self._announcer.look(progress)
        now = monotonic_s()
        if now - self._checked_at >= _CHANGE_CHECK_S:
            self._checked_at = now
            self._source.check_unchanged()
        if self._stopped:
            raise Interrupted("stopped at a checkpoint: go on with the same command and --resume")

    def _wait_for_room(self, error: Exception) -> None:
        self._watch(Progress(), f"paused: {error}; free some space, the run goes on by itself")
        limit_s = settings.number("POLIT_FULL_WAIT_S", 600.0)
        sleep_s(_FULL_WAIT_S)
        self._waited_s += _FULL_WAIT_S
        if self._stopped or self._waited_s > limit_s:
            raise Interrupted(
                "still no room on the disk: free some, then go on with --resume"
            ) from error

    @contextmanager
    def _stopping(self) -> Iterator[None]:
        """Turn Ctrl-C and a polite kill into a checkpoint."""

        def stop(_number: int, _frame: FrameType | None) -> None:
            self._stopped = True

        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _holding(plan: Plan, isolation: IsolationFacts) -> Holding:
    """Return what is held for decoding: videos only where the sandbox holds fully (ADR 0007)."""
    decode_videos = plan.decode_videos and isolation.level == "full"
    return Holding(
        still_bytes=plan.max_still_bytes if plan.decode_stills else 0,
        holder_bytes=plan.max_holder_bytes if plan.open_holders else 0,
        video_bytes=plan.max_video_bytes if decode_videos else 0,
    )


def _is_full(error: Exception) -> bool:
    if isinstance(error, sqlite3.OperationalError):
        return "full" in str(error)
    if isinstance(error, StorageFull):
        return True
    return isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}


def _already_sealed(package: Path, request: ExamineRequest, seconds: float) -> Examined:
    if not request.resume:
        raise UsageError(
            f"{package} is sealed already: show it with 'polit show', "
            "or examine into another folder"
        )
    manifest = read_manifest(package)
    if (manifest.case, manifest.exhibit) != (request.case, request.exhibit):
        raise UsageError(f"{package} belongs to another case or exhibit")
    # A kill between the manifest and the end of the lease leaves the lock's file behind.
    (package / LOCK).unlink(missing_ok=True)
    return Examined(package, manifest, seconds, was_sealed=True)


def _prepare_folder(package: Path, request: ExamineRequest) -> None:
    if package.exists() and any(package.iterdir()) and not request.resume:
        raise UsageError(f"{package} was begun already: go on with it by --resume")
    try:
        package.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{package} cannot be made: {error.strerror}") from error


def _test_isolation(zygotes: Zygotes, request: ExamineRequest, watch: Watcher) -> IsolationFacts:
    report = run_selftest(zygotes.decoding)
    facts = IsolationFacts(
        level=report.level,
        landlock_abi=report.landlock_abi,
        attacks={result.name: result.contained for result in report.results},
    )
    if report.level != "full":
        if not request.accept_reduced_isolation:
            missed = ", ".join(sorted(name for name, held in facts.attacks.items() if not held))
            raise IsolationTooWeak(
                f"the sandbox reaches level {report.level!r} here (not contained: {missed}): "
                "examine on a machine with Landlock and seccomp, or accept it with "
                "--accept-reduced-isolation; 'polit doctor' says more"
            )
        watch(Progress(), f"isolation level {report.level}: accepted by the examiner")
    return facts
