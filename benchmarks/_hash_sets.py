"""Hash sets of keys that no file has, to load an examination with; kept for the next round."""

import os
import shutil
import tempfile
from pathlib import Path

import numpy as np

from polit.match.hashsets import HashSets
from polit.match.importing import ImportTerms, import_set
from polit.model.matching import SetStatus

_BLOCK = 100_000
_STATUSES = (SetStatus.KNOWN_GOOD, SetStatus.ALERT, SetStatus.CATEGORISED)


def random_sets(count: int, records: int) -> Path:
    """Return a store of sets, each record with an MD5, a SHA-1 and a PDQ fingerprint.

    Args:
        count: How many sets; known-good, alert and categorised in turn.
        records: How many records each of them has.
    """
    root = Path(tempfile.gettempdir()) / f"polit-fixtures-{os.geteuid()}"
    store = root / f"hashsets-{count}-{records}"
    done = store.with_suffix(".done")
    if done.exists():
        return store
    shutil.rmtree(store, ignore_errors=True)
    store.mkdir(parents=True)
    for number in range(count):
        source = root / f"random-{number}.csv"
        _write(source, number, records)
        status = _STATUSES[number % len(_STATUSES)]
        terms = ImportTerms(
            name=f"random {number}", format="csv", status=status, imported_by="benchmark"
        )
        import_set(HashSets(store), source, terms)
        source.unlink()
    done.touch()
    return store


def add_list(store: Path, name: str, sha256: str, status: SetStatus) -> None:
    """Add a set of one SHA-256, lower-case hex, to a store."""
    source = store.with_name(f"{store.name}-{name}.txt")
    source.write_text(f"{sha256}\n", encoding="ascii")
    terms = ImportTerms(name=name, format="plain", status=status, imported_by="benchmark")
    import_set(HashSets(store), source, terms)
    source.unlink()


def _write(source: Path, seed: int, records: int) -> None:
    rng = np.random.default_rng(seed)
    with source.open("w", encoding="ascii") as stream:
        stream.write("md5,sha1,pdq\n")
        for first in range(0, records, _BLOCK):
            keys = rng.bytes(68 * min(_BLOCK, records - first)).hex()
            stream.writelines(
                f"{keys[at : at + 32]},{keys[at + 32 : at + 72]},{keys[at + 72 : at + 136]}\n"
                for at in range(0, len(keys), 136)
            )
