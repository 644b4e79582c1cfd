"""Import a file into the store of hash sets: read, sort, index, seal; resumable at any moment.

The set's folder is filled below ``importing`` and renamed into its place once it is whole, so
that a set in the store is always a finished one. The same command after a kill goes on from the
last mark, and ends with the same digest as an undisturbed import.
"""

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

import polit
from polit.base import faults
from polit.base.canonical import canonical_json
from polit.base.clock import instant_text, now_utc
from polit.base.digests import file_sha256
from polit.base.errors import (
    HashSetDamaged,
    HashSetUnreadable,
    SourceMissing,
    UsageError,
)
from polit.base.text import says_something
from polit.match.detecting import format_of
from polit.match.filling import NEAR_RAW, Filling, Mark, mark_read, mark_write
from polit.match.formats._source import open_regular
from polit.match.hashsets import IMPORTING, HashSets, StoredSet
from polit.match.near import write_index
from polit.match.reading import ReadStart
from polit.match.schemes import scheme_get
from polit.match.set_document import (
    DOCUMENT,
    KEY_BYTES,
    LAYOUT,
    SetDocument,
    SetPart,
    read_document,
    render_document,
)
from polit.match.set_parts import PASSING, digest_parts, sync_files
from polit.match.sorting import SortPlaces, sort_keys
from polit.match.switches import Act, Change, change_add, sync_folder
from polit.match.unfinished import importing
from polit.model.matching import SetStatus
from polit.store.room import needs_room

_MARK_ROWS = 500_000
"""How many records are read from mark to mark: what a kill costs, and how often disks are waited
for."""
_PDQ_BYTES = 32


@dataclass(frozen=True, slots=True)
class ImportTerms:
    """As what a file is imported.

    Args:
        name: What people will call the set.
        format: The name of a format, or ``auto``.
        status: What a match will mean.
        scheme: The category scheme as ``scheme/version``, or empty.
        provider: Who gave the file, as stated.
        jurisdiction: Where it comes from, as stated.
        version: Its version, as stated.
        imported_by: Who imports it.
        file_sha256: What the file must be, lower-case hex; empty where nobody said.
        supersedes: Names of sets that are removed once this one is there; one of them may have
            the same name.
    """

    name: str
    format: str
    status: SetStatus
    scheme: str = ""
    provider: str = ""
    jurisdiction: str = ""
    version: str = ""
    imported_by: str = ""
    file_sha256: str = ""
    supersedes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far an import is.

    Args:
        stage: ``digesting``, ``reading``, ``sorting``, ``indexing``, ``sealing``.
        rows: How many records the file held so far.
        kept_bytes: How much was written so far, or of a stage that reads alone, read.
    """

    stage: str
    rows: int
    kept_bytes: int


Watch = Callable[[ImportProgress], None]


def import_set(
    store: HashSets, path: Path, terms: ImportTerms, watch: Watch = lambda _: None
) -> StoredSet:
    """Import a file, or go on with an import of it that was interrupted.

    Args:
        store: Where the set goes.
        path: The file.
        terms: As what it is imported.
        watch: Told from time to time how far it is.

    Returns:
        The set. When the same file had been imported the same way, the set that there is.

    Raises:
        UsageError: The terms cannot be, or another set has that name.
        HashSetDamaged: The file is not the one that was announced.
        SourceMissing: There is no such file.
        HashSetUnreadable: It is not of the format, damaged, changing, or holds
            nothing to keep.
        HashSetsBusy: Another process imports.
        StorageFull: There is no room; the same command goes on once there is.
    """
    with importing(store.folder), needs_room("the hash set"):
        store.clear_removed()
        return _Import(store, path, terms, watch).run()


_Stamp = tuple[int, int, int, int]


class _Import:
    def __init__(self, store: HashSets, path: Path, terms: ImportTerms, watch: Watch) -> None:
        if not says_something(terms.name) or ":" in terms.name:
            raise UsageError(f"{terms.name!r} is no name for a hash set: no colon, and not empty")
        self._scheme_sha256 = scheme_get(terms.scheme).sha256 if terms.scheme else ""
        self._store, self._path, self._watch = store, path, watch
        self._format = format_of(path, terms.format)
        self._terms = replace(terms, format=self._format.NAME)

    def run(self) -> StoredSet:
        """Import, or go on, or find that there is nothing to do."""
        before, file_digest = self._digest()
        if self._terms.file_sha256 not in {"", file_digest}:
            raise HashSetDamaged(f"{self._path} is not the file that was announced")
        made = self._present(file_digest) or self._make(before, file_digest)
        self._supersede(made)
        return made

    def _present(self, file_digest: str) -> StoredSet | None:
        """Return the set that the same file, imported the same way, has made.

        Raises:
            UsageError: Another set has the name.
        """
        listed = self._store.listed()
        for stored in listed:
            if self._is_same(stored, file_digest):
                return stored
        names = {stored.facts.name for stored in listed} - set(self._terms.supersedes)
        if self._terms.name in names:
            raise UsageError(
                f"another hash set is called {self._terms.name!r}: choose --name, or --supersedes"
            )
        return None

    def _make(self, before: "_Stamp", file_digest: str) -> StoredSet:
        work = self._work(file_digest)
        if (work / DOCUMENT).exists():
            # Killed when all was done but the last step; it may be called otherwise now.
            terms = self._terms
            document = replace(
                read_document(work), name=terms.name, provider=terms.provider,
                jurisdiction=terms.jurisdiction, version=terms.version,
                imported_by=terms.imported_by,
            )  # fmt: skip
            return self._place(work, document)
        mark = self._read(work, mark_read(work))
        if self._stamp() != before:
            shutil.rmtree(work)
            raise HashSetUnreadable(f"{self._path} changed while it was read: import it anew")
        mark = self._sort(work, mark)
        self._index(work)
        return self._seal(work, mark, file_digest, before[0])

    def _supersede(self, made: StoredSet) -> None:
        for stored in self._store.listed():
            if stored.facts.name in self._terms.supersedes and stored.sha256 != made.sha256:
                reason = f"superseded by {made.facts.name} {made.sha256[:16]}"
                self._store.remove(stored.sha256, by=self._terms.imported_by, reason=reason)

    def _is_same(self, stored: StoredSet, file_digest: str) -> bool:
        there, terms = stored.document, self._terms
        ways = (terms.format, terms.status, terms.scheme, self._scheme_sha256)
        is_same_way = (there.format, there.status, there.scheme, there.scheme_sha256) == ways
        return there.file_sha256 == file_digest and is_same_way

    def _work(self, file_digest: str) -> Path:
        """Return the folder of this import, made by what its set's digest depends on."""
        terms = self._terms
        values = [
            file_digest, terms.format, terms.status.value, terms.scheme, self._scheme_sha256
        ]  # fmt: skip
        name = hashlib.sha256(canonical_json(values)).hexdigest()
        work = self._store.folder / IMPORTING / name
        work.mkdir(mode=0o700, exist_ok=True)
        return work

    def _stamp(self) -> "_Stamp":
        """Return what tells whether the file was written to, or another took its name.

        The time of change is the one that whoever writes cannot set.
        """
        try:
            stat = self._path.stat()
        except FileNotFoundError as error:
            raise SourceMissing(f"there is no file {self._path.name!r}") from error
        return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino

    def _digest(self) -> tuple["_Stamp", str]:
        before = self._stamp()
        descriptor = open_regular(self._path)
        try:
            return before, file_sha256(descriptor, self._watched("digesting"))
        except OSError as error:
            raise HashSetUnreadable(
                f"{self._path.name!r} cannot be read: {error.strerror}"
            ) from error
        finally:
            os.close(descriptor)

    def _watched(self, stage: str) -> Callable[[int], None]:
        """Return what is told how many bytes of a stage are done."""
        return lambda done_bytes: self._watch(ImportProgress(stage, 0, done_bytes))

    def _read(self, work: Path, mark: Mark) -> Mark:
        if mark.stage != "reading":
            return mark
        filling = Filling(work, mark, self._terms.status)
        try:
            batches = self._format.read(self._path, ReadStart(mark.position))
            marked = filling.read
            for batch in batches:
                filling.add(batch)
                self._watch(ImportProgress("reading", filling.read, filling.written_bytes))
                if filling.read - marked >= _MARK_ROWS:
                    marked = filling.read
                    filling.mark()
            mark = filling.mark(stage="sorting")
        finally:
            filling.close()
        if not mark.records:
            shutil.rmtree(work)
            raise HashSetUnreadable(
                f"{self._path} holds no record that can be kept ({mark.report.read} read): "
                f"{'; '.join(mark.report.rejected) or 'it is empty'}"
            )
        return mark

    def _sort(self, work: Path, mark: Mark) -> Mark:
        stated = [name for name in KEY_BYTES if f"{name}.stated" in mark.sizes_bytes]
        for name in stated:
            if name in mark.sorted_keys:
                continue
            self._watch(ImportProgress("sorting", mark.report.read, 0))
            found = sort_keys(_places(work, name), KEY_BYTES[name])
            sync_files(work)
            duplicates = {**mark.report.duplicates, name: found.duplicates}
            mark = replace(
                mark,
                sorted_keys={**mark.sorted_keys, name: found.count},
                report=replace(mark.report, duplicates=duplicates),
            )
            mark_write(work, mark)
        return mark

    def _index(self, work: Path) -> None:
        """Write the near indexes; a folder of one that a kill left is written anew."""
        for name, raw_name in NEAR_RAW.items():
            raw = work / raw_name
            if not raw.exists():
                continue
            self._watch(ImportProgress("indexing", 0, raw.stat().st_size))
            if (work / name).exists():
                shutil.rmtree(work / name)
            shape = (raw.stat().st_size // _PDQ_BYTES, _PDQ_BYTES)
            faults.reach("hashsets.index")
            write_index(work / name, np.memmap(raw, dtype=np.uint8, mode="r", shape=shape))
            sync_folder(work / name)

    def _seal(self, work: Path, mark: Mark, file_digest: str, size_bytes: int) -> StoredSet:
        (work / "categories.json").write_bytes(
            canonical_json([{"number": number, "text": text} for number, text in mark.categories])
        )
        sync_files(work)
        parts = digest_parts(work, self._watched("sealing"))
        document = self._document(mark, file_digest, size_bytes, parts)
        return self._place(work, document)

    def _place(self, work: Path, document: SetDocument) -> StoredSet:
        path = work / (DOCUMENT + ".new")
        path.write_bytes(render_document(document))
        sync_files(work)
        faults.reach("hashsets.seal")
        path.rename(work / DOCUMENT)
        sync_folder(work)
        about = Change("", "", Act.IMPORT, "", document.sha256, document.name)
        change_add(self._store.folder, Act.IMPORT, by=document.imported_by, reason="", about=about)
        faults.reach("hashsets.place")
        for raw_name in PASSING:
            (work / raw_name).unlink(missing_ok=True)
        work.rename(self._store.folder / document.sha256)
        sync_folder(self._store.folder)
        return self._store.get(document.sha256)

    def _document(
        self, mark: Mark, file_digest: str, size_bytes: int, parts: tuple[SetPart, ...]
    ) -> SetDocument:
        terms, keys = self._terms, dict(mark.sorted_keys)
        for name, raw_name in NEAR_RAW.items():
            if raw_name in mark.sizes_bytes:
                keys[name] = mark.sizes_bytes[raw_name] // _PDQ_BYTES
        return SetDocument(
            layout=LAYOUT, name=terms.name, status=terms.status, scheme=terms.scheme,
            scheme_sha256=self._scheme_sha256,
            provider=terms.provider, jurisdiction=terms.jurisdiction, version=terms.version,
            format=terms.format, file_name=os.fsencode(self._path.name).decode(errors="replace"),
            file_sha256=file_digest, file_size_bytes=size_bytes, records=mark.records,
            keys=keys, imported_at=instant_text(now_utc()), imported_by=terms.imported_by,
            tool=f"polit {polit.__version__}", report=mark.report, parts=parts,
        )  # fmt: skip


def _places(work: Path, algorithm: str) -> SortPlaces:
    return SortPlaces(
        stated=work / f"{algorithm}.stated",
        keys=work / f"{algorithm}.keys",
        records=work / f"{algorithm}.records",
        top=work / f"{algorithm}.top",
        scratch=work / "runs",
    )
