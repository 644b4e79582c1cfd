"""Packages below the packages root: listed, verified, and their keys taken under a case's key.

A package's key is wrapped to the installation's identity. Taking it under the case's key is what
makes destroying that key an erasure of the case's pictures too. Only the key for safe tiles is
given away.
"""

import base64
import os
import stat
from contextlib import closing
from pathlib import Path

import pyrage

from polit.base.errors import (
    AuthorityError,
    BrokerRefused,
    PackageDamaged,
    SourceMissing,
    UsageError,
)
from polit.broker.protocol import AdoptedPackage, AdoptQuestion, CheckResult, Code
from polit.broker.server.ledger import BrokerLedger
from polit.broker.server.settings import BrokerSettings
from polit.model.manifest import Manifest
from polit.package.layout import MANIFEST, SUFFIX
from polit.package.verify import Verification, verify_package
from polit.store.case_keys import CaseKey, check_not_erased, take_case_key
from polit.store.cipher import KEY_BYTES, BlobCipher, KeyRole, derive_key
from polit.store.keys import Keys

_STEPS = 2
_MAX_LISTED = 20_000


def list_packages(root: Path) -> tuple[str, ...]:
    """Return the sealed packages below the root, ``case/exhibit.polit``, by name."""
    found = []
    for case in _folders(root):
        for package in _folders(root / case):
            name = f"{case}/{package}"
            if package.endswith(SUFFIX) and os.path.lexists(root / name / MANIFEST):
                found.append(name)
    return tuple(sorted(found)[:_MAX_LISTED])


class PackageAdopter:
    """Verifies packages and takes their keys."""

    def __init__(self, settings: BrokerSettings, keys: Keys, ledger: BrokerLedger) -> None:
        """Take where packages lie, the installation's keys, and where keys are kept."""
        self._settings, self._keys, self._ledger = settings, keys, ledger

    def adopt(self, question: AdoptQuestion) -> AdoptedPackage:
        """Verify a package and take its key under that of the case which it is taken into.

        Raises:
            BrokerRefused: ``no_package``, ``wrong_case``, ``erased`` or ``damaged``.
        """
        case = question.case_reference
        _check_erased(self._settings.data, case)
        path = package_path(self._settings.packages, question.package)
        try:
            verified = verify_package(path)
        except SourceMissing as error:
            raise BrokerRefused(Code.NO_PACKAGE, "this package is not sealed") from error
        except PackageDamaged as error:
            raise BrokerRefused(
                Code.DAMAGED, "this package's manifest cannot be read: see 'polit verify'"
            ) from error
        manifest = verified.manifest
        check_case(manifest, question)
        key = unwrap_key(manifest.wrapped_key, self._keys) if verified.holds else None
        tile_key = self._take(manifest, case, key) if key is not None else None
        return _adopted(question.package, verified, tile_key)

    def _take(self, manifest: Manifest, case: str, key: bytes) -> bytes:
        """Keep the key, sealed under the case's; return the one for safe tiles."""
        data = self._settings.data
        try:
            with closing(take_case_key(data, self._keys, case)) as case_key:
                case_key.share()
                context = _context(manifest.package_id, case_key)
                sealed = _cipher(case_key).seal(key, context=context)
                self._ledger.keep_package_key(manifest.package_id, case_key.name, sealed)
        except AuthorityError as error:
            raise BrokerRefused(Code.DAMAGED, "this case's key does not open here") from error
        return derive_key(key, KeyRole.SAFE_TILES)


def unwrap_key(wrapped_key: str, keys: Keys) -> bytes | None:
    """Return a package's key, ``None`` where it is wrapped to another installation."""
    try:
        key = pyrage.decrypt(base64.b64decode(wrapped_key, validate=True), [keys.identity])
    except (pyrage.DecryptError, ValueError):
        return None
    return key if len(key) == KEY_BYTES else None


def adopted_key(ledger: BrokerLedger, case_key: CaseKey, package_id: str) -> bytes | None:
    """Return the key of a package that was adopted under a case, ``None`` where it was not.

    Raises:
        IntegrityError: What the ledger keeps does not open.
    """
    sealed = ledger.package_key(package_id, case_key.name)
    if sealed is None:
        return None
    return _cipher(case_key).open(sealed, context=_context(package_id, case_key))


def check_case(manifest: Manifest, question: AdoptQuestion) -> None:
    """Refuse a package that names another case, unless somebody confirmed that with a reason.

    Raises:
        BrokerRefused: ``wrong_case``.
    """
    if manifest.case != question.case_reference and not question.other_case_confirmed:
        raise BrokerRefused(
            Code.WRONG_CASE,
            "this package names another case: attach it there, or state why it belongs here",
        )


def package_path(root: Path, package: str) -> Path:
    """Return where a package lies.

    Raises:
        BrokerRefused: ``no_package``: it is none below the root, or a link leads to it.
    """
    steps = package.split("/")
    refusal = BrokerRefused(Code.NO_PACKAGE, "there is no such package below the packages root")
    if len(steps) != _STEPS or "\0" in package or not steps[1].endswith(SUFFIX):
        raise refusal
    path = root
    for step in steps:
        path /= step
        if step in {"", ".", ".."} or not _is_folder(path):
            raise refusal
    return path


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except (OSError, ValueError):
        return False


def _folders(path: Path) -> list[str]:
    try:
        with os.scandir(path) as found:
            names = [entry.name for entry in found if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    return sorted(name for name in names if name.isprintable())


def _check_erased(data: Path, case: str) -> None:
    try:
        check_not_erased(data, case)
    except UsageError as error:
        raise BrokerRefused(Code.ERASED, str(error)) from error


def _cipher(case_key: CaseKey) -> BlobCipher:
    return BlobCipher(case_key.secret, KeyRole.PACKAGE_KEYS)


def _context(package_id: str, case_key: CaseKey) -> bytes:
    return f"{case_key.name}|{package_id}|package-key|1".encode()


def _adopted(package: str, verified: Verification, tile_key: bytes | None) -> AdoptedPackage:
    manifest = verified.manifest
    checks = tuple(CheckResult(check.name, check.holds, check.detail) for check in verified.checks)
    return AdoptedPackage(
        package, manifest.package_id, manifest.rows_sha256, checks, verified.holds, tile_key
    )
