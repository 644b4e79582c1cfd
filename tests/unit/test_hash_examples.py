"""The examples of the formats that lie beside the project, where they are present."""

import sqlite3
from pathlib import Path

import pytest

from polit.match.detecting import format_of
from polit.match.reading import ReadStart, SourceRecord

EXAMPLES = {
    "generic.csv": ("csv", 3),
    "hashdeep.txt": ("hashdeep", 3),
    "icse_style.csv": ("icse", 3),
    "md5_plain.txt": ("plain", 3),
    "md5sum.txt": ("md5sum", 3),
    "nsrl_rdsv2.csv": ("nsrl", 3),
    "nsrl_rdsv3.sql": ("nsrl", 3),
    "pdq.csv": ("pdq", 1),
    "pdq.txt": ("pdq", 1),
    "sha256_plain.txt": ("plain", 3),
    "vics13_case_min.json": ("vics", 1),
    "vics20_case_min.json": ("vics", 1),
    "vics20_hashset_min.json": ("vics", 1),
    "vpdq.txt": ("vpdq", 1),
}

pytestmark = pytest.mark.corpora


@pytest.fixture
def examples(corpora: Path) -> Path:
    folder = corpora.parent / "formats"
    if not folder.is_dir():
        pytest.skip("skipped: the public corpora have no examples of formats beside them")
    return folder


def records_of(path: Path) -> list[SourceRecord]:
    batches = list(format_of(path).read(path, ReadStart()))
    assert not [refused for batch in batches for refused in batch.rejected]
    return [record for batch in batches for record in batch.records]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_told_and_read_whole(examples: Path, name: str) -> None:
    path = examples / name
    assert EXAMPLES[name] == (format_of(path).NAME, len(records_of(path)))


def test_every_list_among_the_examples_is_one_of_ours(examples: Path) -> None:
    others = {"README.md", "case_example_ok.jsonld"}
    lists = {path.name for path in examples.iterdir() if path.suffix != ".xml"} - others
    assert lists == set(EXAMPLES)


def test_the_database_that_the_text_makes_reads_as_the_text(examples: Path, tmp_path: Path) -> None:
    path = tmp_path / "RDS.db"
    connection = sqlite3.connect(path)
    connection.executescript((examples / "nsrl_rdsv3.sql").read_text())
    connection.close()
    assert records_of(path) == records_of(examples / "nsrl_rdsv3.sql")
