"""What stacks and the report of effect read of a package."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import made_packages as made
import made_supplements as later
import pytest

from polit.match.effect import effect_of
from polit.package.database import open_reader
from polit.package.effect_read import read_effect
from polit.package.layout import SCHEMA
from polit.package.media_read import count_unread, read_paths, read_stackables

ONE, TWO, FILM, BROKEN, UNSEEN = (bytes([n]) * 32 for n in range(1, 6))


@pytest.fixture
def rows() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA)
        yield connection


def _result(
    connection: sqlite3.Connection, kind: str | None, sha256: bytes | None, outcome: str = "done"
) -> None:
    connection.execute(
        "INSERT INTO results (entry_id, outcome, reason, bytes_read, sha256, mime, kind)"
        " VALUES ((SELECT count(*) FROM results), ?, ?, 7, ?, 'a/b', ?)",
        (outcome, None if outcome == "done" else "undecodable", sha256, kind),
    )


def _media(connection: sqlite3.Connection, sha256: bytes, outcome: str, hashes: int) -> None:
    connection.execute(
        "INSERT INTO media (sha256, outcome, reason, attempts, width_px, height_px, frames)"
        " VALUES (?, ?, ?, 1, 30, 20, 1)",
        (sha256, outcome, None if outcome == "done" else "undecodable"),
    )
    for number in range(hashes):
        connection.execute(
            "INSERT INTO perceptual_hashes VALUES (?, 'pdq', 'frame', ?, 0, ?, 80, NULL)",
            (sha256, number, sha256),
        )


def test_contents_come_once_with_their_occurrences(rows: sqlite3.Connection) -> None:
    for kind, sha256 in (
        ("still", ONE), ("still", ONE), ("video", FILM), ("document", TWO), ("still", UNSEEN)
    ):  # fmt: skip
        _result(rows, kind, sha256)
    _result(rows, "still", BROKEN, "failed")
    _media(rows, ONE, "done", 1)
    _media(rows, FILM, "done", 3)
    _media(rows, BROKEN, "failed", 0)

    found = list(read_stackables(rows))

    rows.execute("UPDATE media SET flaws = 'beyond_limit,damaged' WHERE sha256 = ?", (FILM,))

    told = [(c.sha256, c.occurrences, len(c.hashes), c.is_video, c.is_decoded) for c in found]
    assert told == [
        (ONE, 2, 1, False, True),
        (FILM, 1, 3, True, True),
        (BROKEN, 1, 0, False, False),
        (UNSEEN, 1, 0, False, False),
    ]
    assert (found[0].width_px, found[0].height_px, found[0].size_bytes) == (30, 20, 7)
    assert [c.is_cut_off for c in read_stackables(rows)] == [False, True, False, False]


def test_a_file_without_a_digest_is_left_to_view(rows: sqlite3.Connection) -> None:
    _result(rows, "still", None, "failed")
    _result(rows, None, None, "failed")
    _result(rows, "still", ONE)

    assert count_unread(rows) == 1
    effect = effect_of(read_stackables(rows), {}, unread=count_unread(rows)).effect
    assert (effect.media_files, effect.left_to_view, effect.not_decoded) == (2, 2, 2)


def test_the_effect_of_a_package_counts_each_of_its_files(tmp_path: Path) -> None:
    package = made.sealed(tmp_path).folder

    effect = read_effect(package).report.effect

    assert (effect.media_files, effect.exact_copies, effect.left_to_view) == (3, 1, 2)
    assert effect.not_decoded == 1


def test_paths_are_those_of_the_contents_asked_for(tmp_path: Path) -> None:
    package = made.sealed(tmp_path).folder
    picture = made.digests(b"picture").sha256

    with closing(open_reader(package)) as connection:
        assert read_paths(connection, {picture}) == {picture: ["a.jpg", "b.jpg"]}


def test_a_supplement_settles_what_the_package_did_not(tmp_path: Path) -> None:
    package = made.sealed(tmp_path)
    later.add(package, [later.good(later.PICTURE)])

    effect = read_effect(package.folder).report.effect

    assert (effect.known_good, effect.exact_copies, effect.left_to_view) == (2, 0, 1)
    assert effect.accounted == effect.media_files == 3


def test_an_alert_of_a_later_supplement_beats_known_good(tmp_path: Path) -> None:
    package = made.sealed(tmp_path)
    later.add(package, [later.good(later.PICTURE)])
    later.add(package, [later.alert(later.PICTURE)])

    effect = read_effect(package.folder).report.effect

    assert (effect.known_good, effect.exact_copies, effect.left_to_view) == (0, 1, 2)
    assert (effect.alerts_exact, effect.alerts_to_view) == (1, 1)


def test_what_a_set_said_before_it_was_switched_off_settles_nothing(tmp_path: Path) -> None:
    package = made.sealed(tmp_path)
    later.add(package, [later.good(later.PICTURE)])
    later.add(package, [], sets=[later.ALERTING])

    effect = read_effect(package.folder).report.effect

    assert (effect.known_good, effect.left_to_view) == (0, 2)


def test_sets_asked_by_name_add_to_what_is_known(tmp_path: Path) -> None:
    package = made.sealed(tmp_path)
    later.add(package, [later.good(later.PICTURE)])
    later.add(package, [later.alert(later.BROKEN)], sets=[later.ALERTING], all_sets=False)

    effect = read_effect(package.folder).report.effect

    assert (effect.known_good, effect.alerts_exact) == (2, 1)


def test_the_latest_word_on_a_set_asked_by_name_counts(tmp_path: Path) -> None:
    package = made.sealed(tmp_path)
    later.add(package, [later.good(later.PICTURE), later.alert(later.BROKEN)])
    later.add(package, [], sets=[later.GOOD], all_sets=False)

    effect = read_effect(package.folder).report.effect

    assert (effect.known_good, effect.alerts_exact) == (0, 1)


def _append(path: Path, data: bytes) -> None:
    with path.open("ab") as stream:
        stream.write(data)


@pytest.mark.parametrize(
    "harm",
    [
        lambda place: shutil.rmtree(place / "2"),
        lambda place: _append(place / "2" / "matches.sqlite", b"x"),
        lambda place: _append(place / "2" / "manifest.json", b"x"),
        lambda place: (place / "2").rename(place / "4"),
    ],
)
def test_from_a_supplement_that_does_not_hold_nothing_counts(
    tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    package = made.sealed(tmp_path)
    later.add(package, [later.good(later.PICTURE)])
    later.add(package, [])
    later.add(package, [later.alert(later.PICTURE)])
    harm(package.folder / "supplements")

    found = read_effect(package.folder)

    assert (found.report.effect.known_good, found.report.effect.alerts_exact) == (2, 0)
    assert found.left_out in {(2, 3), (3,), (3, 4)}


def test_a_supplement_of_other_rows_does_not_count(tmp_path: Path) -> None:
    package = made.sealed(tmp_path)
    other = replace(package, manifest=replace(package.manifest, rows_sha256="00" * 32))
    later.add(other, [later.good(later.PICTURE)])

    found = read_effect(package.folder)

    assert (found.report.effect.known_good, found.left_out) == (0, (1,))
