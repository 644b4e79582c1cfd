"""A broker for tests of the intake: verifies as the real one does, in this process."""

import base64
from dataclasses import dataclass
from pathlib import Path

import pyrage

from polit.base import settings
from polit.broker.client import AdoptedPackage, AdoptedSupplement, CheckResult
from polit.broker.protocol import AdoptQuestion
from polit.broker.server.packages import check_case
from polit.broker.server.supplements import adopt_supplements
from polit.package.verify import verify_package
from polit.store.cipher import KeyRole, derive_key
from polit.store.keys import Keys


@dataclass(frozen=True, slots=True)
class VerifyingBroker:
    """Adopts packages below the folder of packages with the keys of who examined them."""

    keys: Keys

    def package_adopt(
        self, package: str, *, case_reference: str, other_case_confirmed: bool = False
    ) -> AdoptedPackage:
        """Verify a package; hand out its key of safe tiles."""
        found = verify_package(packages_folder() / package)
        manifest = found.manifest
        check_case(manifest, AdoptQuestion(package, case_reference, other_case_confirmed))
        key = pyrage.decrypt(base64.b64decode(manifest.wrapped_key), [self.keys.identity])
        return AdoptedPackage(
            package,
            manifest.package_id,
            manifest.rows_sha256,
            tuple(CheckResult(check.name, check.holds, check.detail) for check in found.checks),
            found.holds,
            derive_key(key, KeyRole.SAFE_TILES) if found.holds else None,
        )

    def supplement_adopt(
        self, package: str, *, case_reference: str, other_case_confirmed: bool = False
    ) -> tuple[AdoptedSupplement, ...]:
        """Verify a package's supplements, as the broker's own server does."""
        question = AdoptQuestion(package, case_reference, other_case_confirmed)
        own = self.keys.public_key
        return adopt_supplements(packages_folder(), question, signing_key=own)


def packages_folder() -> Path:
    """Return where packages lie."""
    return settings.data_folder() / "packages"


def place_package(made: Path, case_reference: str) -> str:
    """Move a made package below the folder of packages; return its place there."""
    folder = packages_folder() / case_reference.replace("/", "%2F")
    folder.mkdir(parents=True, exist_ok=True)
    made.rename(folder / made.name)
    return f"{folder.name}/{made.name}"
