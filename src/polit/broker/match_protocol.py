"""What travels about matching packages again and about supplements; a part of ``protocol``."""

from dataclasses import dataclass
from typing import Annotated

import msgspec

from polit.broker.protocol import CheckResult, Place, Text, Uuid

MOST_PACKAGES = 2_000
"""Packages that one order names; with more, all are matched."""

SIGNER_CHECK = "signer"
"""The name of the check that the package's key or this installation's signed a supplement."""


@dataclass(frozen=True, slots=True)
class AdoptedSupplement:
    """A supplement of a package, as it was verified in its place.

    Args:
        number: Its place among the package's supplements, from 1.
        manifest_sha256: Digest of its manifest, lower-case hex; empty where there is none.
        checks: What was checked.
        holds: Whether every check holds.
    """

    number: int
    manifest_sha256: str
    checks: tuple[CheckResult, ...]
    holds: bool


class MatchOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sealed packages to be matched with all hash sets that are enabled, as an errand.

    Args:
        errand_id: The web's id of it: the same again only returns where it stands.
        packages: Their names below the packages root; ``None`` for all packages there are.
        examiner: Who has it done, as the supplements state.
    """

    errand_id: Uuid
    packages: Annotated[tuple[Place, ...], msgspec.Meta(max_length=MOST_PACKAGES)] | None
    examiner: Text
