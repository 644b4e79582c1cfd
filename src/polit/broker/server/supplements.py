"""Supplements of packages below the packages root: ordered, and verified for the record."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from polit.base.errors import BrokerRefused, PackageDamaged, PolitError, SourceMissing
from polit.broker.errand_protocol import ErrandStatus
from polit.broker.errand_talk import ErrandOrder
from polit.broker.match_protocol import AdoptedSupplement, MatchOrder
from polit.broker.protocol import AdoptQuestion, CheckResult, Code
from polit.broker.server.errands import Errands
from polit.broker.server.packages import check_case, package_path
from polit.broker.server.settings import BrokerSettings
from polit.package.seal import read_manifest
from polit.package.supplement import manifest_sha256, supplement_folder, supplement_numbers
from polit.package.supplement_verify import check_supplements


def adopt_supplements(packages: Path, question: AdoptQuestion) -> tuple[AdoptedSupplement, ...]:
    """Verify a package's supplements.

    Args:
        packages: The packages root.
        question: The package, and the case that they are taken into.

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
    digests = {number: _digest(path, number) for number in supplement_numbers(path)}
    checks = [
        CheckResult(check.name, check.holds, check.detail)
        for check in check_supplements(path, manifest)
    ]
    by_name = {f"supplement {number}": number for number in digests}
    common = tuple(check for check in checks if check.name not in by_name)
    found = {by_name[check.name]: check for check in checks if check.name in by_name}
    return tuple(
        _adopted(number, digest, (*common, *([found[number]] if number in found else [])))
        for number, digest in digests.items()
    )


def _adopted(number: int, digest: str, checks: tuple[CheckResult, ...]) -> AdoptedSupplement:
    is_checked = any(check.name == f"supplement {number}" for check in checks)
    holds = is_checked and all(check.holds for check in checks)
    return AdoptedSupplement(number, digest, checks, holds)


def _digest(package: Path, number: int) -> str:
    try:
        return manifest_sha256(supplement_folder(package, number))
    except (PolitError, OSError):
        return ""


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
