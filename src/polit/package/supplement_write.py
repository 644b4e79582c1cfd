"""Write a supplement beside a sealed package: whole or not at all, each number once.

It is made in a hidden folder under the package's lock and gets its number by one rename. A kill
at any moment leaves the package as it was, or with the whole supplement; what it leaves of the
hidden folder counts for nothing, and the next supplement removes it.
"""

import errno
import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from polit.base import faults
from polit.base.clock import instant_text, now_utc
from polit.base.errors import PackageBusy, PackageDamaged, StorageFull, UsageError
from polit.model.manifest import Host, Manifest
from polit.model.matching import HashSetFacts, Match, MatchTerms
from polit.model.supplement import SupplementManifest
from polit.package import sealed_text, supplement_rows
from polit.package.layout import MANIFEST, SUPPLEMENTS
from polit.package.match_rows import add_hash_sets, add_matches
from polit.package.supplement import (
    FORMAT,
    MATCHES,
    PARTS,
    UNFINISHED,
    manifest_sha256,
    meta_of,
    supplement_folder,
    supplement_numbers,
)
from polit.package.supplement_rows import Alerted
from polit.store.room import needs_room

_UNWRITABLE = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


@dataclass(frozen=True, slots=True)
class SupplementTerms:
    """Who matches a package again, with what, and how.

    Args:
        examiner: Who has it matched, as stated.
        host: The machine.
        versions: Of polit and of the libraries that matching uses.
        terms: Under what terms fingerprints match.
        disabled_sha256: Digest of the hashes that are disabled, empty for none.
        sets: The hash sets, by their digests.
        all_sets: Whether they are all that are enabled.
    """

    examiner: str
    host: Host
    versions: dict[str, str]
    terms: MatchTerms
    disabled_sha256: str
    sets: tuple[HashSetFacts, ...]
    all_sets: bool


class SupplementDraft:
    """The rows of a supplement that is being made, and what becomes of them."""

    def __init__(self, package: Path, manifest: Manifest, terms: SupplementTerms) -> None:
        """Make the hidden folder anew; the package's lock is held.

        Raises:
            PackageDamaged: The supplements that are there do not count from 1 without gaps.
        """
        numbers = supplement_numbers(package)
        if numbers != tuple(range(1, len(numbers) + 1)):
            raise PackageDamaged(f"{package}: a supplement is missing: verify it")
        self._package, self._manifest, self._terms = package, manifest, terms
        self._number = len(numbers) + 1
        self._folder = package / SUPPLEMENTS / UNFINISHED
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        faults.reach("supplement.create")
        self._rows = supplement_rows.create_rows(self._folder / MATCHES)
        self._rows.execute("BEGIN")
        add_hash_sets(self._rows, terms.sets)

    def add(self, matches: Iterable[Match]) -> None:
        """Add matches; cheapest in the order of the contents."""
        with _told(self._package):
            faults.reach("supplement.add")
            add_matches(self._rows, matches)

    @property
    def rows_sha256(self) -> str:
        """The digest of the rows so far, as a package or supplement that found the same has it."""
        return supplement_rows.rows_sha256(self._rows)

    def seal(
        self,
        findings: sqlite3.Connection,
        key: Ed25519PrivateKey,
        *,
        package_verified: bool,
    ) -> SupplementManifest:
        """Seal the rows and give them their number.

        Args:
            findings: The package's rows.
            key: What signs.
            package_verified: Whether the package was verified in full before.

        Returns:
            The manifest as it stands in the package now.

        Raises:
            StorageFull: There is no room; the package is as it was.
            PackageBusy: Another process took the number.
        """
        with _told(self._package):
            manifest = self._finish_rows(findings, package_verified=package_verified)
            faults.reach("supplement.sign")
            manifest = sealed_text.sign(
                replace(manifest, parts=sealed_text.digest_files(self._folder, PARTS)), key
            )
            sealed_text.write_synced(self._folder / MANIFEST, sealed_text.render(manifest))
            sealed_text.sync_names(self._folder)
            faults.reach("supplement.rename")
            self._take_number()
            faults.reach("supplement.renamed")
            sealed_text.sync_names(self._package / SUPPLEMENTS)
            sealed_text.sync_names(self._package)
        return manifest

    def close(self) -> None:
        """Close the rows; harmless after ``seal``."""
        self._rows.close()

    def _finish_rows(
        self, findings: sqlite3.Connection, *, package_verified: bool
    ) -> SupplementManifest:
        before = supplement_folder(self._package, self._number - 1)
        manifest = SupplementManifest(
            format=FORMAT,
            number=self._number,
            package_id=self._manifest.package_id,
            package_rows_sha256=self._manifest.rows_sha256,
            previous_sha256=manifest_sha256(before) if self._number > 1 else "",
            created_at=instant_text(now_utc()),
            examiner=self._terms.examiner,
            host=self._terms.host,
            versions=self._terms.versions,
            terms=self._terms.terms,
            disabled_sha256=self._terms.disabled_sha256,
            all_sets=self._terms.all_sets,
            package_verified=package_verified,
            faults_planted=faults.armed(),
            sets=self._terms.sets,
            tally=supplement_rows.count_tally(self._rows, supplement_rows.count_asked(findings)),
            new_alerts=self._count_news(findings),
            rows_sha256=self.rows_sha256,
            parts=(),
        )
        self._rows.executemany("INSERT INTO meta VALUES (?, ?)", meta_of(manifest).items())
        self._rows.execute("COMMIT")
        self._rows.close()
        faults.reach("supplement.rows")
        sealed_text.sync_file(self._folder / MATCHES)
        return manifest

    def _count_news(self, findings: sqlite3.Connection) -> int:
        with closing(Alerted()) as alerted:
            alerted.take_up(findings)
            for number in range(1, self._number):
                path = supplement_folder(self._package, number) / MATCHES
                with supplement_rows.open_rows(path) as rows:
                    alerted.take_up(rows)
            return alerted.take_up(self._rows)

    def _take_number(self) -> None:
        place = supplement_folder(self._package, self._number)
        try:
            self._folder.rename(place)
        except OSError as error:
            if error.errno in {errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR}:
                raise PackageBusy(f"{place} was made by another process: match again") from error
            raise


@contextmanager
def draft_supplement(
    package: Path, manifest: Manifest, terms: SupplementTerms
) -> Iterator[SupplementDraft]:
    """Hold a package's lock and make its next supplement; what is not sealed is taken away.

    Raises:
        PackageBusy: Another process makes one of the same package.
        PackageDamaged: The supplements that are there do not count from 1 without gaps, or are
            a link.
        UsageError: Nothing can be written there.
    """
    if (package / SUPPLEMENTS).is_symlink():
        raise PackageDamaged(f"{package}: supplements are a link to elsewhere: verify it")
    lock = _take_lock(package)
    try:
        with _told(package):
            draft = SupplementDraft(package, manifest, terms)
        with closing(draft):
            yield draft
    finally:
        _take_away_unfinished(package)
        os.close(lock)


def _take_away_unfinished(package: Path) -> None:
    shutil.rmtree(package / SUPPLEMENTS / UNFINISHED, ignore_errors=True)
    with suppress(OSError):
        # Only where it is empty.
        (package / SUPPLEMENTS).rmdir()


def _take_lock(package: Path) -> int:
    # The folder itself is locked: a sealed package holds no file for that.
    descriptor = os.open(package, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise PackageBusy(f"{package} is being matched by another process") from error
    except OSError as error:
        os.close(descriptor)
        raise UsageError(f"{package} lies where folders cannot be locked: copy it") from error
    return descriptor


@contextmanager
def _told(package: Path) -> Iterator[None]:
    """Tell why nothing can be written, in words that say what to do."""
    try:
        with needs_room(f"a supplement of {package}"):
            yield
    except StorageFull:
        raise
    except OSError as error:
        if error.errno in _UNWRITABLE:
            raise UsageError(
                f"{package} cannot be written to ({error.strerror}): match a copy of it"
            ) from error
        raise
    except sqlite3.OperationalError as error:
        if "full" in str(error):
            raise StorageFull(f"no room for a supplement of {package}: {error}") from error
        raise
