"""Sealed packages are matched again without evidence; nothing is said twice, nothing half."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import hash_sets
import hashed_packages as hashed
import pytest

from polit.base.errors import Interrupted, PackageDamaged, SourceMissing, UsageError
from polit.examine.finding import find_packages
from polit.examine.rematching import (
    Rematched,
    Rematching,
    RematchProgress,
    RematchRequest,
    Unmatched,
)
from polit.match.hashsets import HashSets
from polit.match.open_set import OpenSets
from polit.model.matching import MatchTerms, SetStatus
from polit.package.seal import sign_manifest, write_manifest
from polit.package.supplement import list_supplements, open_supplement, supplement_folder
from polit.package.verify import verify_package
from polit.store.keys import Keys, create_keys

CONTENTS = 24


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """Return the keys of an installation."""
    return create_keys(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, keys: Keys) -> hashed.HashedPackage:
    """Return a sealed package that tests copy."""
    return hashed.hashed_package(tmp_path_factory.mktemp("made"), keys, contents=CONTENTS, seed=1)


@pytest.fixture
def package(made: hashed.HashedPackage, tmp_path: Path) -> Path:
    """Return a copy of the package."""
    return shutil.copytree(made.folder, tmp_path / "packages" / made.folder.name)


@pytest.fixture(scope="module")
def sets(
    tmp_path_factory: pytest.TempPathFactory, made: hashed.HashedPackage
) -> Iterator[OpenSets]:
    """Yield open sets: two contents are sought, five known good, one of them both."""
    store = tmp_path_factory.mktemp("sets") / "store"
    hash_sets.listed(store, "sought", made.contents[:2], status=SetStatus.ALERT)
    hash_sets.listed(store, "dull", made.contents[1:6], status=SetStatus.KNOWN_GOOD)
    with HashSets(store).open_enabled() as opened:
        yield opened


REQUEST = RematchRequest("tester", MatchTerms(), all_sets=True)


def _match(sets: OpenSets, keys: Keys, *packages: Path, **changes: object) -> list[object]:
    request = replace(REQUEST, **changes)  # type: ignore[arg-type]
    return list(Rematching(sets, request, keys, lambda _: None).match_all(packages))


def _one(sets: OpenSets, keys: Keys, package: Path, **changes: object) -> Rematched:
    (found,) = _match(sets, keys, package, **changes)
    assert isinstance(found, Rematched), found
    return found


def test_matching_seals_what_the_sets_name(sets: OpenSets, keys: Keys, package: Path) -> None:
    found = _one(sets, keys, package)
    assert (found.supplement, found.is_new, found.new_alerts) == (1, True, 2)
    assert (found.tally.contents, found.tally.matched, found.tally.alerts) == (CONTENTS, 6, 2)
    assert (found.tally.counts.known_good, found.tally.matches) == (5, 7)
    assert verify_package(package).all_hold
    with open_supplement(supplement_folder(package, 1)) as opened:
        assert opened.manifest.package_verified
        assert {match.algorithm for match in opened.matches()} == {"sha256"}


def test_the_same_is_not_said_twice(sets: OpenSets, keys: Keys, package: Path) -> None:
    first = _one(sets, keys, package)
    assert _one(sets, keys, package) == replace(first, is_new=False, new_alerts=0)
    assert len(list_supplements(package)) == 1


@pytest.mark.parametrize(
    "changes", [{"again": True}, {"terms": MatchTerms(near_threshold_bits=20)}]
)
def test_other_terms_or_asking_again_give_another_supplement(
    sets: OpenSets, keys: Keys, package: Path, changes: dict[str, object]
) -> None:
    _one(sets, keys, package)
    found = _one(sets, keys, package, **changes)
    assert (found.supplement, found.is_new, found.new_alerts) == (2, True, 0)
    assert verify_package(package).all_hold


def test_the_latest_word_alone_saves_a_supplement(
    sets: OpenSets, keys: Keys, package: Path
) -> None:
    fewer = OpenSets(sets[:1], sets.disabled_sha256)
    assert _one(fewer, keys, package).supplement == 1
    assert _one(sets, keys, package).supplement == 2
    # A set was switched off again: with nothing said, the second would go on counting.
    assert _one(fewer, keys, package).supplement == 3
    assert _one(fewer, keys, package, all_sets=False).supplement == 3
    assert _one(sets, keys, package, all_sets=False).supplement == 4
    assert _one(sets, keys, package).supplement == 5


def test_what_another_installation_says_keeps_nobody_from_looking(
    sets: OpenSets, keys: Keys, package: Path, tmp_path: Path
) -> None:
    other = create_keys(tmp_path / "other")
    assert _one(sets, other, package).supplement == 1
    found = _one(sets, keys, package)
    assert (found.supplement, found.is_new) == (2, True)
    told = {check.name: check.detail for check in verify_package(package).all_checks}
    assert other.fingerprint in told["supplement 1"]
    assert "that of the package" in told["supplement 2"]


def test_another_version_that_finds_the_same_says_nothing(
    sets: OpenSets, keys: Keys, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _one(sets, keys, package)
    monkeypatch.setattr("polit.__version__", "another")
    found = _one(sets, keys, package)
    assert (found.supplement, found.is_new) == (1, False)
    assert sorted(path.name for path in (package / "supplements").iterdir()) == ["1"]


def test_broken_packages_are_told_and_the_others_go_on(
    sets: OpenSets, keys: Keys, package: Path, tmp_path: Path
) -> None:
    altered = shutil.copytree(package, tmp_path / "packages" / "altered")
    with (altered / "findings.sqlite").open("ab") as stream:
        stream.write(b"x")
    unsealed = shutil.copytree(package, tmp_path / "packages" / "unsealed")
    (unsealed / "manifest.json").unlink()
    found = _match(sets, keys, altered, unsealed, package)
    assert [type(one) for one in found] == [Unmatched, Unmatched, Rematched]
    errors = [one.error for one in found if isinstance(one, Unmatched)]
    assert [type(error) for error in errors] == [PackageDamaged, SourceMissing]
    assert not (altered / "supplements").exists()


def test_without_verifying_the_seal_and_the_schema_are_still_asked_for(
    sets: OpenSets, keys: Keys, package: Path, made: hashed.HashedPackage
) -> None:
    with (package / "findings.sqlite").open("ab") as stream:
        stream.write(b"x")
    found = _one(sets, keys, package, verify=False)
    (told,) = list_supplements(package)
    assert (found.tally.matched, told.package_verified) == (6, False)
    for changes in ({"format": 2}, {"examiner": "another"}):
        forged = replace(made.manifest, **changes)
        if "format" in changes:
            forged = sign_manifest(forged, keys.signing)
        write_manifest(package, forged)
        (bad,) = _match(sets, keys, package, verify=False)
        assert isinstance(bad, Unmatched)
        assert isinstance(bad.error, PackageDamaged)


def test_who_stops_it_stops_between_packages_and_the_next_run_goes_on(
    sets: OpenSets, keys: Keys, package: Path, tmp_path: Path
) -> None:
    packages = [package] + [
        shutil.copytree(package, tmp_path / "packages" / str(number)) for number in range(3)
    ]

    def stop(progress: RematchProgress) -> None:
        if progress.done == 2:
            stopped.stop()

    stopped = Rematching(sets, REQUEST, keys, stop)
    with pytest.raises(Interrupted, match="goes on"):
        list(stopped.match_all(packages))
    assert [len(list_supplements(one)) for one in packages] == [1, 1, 0, 0]
    found = [one for one in _match(sets, keys, *packages) if isinstance(one, Rematched)]
    assert [one.is_new for one in found] == [False, False, True, True]
    assert all(verify_package(one).all_hold for one in packages)


def test_matching_without_sets_or_without_a_name_is_refused(sets: OpenSets, keys: Keys) -> None:
    with pytest.raises(UsageError, match="no hash set"):
        Rematching(OpenSets(), REQUEST, keys, lambda _: None)
    with pytest.raises(UsageError, match="examiner"):
        Rematching(sets, replace(REQUEST, examiner=" "), keys, lambda _: None)


def test_packages_are_found_at_any_depth_once_and_in_order(tmp_path: Path) -> None:
    for name in ("b/y.polit", "a/deep/er/z.polit", "a/renamed"):
        (tmp_path / name / "supplements" / "1").mkdir(parents=True)
        (tmp_path / name / "findings.sqlite").touch()
        (tmp_path / name / "supplements" / "1" / "manifest.json").touch()
    for name in ("half.polit", "of another program"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").touch()
    (tmp_path / "b" / "loop").symlink_to(tmp_path)
    found = find_packages([tmp_path, tmp_path / "b"])
    names = [str(path.relative_to(tmp_path)) for path in found.packages]
    assert names == ["a/deep/er/z.polit", "a/renamed", "b/y.polit", "half.polit"]
    assert found.links == 1
    through = find_packages([tmp_path / "b" / "loop" / "b"])
    assert through.packages == (tmp_path / "b/loop/b/y.polit",)


def test_a_package_that_goes_away_meanwhile_is_told_and_the_others_go_on(
    sets: OpenSets, keys: Keys, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = package.parent / "a.polit"
    gone.mkdir()
    look = Path.stat

    def vanish(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if path == gone:
            shutil.rmtree(gone, ignore_errors=True)
        return look(path, follow_symlinks=follow_symlinks)

    with monkeypatch.context() as patch:
        patch.setattr("polit.examine.finding.Path.stat", vanish)
        found = find_packages([package.parent]).packages
    assert found == (package, gone)
    assert [type(one) for one in _match(sets, keys, *found)] == [Rematched, Unmatched]


def test_where_links_alone_are_nothing_is_matched(tmp_path: Path) -> None:
    (tmp_path / "elsewhere" / "x.polit").mkdir(parents=True)
    (tmp_path / "findings").mkdir()
    (tmp_path / "findings" / "x.polit").symlink_to(tmp_path / "elsewhere" / "x.polit")
    (tmp_path / "findings" / "dangling.polit").symlink_to("nowhere")
    with pytest.raises(SourceMissing, match="only links"):
        find_packages([tmp_path / "findings"])


@pytest.mark.parametrize("name", ["empty", "none"])
def test_where_no_package_is_that_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceMissing):
        find_packages([tmp_path / name])


def test_a_folder_that_cannot_be_listed_is_told(
    sets: OpenSets, keys: Keys, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = package.parent / "closed"
    closed.mkdir()
    scan = os.scandir

    def refuse(path: Path) -> Iterator[os.DirEntry[str]]:
        if path == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = find_packages([package.parent]).packages
    assert found == (package, closed)
    assert [type(one) for one in _match(sets, keys, *found)] == [Rematched, Unmatched]
