"""Makes hash sets of benign files that tests made, in a store of their own."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from polit.match.hashsets import HashSets, StoredSet
from polit.match.importing import ImportTerms, import_set
from polit.model.matching import SetStatus


def listed(
    store: Path,
    name: str,
    contents: Iterable[bytes],
    *,
    status: SetStatus,
    algorithm: str = "sha256",
) -> StoredSet:
    """Import a plain list of the digests of some contents."""
    lines = [hashlib.new(algorithm, data, usedforsecurity=False).hexdigest() for data in contents]
    return written(store, name, "\n".join(lines) + "\n", status=status)


def written(
    store: Path, name: str, text: str, *, status: SetStatus, form: str = "plain", scheme: str = ""
) -> StoredSet:
    """Import a list as it is written."""
    store.mkdir(parents=True, exist_ok=True)
    source = store.with_name(f"{name}.txt")
    source.write_text(text)
    terms = ImportTerms(name, form, status, scheme, imported_by="tester")
    return import_set(HashSets(store), source, terms, lambda _: None)
