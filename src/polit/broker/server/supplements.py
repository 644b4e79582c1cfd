"""Supplements of packages below the packages root: ordered, and verified for the record."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from polit.base.errors import BrokerRefused, PackageDamaged, PolitError, SourceMissing
from polit.broker.errand_protocol import ErrandStatus
from polit.broker.errand_talk import ErrandOrder
from polit.broker.match_protocol import SIGNER_CHECK, AdoptedSupplement, MatchOrder
from polit.broker.protocol import AdoptQuestion, CheckResult, Code
from polit.broker.server.errands import Errands
from polit.broker.server.packages import check_case, package_path
from polit.broker.server.settings import BrokerSettings
from polit.package.seal import read_manifest
from polit.package.supplement import (
    parse_supplement,
    read_supplement_bytes,
    supplement_folder,
    supplement_numbers,
)
from polit.package.supplement_verify import check_supplements


def adopt_supplements(
    packages: Path, question: AdoptQuestion, *, signing_key: bytes
) -> tuple[AdoptedSupplement, ...]:
    """Verify a package's supplements.

    Args:
        packages: The packages root.
        question: The package, and the case that they are taken into.
        signing_key: The public key of this installation, 32 bytes.

    Returns:
        Each by its number; one that does not hold says why.

    Raises:
        BrokerRefused: ``no_package``, ``wrong_case`` or ``damaged``.
    """
    path = package_path(packages, question.package)
    try:
        manifest = read_manifest(path)
    except SourceMissing as error:
        raise BrokerRefused(Code.NO_PACKAGE, "this package is not sealed") from error
    except PackageDamaged as error:
        raise BrokerRefused(
            Code.DAMAGED, "this package's manifest cannot be read: see 'polit verify'"
        ) from error
    check_case(manifest, question)
    # What is asked of a file may change while it is checked: whoever takes the supplement in
    # compares these digests with those of what it read.
    found = {number: _seal_of(path, number) for number in supplement_numbers(path)}
    checks = [
        CheckResult(check.name, check.holds, check.detail)
        for check in check_supplements(path, manifest)
    ]
    own = {signing_key.hex(), manifest.signature.public_key if manifest.signature else ""}
    by_name = {f"supplement {number}": number for number in found}
    common = [check for check in checks if check.name not in by_name]
    each = {by_name[check.name]: check for check in checks if check.name in by_name}
    return tuple(
        _adopted(number, seal, (*common, *([each[number]] if number in each else []),
                                _signer(seal, own)))
        for number, seal in found.items()
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Seal:
    """The digest of a supplement's manifest, and the key that it names; empty where unreadable."""

    manifest_sha256: str
    public_key: str


def _adopted(number: int, seal: _Seal, checks: tuple[CheckResult, ...]) -> AdoptedSupplement:
    is_checked = any(check.name == f"supplement {number}" for check in checks)
    holds = is_checked and all(check.holds for check in checks)
    return AdoptedSupplement(number, seal.manifest_sha256, checks, holds)


def _signer(seal: _Seal, own: set[str]) -> CheckResult:
    """Check that no stranger says what is known: a supplement comes without anybody asking."""
    if seal.public_key in own - {""}:
        detail = "the package's key or this installation's"
        return CheckResult(SIGNER_CHECK, holds=True, detail=detail)
    detail = "its key is neither the package's nor this installation's: match the package again"
    return CheckResult(SIGNER_CHECK, holds=False, detail=detail)


def _seal_of(package: Path, number: int) -> _Seal:
    try:
        untrusted_text = read_supplement_bytes(supplement_folder(package, number))
        signature = parse_supplement(untrusted_text).signature
    except (PolitError, OSError):
        return _Seal("", "")
    digest = hashlib.sha256(untrusted_text).hexdigest()
    return _Seal(digest, signature.public_key if signature else "")


def _there(root: Path, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        with suppress(BrokerRefused):
            yield str(package_path(root, name))


def order_matching(settings: BrokerSettings, errands: Errands, order: MatchOrder) -> ErrandStatus:
    """Queue the matching of packages, or of all, with all hash sets that are enabled.

    One that is not there any more stops no other. The errand reads the installation's keys,
    because it seals what it finds.

    Raises:
        BrokerRefused: ``no_package``: none of them is there; or ``order_differs``.
    """
    places = [str(settings.packages)]
    if order.packages is not None:
        places = sorted(_there(settings.packages, order.packages))
        if not places:
            raise BrokerRefused(Code.NO_PACKAGE, "none of these packages lies here any more")
    settings.hashsets.mkdir(mode=0o700, parents=True, exist_ok=True)
    own = (settings.hashsets, settings.data / "keys", settings.data / "category-schemes")
    return errands.order(
        ErrandOrder(
            errand_id=order.errand_id,
            command=("match", *places, f"--examiner={order.examiner}", "--json"),
            reads=tuple(map(str, own)),
            writes=tuple(places),
        )
    )
