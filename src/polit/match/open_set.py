"""An opened hash set: its keys and records, mapped into memory and shared between processes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from polit.base.errors import HashSetDamaged, UsageError
from polit.match.exact import KeyTable, mapped
from polit.match.near import NearHits, NearIndex
from polit.match.schemes import Meaning
from polit.match.set_document import KEY_BYTES, SetDocument
from polit.match.set_meaning import categories_read, category_meaning, scheme_of

MOST_OF_A_KEY = 10_000
"""How many records of one key are given: a list that repeats a hash for ever costs no more."""


@dataclass(frozen=True, slots=True)
class RecordKeys:
    """The digests that a record states, raw; an empty one where it states none."""

    md5: bytes = b""
    sha1: bytes = b""
    sha256: bytes = b""


@dataclass(frozen=True, slots=True)
class SetRecord:
    """One record of a hash set.

    Args:
        number: Its number in the set, from 0.
        asserted: What the set says by it, as ``Match.asserted`` has it.
        alerts: Whether people are told at once.
        settles: Whether nobody need look at what has its digests. Whoever matches still has to
            refuse that to known-good by MD5 alone and to a contradicted record.
        fields: What else the file says of it, as text, in its order.
    """

    number: int
    asserted: str
    alerts: bool
    settles: bool
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class NearKeys:
    """The fingerprints of a set: of stills, or of frames of videos.

    Search through ``search``: it leaves out what an officer has switched off, which ``index``
    alone does not.

    Args:
        index: The index over the fingerprints.
        records: ``(n,) uint32``, the record of each place of the index.
        qualities: ``(n,) uint8``, 0 to 100, and 255 where none was stated.
        at_ms: ``(n,) uint32``, where in the video a frame stands; empty for stills.
        is_off: ``(n,) bool``, the places of records that are switched off; empty if there are none.
    """

    index: NearIndex
    records: NDArray[np.uint32]
    qualities: NDArray[np.uint8]
    at_ms: NDArray[np.uint32]
    is_off: NDArray[np.bool_]

    def search(self, queries: NDArray[np.uint8], *, threshold_bits: int) -> NearHits:
        """Search as ``NearIndex.search`` does, without what is switched off."""
        hits = self.index.search(queries, threshold_bits=threshold_bits)
        if not len(self.is_off) or not len(hits):
            return hits
        on = ~self.is_off[hits.place]
        return NearHits(hits.query[on], hits.place[on], hits.distance_bits[on])


class OpenSet:
    """A hash set, opened for looking up; every process that opens it shares its memory."""

    def __init__(self, folder: Path, document: SetDocument, off: Iterable[str] = ()) -> None:
        """Open the parts of a set.

        Args:
            folder: The set's folder.
            document: What its ``set.json`` says.
            off: Keys that are switched off, ``algorithm:hex``.

        Raises:
            HashSetDamaged: The parts are not what an import wrote.
        """
        self.facts = document.facts
        self._folder, self._document = folder, document
        self._tables = {
            name: KeyTable.open(folder, name) for name in KEY_BYTES if document.keys.get(name)
        }
        self._stated = {name: self._rows(name, KEY_BYTES[name]) for name in self._tables}
        self._meanings = self._read_meanings()
        self._codes = self._column("category.codes", "<u2")
        self._ends = self._column("fields.ends", "<u8")
        self._data = mapped(folder / "fields.data", "u1") if self._ends is not None else None
        self._pdq, self._frames = self._near("pdq", ()), self._near("vpdq", ())
        self._off = frozenset(record for key in off for record in self.records_stating(key))
        self._off_sorted = np.array(sorted(self._off), dtype=np.uint32)
        if self._off:
            self._pdq, self._frames = self._near("pdq", self._off), self._near("vpdq", self._off)

    @property
    def pdq(self) -> NearKeys | None:
        """The fingerprints of stills, if the set holds any."""
        return self._pdq

    @property
    def frames(self) -> NearKeys | None:
        """The fingerprints of frames of videos, if the set holds any."""
        return self._frames

    @property
    def records_off(self) -> frozenset[int]:
        """The records that state a key which is switched off: they match by none of their keys."""
        return self._off

    def find(self, algorithm: str, digests: Sequence[bytes]) -> list[tuple[int, int]]:
        """Find the records that state these digests, without those that are switched off.

        Args:
            algorithm: ``md5``, ``sha1`` or ``sha256``; others are in no table.
            digests: Raw digests.

        Returns:
            Pairs of a place among ``digests`` and a record, ordered. Of a digest that more than
            ``MOST_OF_A_KEY`` records state, those that alert are given first, then those that
            settle, then the lowest numbers, and the first of each category in any case.
        """
        table = self._tables.get(algorithm)
        pairs: list[tuple[int, int]] = []
        for place, records in table.find(digests) if table is not None else ():
            on = records
            if self._off:
                on = records[~np.isin(records, self._off_sorted)]
            if len(on) > MOST_OF_A_KEY:
                on = self._foremost(on)
            pairs += [(place, record) for record in on.tolist()]
        return pairs

    def _foremost(self, records: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """Choose of too many records those that must not go under, in their order."""
        if self._codes is None:
            return records[:MOST_OF_A_KEY]
        codes = self._codes[records]
        _, firsts = np.unique(codes, return_index=True)
        weights = np.array([2 * (not each.alerts) + (not each.settles) for each in self._meanings])[
            codes
        ]
        weights[firsts] = -1
        chosen = np.argsort(weights, kind="stable")[:MOST_OF_A_KEY]
        return np.sort(records[chosen])

    def stated(self, number: int) -> RecordKeys:
        """Return the digests that a record states."""
        self._check(number)
        keys = {name: bytes(rows[number]) for name, rows in self._stated.items()}
        return RecordKeys(**{name: key for name, key in keys.items() if any(key)})

    def record(self, number: int) -> SetRecord:
        """Return a record by its number.

        Raises:
            UsageError: There is no such record.
        """
        said = self.says(number)
        return SetRecord(number, said.asserted, said.alerts, said.settles, self._fields(number))

    def says(self, number: int) -> Meaning:
        """Return what the set says by a record, without reading the rest of it.

        Raises:
            UsageError: There is no such record.
        """
        self._check(number)
        return self._meanings[int(self._codes[number]) if self._codes is not None else 0]

    def close(self) -> None:
        """Let go of the parts; looking up afterwards finds nothing."""
        for near in (self._pdq, self._frames):
            if near is not None:
                near.index.close()
        self._tables, self._stated, self._pdq, self._frames = {}, {}, None, None

    def _check(self, number: int) -> None:
        if not 0 <= number < self._document.records:
            raise UsageError(f"{self.facts.name} has no record {number}")

    def _rows(self, algorithm: str, width: int) -> NDArray[np.uint8]:
        path = self._folder / f"{algorithm}.stated"
        flat: NDArray[np.uint8] = mapped(path, "u1")
        if len(flat) != width * self._document.records:
            raise HashSetDamaged(f"{path} has another length than the set")
        return flat.reshape(-1, width)

    def _column(self, name: str, dtype: str) -> "NDArray[Any] | None":
        if name not in {part.name for part in self._document.parts}:
            return None
        values = mapped(self._folder / name, dtype)
        if len(values) != self._document.records:
            raise HashSetDamaged(f"{self._folder / name} has another length than the set")
        return values

    def _fields(self, number: int) -> dict[str, str]:
        if self._ends is None or self._data is None:
            return {}
        first = int(self._ends[number - 1]) if number else 0
        length = int(self._ends[number]) - first
        if length <= 0:
            return {}
        raw = bytes(self._data[first : first + length])
        try:
            pairs = msgspec.json.decode(raw, type=list[tuple[str, str]])
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise HashSetDamaged(
                f"{self._folder / 'fields.data'} holds no fields of record {number}: "
                "'polit hashset verify' tells the damage"
            ) from error
        found: dict[str, str] = {}
        for name, value in pairs:
            found[name] = f"{found[name]}; {value}" if name in found else value
        return found

    def _read_meanings(self) -> list[Meaning]:
        scheme = scheme_of(self._document)
        return [
            category_meaning(self.facts.status, scheme, category)
            for category in categories_read(self._folder)
        ]

    def _near(self, name: str, off: Iterable[int]) -> NearKeys | None:
        if not self._document.keys.get(name):
            return None
        place = self._folder
        records: NDArray[np.uint32] = mapped(place / f"{name}.records", "<u4")
        qualities: NDArray[np.uint8] = mapped(place / f"{name}.qualities", "u1")
        at_ms: NDArray[np.uint32] = np.empty(0, dtype=np.uint32)
        if name == "vpdq":
            at_ms = mapped(place / "vpdq.at_ms", "<u4")
        wanted = np.array(sorted(off), dtype=np.uint32)
        is_off = np.isin(records, wanted) if len(wanted) else np.empty(0, dtype=np.bool_)
        return NearKeys(NearIndex.open(place / name), records, qualities, at_ms, is_off)

    def records_stating(self, key: str) -> tuple[int, ...]:
        """Return the records that state a key, ascending, switched off or not.

        Args:
            key: ``md5:``, ``sha1:``, ``sha256:`` or ``pdq:`` and lower-case hex.
        """
        algorithm, _, value = key.partition(":")
        raw = bytes.fromhex(value)
        if algorithm in KEY_BYTES:
            table = self._tables.get(algorithm)
            found = table.find([raw]) if table is not None else ()
            return tuple(record for _, records in found for record in records.tolist())
        if self._pdq is None:
            return ()
        query = np.frombuffer(raw, dtype=np.uint8).reshape(1, -1)
        places = self._pdq.index.search(query, threshold_bits=0).place
        return tuple(sorted(self._pdq.records[places].tolist()))


class OpenSets(tuple[OpenSet, ...]):
    """Opened sets in a fixed order, to be closed after use.

    ``disabled_sha256`` is the digest of the keys that are switched off in the store, lower-case
    hex, and empty when there are none. Whoever records the sets of a run records it beside
    them: with another list the same sets match otherwise.
    """

    disabled_sha256: str

    def __new__(cls, sets: Iterable[OpenSet] = (), disabled_sha256: str = "") -> Self:
        """Hold opened sets."""
        made = super().__new__(cls, tuple(sets))
        made.disabled_sha256 = disabled_sha256
        return made

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every set."""
        for each in self:
            each.close()
