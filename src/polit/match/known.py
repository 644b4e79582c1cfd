"""What matching asks of an open hash set.

Imported by ``polit.match`` and the rooms above it.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from polit.match.near import NearIndex
from polit.model.matching import HashSetFacts


class KnownRecord(Protocol):
    """What a set says of one of its records."""

    @property
    def asserted(self) -> str: ...  # noqa: D102 - as in ``Match``
    @property
    def alerts(self) -> bool: ...  # noqa: D102
    @property
    def settles(self) -> bool: ...  # noqa: D102


class StatedDigests(Protocol):
    """The digests that a record states; empty where it states none."""

    @property
    def md5(self) -> bytes: ...  # noqa: D102
    @property
    def sha1(self) -> bytes: ...  # noqa: D102
    @property
    def sha256(self) -> bytes: ...  # noqa: D102


class NearKeys(Protocol):
    """Fingerprints of a set: their index, whose they are, how good they are."""

    @property
    def index(self) -> NearIndex: ...  # noqa: D102
    @property
    def records(self) -> NDArray[np.uint32]: ...  # noqa: D102
    @property
    def qualities(self) -> NDArray[np.uint8]: ...  # noqa: D102


class KnownSet(Protocol):
    """An open hash set."""

    @property
    def facts(self) -> HashSetFacts: ...  # noqa: D102
    @property
    def pdq(self) -> NearKeys | None: ...  # noqa: D102
    @property
    def frames(self) -> NearKeys | None: ...  # noqa: D102
    def find(self, algorithm: str, digests: Sequence[bytes]) -> list[tuple[int, int]]: ...  # noqa: D102
    def record(self, number: int) -> KnownRecord: ...  # noqa: D102
    def stated(self, number: int) -> StatedDigests: ...  # noqa: D102
