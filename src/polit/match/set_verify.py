"""Verify a set: its parts, its order, its index, against what was sealed and against the oracles.

Imported by ``polit.match.hashsets`` alone. Nothing is written.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from polit.base.errors import HashSetDamaged, PolitError
from polit.match.exact import KeyTable, find_sorted, mapped, top_bits
from polit.match.near import NearIndex, search_brute
from polit.match.set_document import KEY_BYTES, SetDocument, read_document
from polit.match.set_parts import digest_parts
from polit.match.sorting import add_prefix_counts

_CHUNK = 1 << 20
_SAMPLE = 1_000
_NEAR_SAMPLE = 4
_THRESHOLD_BITS = 31
_SEED = 20261126
"""Of the sample: the same set is sampled alike each time."""


@dataclass(frozen=True, slots=True)
class SetVerified:
    """What verifying a set came to.

    Args:
        sha256: The digest that its folder states, lower-case hex.
        name: What it is called; empty where its document cannot be read.
        parts: How many of its files were compared.
        keys: How many keys were checked, of all algorithms.
        findings: What does not hold, in words; empty when everything does.
    """

    sha256: str
    name: str
    parts: int
    keys: int
    findings: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether everything does."""
        return not self.findings


def verify_set(folder: Path, watch: Callable[[str], None] = lambda _: None) -> SetVerified:
    """Verify the set in a folder; damage is a finding, not an error.

    Args:
        folder: The set's folder.
        watch: Told of each step before it is taken.
    """
    try:
        document = read_document(folder)
    except PolitError as error:
        return SetVerified(folder.name, "", 0, 0, (str(error),))
    findings = list(_check_parts(folder, document, watch))
    try:
        for check in (_check_keys, _check_columns, _check_near):
            findings += check(folder, document, watch)
    except (PolitError, OSError, IndexError, ValueError, msgspec.DecodeError) as error:
        # A part that is missing or cut short cannot be looked into any further.
        findings.append(f"a part cannot be read: {error}")
    keys = sum(document.keys.values())
    return SetVerified(
        folder.name, document.name, len(document.parts), keys, tuple(dict.fromkeys(findings))
    )


def check_parts(folder: Path, document: SetDocument) -> None:
    """Compare a set's parts with what was sealed; each is read once.

    Raises:
        HashSetDamaged: One is another, or missing.
    """
    there = set(digest_parts(folder))
    for part in document.parts:
        if part not in there:
            raise HashSetDamaged(
                f"{folder / part.name} is not what was sealed: remove the set, and import its "
                "file again"
            )


def _check_parts(
    folder: Path, document: SetDocument, watch: Callable[[str], None]
) -> Iterator[str]:
    watch("parts")
    if document.sha256 != folder.name:
        yield "the document is not that of the set whose digest the folder states"
    stated = {part.name: part for part in document.parts}
    there = {part.name: part for part in digest_parts(folder)}
    for name in sorted(stated.keys() | there.keys()):
        if name not in there:
            yield f"{name} is missing"
        elif name not in stated:
            yield f"{name} is none of the set's parts"
        elif there[name] != stated[name]:
            yield f"{name} is not what was sealed"


def _check_keys(folder: Path, document: SetDocument, watch: Callable[[str], None]) -> Iterator[str]:
    for name in sorted(KEY_BYTES.keys() & document.keys.keys()):
        watch(f"keys of {name}")
        keys = mapped(folder / f"{name}.keys", f"S{KEY_BYTES[name]}")
        records = mapped(folder / f"{name}.records", "<u4")
        stated = mapped(folder / f"{name}.stated", keys.dtype.str)
        if not len(keys) == len(records) == document.keys[name]:
            yield f"{name}: another count of keys than stated"
            continue
        yield from _check_order(name, keys, records, stated)
        if not np.array_equal(mapped(folder / f"{name}.top", "<u4"), _top(keys)):
            yield f"{name}: the index is not that of the keys"
        elif not _sample_agrees(KeyTable.open(folder, name), keys):
            yield f"{name}: the index finds something else than a plain search"


def _check_order(
    name: str, keys: NDArray[Any], records: NDArray[Any], stated: NDArray[Any]
) -> Iterator[str]:
    """Check that the sorted keys are those that the records state, each once, in order."""
    count = sum(
        int((stated[at : at + _CHUNK] != b"").sum()) for at in range(0, len(stated), _CHUNK)
    )
    if count != len(keys):
        yield f"{name}: the records state {count} keys, {len(keys)} are sorted"
    for at in range(0, len(keys), _CHUNK):
        some, their = keys[at : at + _CHUNK + 1], records[at : at + _CHUNK + 1].astype(np.int64)
        if their.max() >= len(stated):
            yield f"{name}: a key belongs to no record of the set"
            return
        if (some != stated[their]).any():
            yield f"{name}: a key is another than its record states"
        follows = (some[:-1] < some[1:]) | ((some[:-1] == some[1:]) & (their[:-1] < their[1:]))
        if not follows.all():
            yield f"{name}: the keys are not sorted, or one stands there twice"


def _top(keys: NDArray[Any]) -> NDArray[np.uint32]:
    counts = np.zeros((1 << top_bits(len(keys))) + 1, dtype=np.uint32)
    for at in range(0, len(keys), _CHUNK):
        some = np.ascontiguousarray(keys[at : at + _CHUNK])
        add_prefix_counts(counts, some.view(np.uint8).reshape(len(some), -1))
    np.cumsum(counts, out=counts)
    return counts


def _sample_agrees(table: KeyTable, keys: NDArray[Any]) -> bool:
    rng = np.random.default_rng(_SEED)
    known = keys[np.sort(rng.integers(0, len(keys), _SAMPLE))]
    strange = np.frombuffer(rng.bytes(_SAMPLE * keys.dtype.itemsize), dtype=keys.dtype)
    queries = np.concatenate([known, strange])
    found, expected = table.find_few(queries), find_sorted(keys, queries)
    return all(np.array_equal(a, b) for a, b in zip(found, expected, strict=True))


def _check_columns(
    folder: Path, document: SetDocument, watch: Callable[[str], None]
) -> Iterator[str]:
    watch("columns")
    names = {part.name for part in document.parts}
    categories = msgspec.json.decode((folder / "categories.json").read_bytes(), type=list[Any])
    if "category.codes" in names:
        codes = mapped(folder / "category.codes", "<u2")
        if len(codes) != document.records or codes.max() >= len(categories):
            yield "category.codes: a record has a category that is not there"
    if "fields.ends" in names:
        ends = mapped(folder / "fields.ends", "<u8")
        size_bytes = (folder / "fields.data").stat().st_size
        if len(ends) != document.records or int(ends[-1]) != size_bytes or not _ascend(ends):
            yield "fields.ends: the fields are not where it says"


def _check_near(folder: Path, document: SetDocument, watch: Callable[[str], None]) -> Iterator[str]:
    for name in ("pdq", "vpdq"):
        count = document.keys.get(name, 0)
        if not count:
            continue
        watch(f"fingerprints of {name}")
        records = mapped(folder / f"{name}.records", "<u4")
        with NearIndex.open(folder / name, plain_comparisons=0) as index:
            if not len(records) == len(index.values) == count:
                yield f"{name}: another count of fingerprints than stated"
                continue
            if records.max() >= document.records or not _ascend(records):
                yield f"{name}: a fingerprint belongs to no record of the set"
            sample = np.array(index.values[:: max(count // _NEAR_SAMPLE, 1)][:_NEAR_SAMPLE])
            found = index.search(sample, threshold_bits=_THRESHOLD_BITS)
            expected = search_brute(index.values, sample, threshold_bits=_THRESHOLD_BITS)
            if not np.array_equal(found.place, expected.place):
                yield f"{name}: the index finds something else than comparing with all"


def _ascend(values: NDArray[Any]) -> bool:
    return all(
        bool((values[at : at + _CHUNK] <= values[at + 1 : at + _CHUNK + 1]).all())
        if at + _CHUNK < len(values)
        else bool((values[at:-1] <= values[at + 1 :]).all())
        for at in range(0, len(values), _CHUNK)
    )
