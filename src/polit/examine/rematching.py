"""Matches sealed packages again, without the evidence: what is found becomes a supplement."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import polit
from polit.base.errors import Interrupted, PackageDamaged, PolitError, UsageError
from polit.examine.said_before import Said, SealedPackage, said_last
from polit.examine.sealing import host_facts
from polit.match.matcher import HashedContent, Matcher, verdict
from polit.match.open_set import OpenSets
from polit.model.manifest import Manifest
from polit.model.matching import HashSetFacts, Match, MatchTerms
from polit.model.supplement import MatchTally
from polit.package.contents import StoredContent, read_contents
from polit.package.database import UNREADABLE, open_reader, read_schema, sealed_schema
from polit.package.layout import FORMAT
from polit.package.seal import parse_manifest, read_manifest_bytes
from polit.package.sealed_text import seal_flaw
from polit.package.supplement_write import SupplementDraft, SupplementTerms, draft_supplement
from polit.package.verify import verify_package
from polit.store.keys import Keys

_MOST_CONTENTS, _MOST_HASHES = 4096, 20_000
_LIBRARIES = ("numba", "numpy")


@dataclass(frozen=True, slots=True)
class RematchRequest:
    """How packages are matched again.

    Args:
        examiner: Who has it done.
        terms: Under what terms fingerprints match.
        all_sets: Whether the sets are all that are enabled, not some by name.
        verify: Whether each package is verified in full before it is matched.
        again: Whether a package is matched again though nothing differs from the last time.
    """

    examiner: str
    terms: MatchTerms
    all_sets: bool
    verify: bool = True
    again: bool = False


@dataclass(slots=True)
class RematchProgress:
    """Counters that a front end shows while the work goes on. No names."""

    packages: int = 0
    done: int = 0
    failed: int = 0
    contents: int = 0
    alerts: int = 0
    new_alerts: int = 0


@dataclass(frozen=True, slots=True)
class Rematched:
    """What matching one package came to.

    Args:
        package: Its folder.
        tally: What was found.
        supplement: The number of the supplement that says so, 0 for the package itself.
        is_new: Whether that supplement was made now.
        new_alerts: How many contents alert now and did not before.
        sets: The hash sets.
    """

    package: Path
    tally: MatchTally
    supplement: int
    is_new: bool
    new_alerts: int
    sets: tuple[HashSetFacts, ...]


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A package that could not be matched, and why."""

    package: Path
    error: PolitError


class Rematching:
    """Matches packages, one after another, with the same open hash sets."""

    def __init__(
        self,
        sets: OpenSets,
        request: RematchRequest,
        keys: Keys,
        watch: Callable[[RematchProgress], None],
    ) -> None:
        """Make ready.

        Args:
            sets: The hash sets; they stay the caller's to close.
            request: How to match.
            keys: What signs.
            watch: Takes the counters after each batch.

        Raises:
            UsageError: There is no hash set to match with, or no examiner.
        """
        if not sets:
            raise UsageError("no hash set is in use: import or enable one with 'polit hashset'")
        if not request.examiner.strip():
            raise UsageError("a supplement says who had it made: name the examiner")
        self._request, self._keys, self._watch = request, keys, watch
        self._matcher = Matcher(sets, request.terms)
        self._terms = SupplementTerms(
            examiner=request.examiner,
            host=host_facts(),
            versions=_versions(),
            terms=request.terms,
            disabled_sha256=sets.disabled_sha256,
            sets=self._matcher.facts,
            all_sets=request.all_sets,
        )
        self.progress = RematchProgress()
        self._stopped = False

    def match_all(self, packages: Sequence[Path]) -> Iterator[Rematched | Unmatched]:
        """Match packages in their order; one that cannot be matched is told, and the next begun.

        Raises:
            Interrupted: ``stop`` was called; every package is as it was, or has its supplement.
        """
        self.progress.packages = len(packages)
        for package in packages:
            found = self._match_or_tell(package)
            self._count(found)
            yield found

    def stop(self) -> None:
        """Have the work end at the next checkpoint; safe from a signal handler and any thread."""
        self._stopped = True

    def match(self, package: Path) -> Rematched:
        """Match one package.

        Raises:
            SourceError: It is no sealed package.
            PackageDamaged: It does not hold; nothing was matched.
            PackageBusy: Another process matches it.
            StorageFull: There is no room for the supplement.
            Interrupted: ``stop`` was called.
        """
        manifest = self._manifest_checked(package)
        with closing(open_reader(package)) as findings:
            if read_schema(findings) != sealed_schema():
                raise PackageDamaged(f"{package} has not the schema of this format")
            findings.execute("PRAGMA temp_store=FILE")
            sealed = SealedPackage(package, manifest, findings)
            said = self._said(sealed)
            if said is not None and said.polit == polit.__version__:
                return self._as_before(package, said)
            return self._supplement(sealed)

    def _supplement(self, package: SealedPackage) -> Rematched:
        with draft_supplement(package.folder, package.manifest, self._terms) as draft:
            self._fill(draft, package)
            rows_sha256 = draft.rows_sha256
            # Asked again: another process may have made it before the lock was taken.
            said = self._said(package)
            if said is not None and said.rows_sha256 == rows_sha256:
                return self._as_before(package.folder, said)
            told = draft.seal(
                package.findings,
                self._keys.signing,
                package_verified=self._request.verify,
            )
        news = told.new_alerts
        return Rematched(package.folder, told.tally, told.number, True, news, told.sets)

    def _fill(self, draft: SupplementDraft, package: SealedPackage) -> None:
        decodes_good = package.manifest.plan.get("decode_known_good") is True
        for batch in _batches(read_contents(package.findings)):
            if self._stopped:
                raise Interrupted("stopped between packages: the same command goes on")
            draft.add(self._matches(batch, decodes_good=decodes_good))
            self.progress.contents += len(batch)
            self._watch(self.progress)

    def _matches(self, batch: Sequence[StoredContent], *, decodes_good: bool) -> list[Match]:
        """Return what examining with these sets would have found, in the order of the contents."""
        found = [list(each) for each in self._matcher.exact([one.digests for one in batch])]
        asked = []
        for place, content in enumerate(batch):
            # An examination would not have decoded it, so it would have nothing to compare.
            is_set_aside = not decodes_good and verdict(found[place]).settled == "known_good"
            if content.hashes and not is_set_aside:
                asked.append(place)
        if self._matcher.resembles and asked:
            hashed = [_hashed(batch[place]) for place in asked]
            for place, near in zip(asked, self._matcher.near(hashed), strict=True):
                found[place] += near
        return [match for each in found for match in each]

    def _said(self, package: SealedPackage) -> Said | None:
        if self._request.again:
            return None
        return said_last(package, self._terms, self._keys.public_key)

    def _as_before(self, package: Path, said: Said) -> Rematched:
        return Rematched(package, said.tally, said.supplement, False, 0, self._terms.sets)

    def _manifest_checked(self, package: Path) -> Manifest:
        if self._request.verify:
            found = verify_package(package)
            if not found.all_hold:
                failed = ", ".join(check.name for check in found.all_checks if not check.holds)
                raise PackageDamaged(f"{package} does not hold ({failed}): verify it")
            return found.manifest
        untrusted_text = read_manifest_bytes(package)
        manifest = parse_manifest(untrusted_text)
        if manifest.format != FORMAT:
            raise PackageDamaged(f"{package} is of format {manifest.format}: this reads {FORMAT}")
        if flaw := seal_flaw(manifest, untrusted_text):
            raise PackageDamaged(f"{package} does not hold: {flaw}")
        return manifest

    def _match_or_tell(self, package: Path) -> Rematched | Unmatched:
        if self._stopped:
            raise Interrupted("stopped between packages: the same command goes on")
        try:
            return self.match(package)
        except Interrupted:
            raise
        except PolitError as error:
            return Unmatched(package, error)
        except UNREADABLE as error:
            return Unmatched(package, PackageDamaged(f"{package} cannot be read: {error}"))
        except OSError as error:
            return Unmatched(package, UsageError(f"{package}: {error.strerror or error}"))

    def _count(self, found: Rematched | Unmatched) -> None:
        self.progress.done += 1
        if isinstance(found, Unmatched):
            self.progress.failed += 1
        else:
            self.progress.alerts += found.tally.alerts
            self.progress.new_alerts += found.new_alerts
        self._watch(self.progress)


def _batches(contents: Iterator[StoredContent]) -> Iterator[list[StoredContent]]:
    """Gather contents: so many, or until they have so many fingerprints together."""
    batch: list[StoredContent] = []
    hashes = 0
    for content in contents:
        batch.append(content)
        hashes += len(content.hashes)
        if len(batch) >= _MOST_CONTENTS or hashes >= _MOST_HASHES:
            yield batch
            batch, hashes = [], 0
    if batch:
        yield batch


def _hashed(content: StoredContent) -> HashedContent:
    return HashedContent(content.digests.sha256, content.hashes, content.is_video)


def _versions() -> dict[str, str]:
    libraries = {name: version(name) for name in _LIBRARIES}
    return {"polit": polit.__version__, "sqlite": sqlite3.sqlite_version, **libraries}
