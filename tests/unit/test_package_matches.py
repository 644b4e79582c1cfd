"""Matches among a package's rows: once each, canonical where an entry has the content."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from made_packages import MadePackage, begin, digests, sealed

from polit.base.errors import PackageDamaged
from polit.model.matching import HashSetFacts, Match, MatchCounts, SetStatus
from polit.package.account import count_matches
from polit.package.canonical_rows import canonical_rows, rows_sha256
from polit.package.database import open_reader
from polit.package.layout import findings_path
from polit.package.match_rows import add_hash_sets, read_hash_sets, read_matches
from polit.package.rows import ResultBatch
from polit.package.seal import parse_manifest
from polit.package.verify import verify_package
from polit.package.write import Ledger
from polit.store.keys import create_keys

FACTS = HashSetFacts(
    "ab" * 32, "Force alerts", SetStatus.ALERT, "", "A force", "UK", "7", "csv", "cd" * 32, 9,
    {"sha256": 9},
)  # fmt: skip
PICTURE, NOBODYS = digests(b"picture").sha256, digests(b"nobody has this").sha256


def match(sha256: bytes, record: int = 0, **more: object) -> Match:
    """Return an exact match that alerts."""
    values = {"settles": False, **more}
    return Match(sha256, FACTS.sha256, record, "sha256", "", 0, 0, "alert", alerts=True, **values)  # type: ignore[arg-type]


def near(sha256: bytes, record: int, distance_bits: int) -> Match:
    """Return a near match that alerts."""
    return replace(match(sha256, record), algorithm="pdq", variant="full",
                   distance_bits=distance_bits, threshold_bits=31)  # fmt: skip


def batch(*matches: Match) -> ResultBatch:
    made = ResultBatch.empty()
    made.matches += matches
    return made


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    made = begin(tmp_path / "AB%2F1.polit", create_keys(tmp_path / "data"))
    add_hash_sets(made.connection, [FACTS])
    return made


def test_a_match_that_stands_there_already_stays(ledger: Ledger) -> None:
    ledger.append(batch(match(PICTURE), near(PICTURE, 0, 3)))
    ledger.append(batch(match(PICTURE)))

    assert list(read_matches(ledger.connection)) == [near(PICTURE, 0, 3), match(PICTURE)]
    assert read_hash_sets(ledger.connection) == [FACTS]
    ledger.abandon()


def test_a_fingerprint_that_settles_is_refused_by_the_table(ledger: Ledger) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        ledger.append(batch(replace(near(PICTURE, 0, 3), settles=True)))
    with pytest.raises(sqlite3.IntegrityError):
        ledger.append(batch(match(PICTURE, contradicted=True, settles=True)))
    ledger.abandon()


def test_matches_of_contents_that_no_entry_has_are_not_canonical(ledger: Ledger) -> None:
    before = rows_sha256(ledger.connection)

    ledger.append(batch(match(NOBODYS)))

    assert rows_sha256(ledger.connection) == before
    assert count_matches(ledger.connection) == MatchCounts()
    ledger.abandon()


def test_what_a_set_is_called_does_not_change_the_rows(tmp_path: Path) -> None:
    found = []
    for number, facts in enumerate((FACTS, replace(FACTS, name="Another", provider="Another"))):
        made = begin(tmp_path / f"{number}.polit", create_keys(tmp_path / f"data{number}"))
        add_hash_sets(made.connection, [facts])
        found.append(rows_sha256(made.connection))
        made.abandon()

    assert found[0] == found[1]


def test_a_set_that_was_asked_changes_the_rows_though_nothing_matched(ledger: Ledger) -> None:
    rows = [json.loads(line) for line in canonical_rows(ledger.connection)]

    assert rows[-1] == {
        "row": "hash_set", "set_sha256": FACTS.sha256, "status": "alert", "scheme": "",
        "file_sha256": FACTS.file_sha256, "records": 9,
    }  # fmt: skip
    ledger.abandon()


# Packages of another format


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadePackage:
    return sealed(tmp_path_factory.mktemp("made"))


def test_a_manifest_of_format_2_is_refused_with_what_to_do(made: MadePackage) -> None:
    values = json.loads((made.folder / "manifest.json").read_bytes())
    del values["hash_sets"], values["matches"]
    values["format"] = 2

    with pytest.raises(PackageDamaged, match=r"format 2, this version reads 4: use the version"):
        parse_manifest(json.dumps(values).encode())


def test_findings_of_an_earlier_format_are_refused_with_what_to_do(tmp_path: Path) -> None:
    package = tmp_path / "old.polit"
    package.mkdir()
    with closing(sqlite3.connect(findings_path(package))) as connection:
        connection.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT)")
        connection.commit()

    with pytest.raises(PackageDamaged, match=r"a format before 4.*examine the exhibit again"):
        open_reader(package)
    with pytest.raises(PackageDamaged, match=r"a format before 4"):
        Ledger(package)


def test_a_package_without_sets_says_so(made: MadePackage) -> None:
    assert made.manifest.hash_sets == ()
    assert made.manifest.matches == MatchCounts()
    assert verify_package(made.folder).holds
