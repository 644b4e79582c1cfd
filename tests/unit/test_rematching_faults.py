"""Whatever stops matching again, the package is as it was, or has the whole supplement."""

import errno
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import hash_sets
import hashed_packages as hashed
import pytest

from polit.base import faults
from polit.base.errors import PolitError, StorageFull
from polit.examine.rematching import Rematched, Rematching, RematchRequest, Unmatched
from polit.match.hashsets import HashSets
from polit.match.open_set import OpenSets
from polit.model.matching import MatchTerms, SetStatus
from polit.package.supplement import list_supplements
from polit.package.verify import verify_package
from polit.store.keys import Keys, create_keys

POINTS = ("create", "add", "rows", "sign", "rename", "renamed")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """Return the keys of an installation."""
    return create_keys(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, keys: Keys) -> hashed.HashedPackage:
    """Return a sealed package that tests copy."""
    return hashed.hashed_package(tmp_path_factory.mktemp("made"), keys, contents=8, seed=3)


@pytest.fixture
def package(made: hashed.HashedPackage, tmp_path: Path) -> Path:
    """Return a copy of the package."""
    return shutil.copytree(made.folder, tmp_path / made.folder.name)


@pytest.fixture(scope="module")
def sets(
    tmp_path_factory: pytest.TempPathFactory, made: hashed.HashedPackage
) -> Iterator[OpenSets]:
    """Yield an open set that seeks two contents."""
    store = tmp_path_factory.mktemp("sets") / "store"
    hash_sets.listed(store, "sought", made.contents[:2], status=SetStatus.ALERT)
    with HashSets(store).open_enabled() as opened:
        yield opened


def _match(sets: OpenSets, keys: Keys, package: Path) -> Rematched | Unmatched:
    matching = Rematching(
        sets, RematchRequest("tester", MatchTerms(), all_sets=True), keys, lambda _: None
    )
    (found,) = matching.match_all([package])
    return found


def _plant(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(faults, "_planted", faults._parse(text))


def _killed_at(point: str, sets: OpenSets, keys: Keys, package: Path) -> int:
    """Match in a child that is killed at a point; return the signal that ended it."""
    child = os.fork()
    if child == 0:
        try:
            faults._planted[:] = faults._parse(f"supplement.{point}:kill")
            _match(sets, keys, package)
        finally:
            os._exit(0)
    return -os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_leaves_nothing_half(sets: OpenSets, keys: Keys, package: Path, point: str) -> None:
    assert _killed_at(point, sets, keys, package) == signal.SIGKILL
    assert verify_package(package).all_hold
    assert len(list_supplements(package)) == int(point == "renamed")
    found = _match(sets, keys, package)
    assert isinstance(found, Rematched)
    assert (found.supplement, found.is_new) == (1, point != "renamed")
    assert sorted(path.name for path in (package / "supplements").iterdir()) == ["1"]
    assert verify_package(package).all_hold


@pytest.mark.parametrize("point", POINTS[:-1])
def test_a_full_disk_is_told_and_leaves_nothing(
    sets: OpenSets, keys: Keys, package: Path, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    with monkeypatch.context() as patch:
        _plant(patch, f"supplement.{point}:enospc")
        found = _match(sets, keys, package)
    assert isinstance(found, Unmatched)
    assert isinstance(found.error, StorageFull)
    assert not (package / "supplements").exists()
    assert isinstance(_match(sets, keys, package), Rematched)


def test_planted_faults_are_told_in_the_supplement(
    sets: OpenSets, keys: Keys, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _plant(monkeypatch, "elsewhere:kill")
    _match(sets, keys, package)
    assert list_supplements(package)[0].faults_planted


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_a_medium_that_takes_nothing_is_told(
    sets: OpenSets, keys: Keys, package: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(path: Path, *_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    found = _match(sets, keys, package)
    assert isinstance(found, Unmatched)
    assert isinstance(found.error, PolitError)
    assert "match a copy" in str(found.error)
