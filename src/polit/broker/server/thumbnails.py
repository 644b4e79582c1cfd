"""Thumbnails of packages, opened for the case that the packages were adopted under.

A package's own words decide nothing. Its id finds the key that adopting it kept under the case's
key, and each thumbnail is bound to that id and to its content: one of another case does not open.
A package that is still being written has no key in the ledger yet; it is opened where its order
is of that case (see ``polit.broker.server.provisional``).
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from polit.base.errors import (
    AuthorityError,
    BrokerRefused,
    IntegrityError,
    PackageBusy,
    SourceError,
    UsageError,
)
from polit.broker.protocol import Code
from polit.broker.server.derived import Derived, DerivedPictures, meta_of
from polit.broker.server.ledger import BrokerLedger
from polit.broker.server.packages import adopted_key, package_path, unwrap_key
from polit.broker.server.picture_events import PackageItem
from polit.broker.server.settings import BrokerSettings
from polit.package.database import UNREADABLE, open_reader
from polit.package.layout import MANIFEST
from polit.package.read import DerivativeReader
from polit.store.case_keys import CaseKey, case_name, check_not_erased, open_case_key
from polit.store.keys import Keys

_ROLE = "thumbnail"


@dataclass(frozen=True, slots=True)
class Thumbnails:
    """Opens thumbnails; safe for threads."""

    settings: BrokerSettings
    keys: Keys
    ledger: BrokerLedger

    def covers(self, case: str, items: Sequence[PackageItem]) -> tuple[Derived, ...]:
        """Return the thumbnails of contents, in their order; each package is opened once.

        Raises:
            BrokerRefused: ``erased`` or ``damaged``: of the case none can be opened.
        """
        found: dict[int, Derived] = {}
        with self._case_key(case) as key:
            for package, places in _by_package(items).items():
                digests = [items[place].sha256 for place in places]
                made = self._of_package(case, key, package, digests)
                found.update(zip(places, made, strict=True))
        return tuple(found[place] for place in range(len(items)))

    def story(self, case: str, item: PackageItem) -> tuple[Derived, ...]:
        """Return the key frames of a video, in order.

        Raises:
            BrokerRefused: ``erased``, ``damaged``, ``no_package``, ``wrong_case`` or
                ``no_thumbnail``: it has none.
        """
        with self._case_key(case) as key, self._opened(case, key, item.package) as package:
            story = package.story(item.sha256)
        if not story:
            raise BrokerRefused(Code.NO_THUMBNAIL, "the package keeps no story of this content")
        return story

    def _of_package(
        self, case: str, key: CaseKey | None, package: str, digests: Sequence[bytes]
    ) -> Iterable[Derived]:
        try:
            with self._opened(case, key, package) as opened:
                return [opened.cover(sha256) for sha256 in digests]
        except BrokerRefused as error:
            return [Derived(code=error.code)] * len(digests)

    @contextmanager
    def _case_key(self, case: str) -> Iterator[CaseKey | None]:
        """Open a case's key for a block, ``None`` where nothing was adopted or kept under it."""
        data = self.settings.data
        try:
            check_not_erased(data, case)
        except UsageError as error:
            raise BrokerRefused(Code.ERASED, str(error)) from error
        try:
            key = open_case_key(data, self.keys, case)
        except (FileNotFoundError, UsageError):
            yield None
            return
        except (SourceError, AuthorityError, PackageBusy) as error:
            raise BrokerRefused(Code.DAMAGED, "this case's key does not open here") from error
        with closing(key):
            yield key

    @contextmanager
    def _opened(self, case: str, key: CaseKey | None, place: str) -> Iterator[DerivedPictures]:
        """Open a package for a block.

        Raises:
            BrokerRefused: ``no_package``, ``wrong_case`` or ``damaged``.
        """
        path = package_path(self.settings.packages, place)
        try:
            with closing(open_reader(path)) as connection:
                package_id, package_key = self._key_of(case, key, path, connection)
                reader = DerivativeReader(
                    path, package_id=package_id, package_key=package_key, role=_ROLE
                )
                yield DerivedPictures(connection, reader, _ROLE)
        except SourceError as error:
            raise BrokerRefused(Code.NO_PACKAGE, "this package holds no findings") from error
        except (IntegrityError, *UNREADABLE) as error:
            raise BrokerRefused(
                Code.DAMAGED, "this package is damaged: see 'polit verify'"
            ) from error

    def _key_of(
        self, case: str, key: CaseKey | None, path: Path, connection: sqlite3.Connection
    ) -> tuple[str, bytes]:
        told = meta_of(connection)
        package_id = told.get("package_id", "")
        if (path / MANIFEST).exists():
            found = adopted_key(self.ledger, key, package_id) if key is not None else None
        elif told.get("case") == case and path.parent.name == case_name(case):
            found = unwrap_key(told.get("wrapped_key", ""), self.keys)
        else:
            found = None
        if found is None:
            raise BrokerRefused(Code.WRONG_CASE, "this package was not adopted under this case")
        return package_id, found


def _by_package(items: Sequence[PackageItem]) -> dict[str, list[int]]:
    """Return the places of the items of each package."""
    places: dict[str, list[int]] = {}
    for place, item in enumerate(items):
        places.setdefault(item.package, []).append(place)
    return places
