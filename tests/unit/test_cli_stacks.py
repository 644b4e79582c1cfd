"""``polit stacks`` and the report of effect, as they are printed."""

import json
import sqlite3
import sys
from pathlib import Path

import made_packages as made
import made_supplements as later
import pytest

from polit import cli
from polit.cli.effect import effect_text
from polit.match.effect import Effect
from polit.match.stacks import Stackable
from polit.model.media import PerceptualHash
from polit.package.layout import FINDINGS, MANIFEST, findings_path


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a sealed package of a picture twice, and a broken one."""
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "data"))
    return made.sealed(tmp_path).folder


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["polit", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def _another(package: Path, folder: Path, **meta: str) -> Path:
    """Return a package with the same rows and other texts."""
    other = folder / "other.polit"
    other.mkdir(parents=True)
    for name in (FINDINGS, MANIFEST):
        (other / name).write_bytes((package / name).read_bytes())
    with sqlite3.connect(findings_path(other)) as connection:
        for key, value in meta.items():
            connection.execute("REPLACE INTO meta VALUES (?, ?)", (key, value))
    connection.close()
    return other


def test_stacks_of_one_package_are_counts_without_names(
    package: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, "stacks", package) == 0

    said = capsys.readouterr().out
    assert "3 pictures and videos = 2 stacks" in said
    assert ".jpg" not in said


def test_what_alerts_today_is_stacked_with_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "data"))
    package = made.sealed(tmp_path)
    later.add(package, [later.alert(later.PICTURE)])
    alike = (PerceptualHash("pdq", "full", bytes(range(32)), 90),)
    pair = [Stackable(one, 9, 8, 8, alike) for one in (later.PICTURE, later.BROKEN)]
    monkeypatch.setattr("polit.cli.stacks.read_stackables", lambda _: iter(pair))

    assert _run(monkeypatch, "stacks", package.folder) == 0
    assert "2 pictures and videos = 2 stacks" in capsys.readouterr().out

    (package.folder / "supplements/1/matches.sqlite").write_bytes(b"")
    assert _run(monkeypatch, "stacks", package.folder) == 0
    told = capsys.readouterr()
    assert "supplements from 1 on do not count" in told.err
    assert "2 pictures and videos = 1 stacks" in told.out


def test_names_are_printed_when_asked_for(
    package: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, "stacks", package, "--list") == 0

    said = capsys.readouterr().out
    assert "leader\tAB%2F1.polit\ta.jpg" in said
    assert "leader\tAB%2F1.polit\tb.jpg" in said
    assert "bad.jpg" not in said


def test_stacks_across_packages_add_up(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:  # fmt: skip
    other = _another(package, tmp_path, exhibit="AB/2")

    assert _run(monkeypatch, "stacks", package, other, "--json", "--threshold", 8) == 0

    told = json.loads(capsysbinary.readouterr().out)
    assert told["threshold_bits"] == 8
    assert [one["media_files"] for one in told["packages"]] == [3, 3]
    assert told["together"]["media_files"] == 6
    assert told["together"]["stacks"] == 2
    assert sorted(stack["files"] for stack in told["stacks"]) == [2, 4]
    picture = made.digests(b"picture").sha256.hex()
    assert told["stacks"][0]["leader_sha256"] == picture
    assert told["stacks"][0]["members"] == [
        {"sha256": picture, "distance_bits": 0, "variant": "", "files": 4}
    ]


def test_what_alerts_in_any_package_stands_by_itself_in_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "data"))
    made_package = made.sealed(tmp_path)
    alike = b"\x51" * 32
    first, second = (
        _another(made_package.folder, tmp_path / name, exhibit=name) for name in ("one", "two")
    )
    for package, sha256 in ((first, later.PICTURE), (second, b"2" * 32)):
        with sqlite3.connect(findings_path(package)) as connection:
            connection.execute("PRAGMA foreign_keys = OFF")
            for table in ("results", "media"):
                connection.execute(
                    f"UPDATE {table} SET sha256 = ? WHERE sha256 = ?", (sha256, later.PICTURE)
                )
            connection.execute("DELETE FROM perceptual_hashes")
            connection.execute(
                "INSERT INTO perceptual_hashes VALUES (?, 'pdq', 'full', 0, NULL, ?, 90, NULL)",
                (sha256, alike),
            )
        connection.close()
    assert _run(monkeypatch, "stacks", first, second, "--json") == 0
    before = json.loads(capsysbinary.readouterr().out)["together"]
    later.add(made_package, [later.alert()], folder=first)

    assert _run(monkeypatch, "stacks", first, second, "--json") == 0

    after = json.loads(capsysbinary.readouterr().out)["together"]
    assert (before["near_copies"], after["near_copies"]) == (1, 0)
    assert before["media_files"] == after["media_files"] == 6


def test_one_line_a_stack(
    package: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert _run(monkeypatch, "stacks", package, "--jsonl") == 0

    lines = capsysbinary.readouterr().out.splitlines()
    assert [json.loads(line)["files"] for line in lines] == [2]


def test_packages_of_several_cases_are_refused(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = _another(package, tmp_path, case="T-2")

    assert _run(monkeypatch, "stacks", package, other) == 2
    assert _run(monkeypatch, "stacks", package, package) == 2


def test_a_package_that_is_not_sealed_is_refused(
    package: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (package / MANIFEST).unlink()

    assert _run(monkeypatch, "stacks", package) == 2
    assert "is not sealed" in capsys.readouterr().err
    assert _run(monkeypatch, "stacks", package.parent / "none.polit") == 6


def test_show_tells_the_effect(
    package: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert _run(monkeypatch, "show", package, "--json") == 0

    effect = json.loads(capsysbinary.readouterr().out)["effect"]
    parts = ("settled_known_good", "settled_categorised", "exact_copies", "near_copies",
             "left_to_view")  # fmt: skip
    assert sum(effect[part] for part in parts) == effect["media_files"] == 3
    assert (effect["views_per_1000_before"], effect["views_per_1000_after"]) == (1000, 667)


def test_alerts_and_gaps_are_told_beside_the_bars() -> None:
    told = effect_text(Effect(1000, 300, 100, 200, 50, 5, 345, 7, 3, 4))

    assert "views per 1,000 files: 1,000 before, 350 after" in told
    assert "near copies are other files like one that is left: grouped, not settled" in told
    assert "of those left, 7 not decoded" in told
    assert "ALERTS: 3 contents by their digests, 4 by fingerprints alone" in told
    bars = [line.count("#") for line in told.splitlines() if line.endswith("#")]
    assert bars == [40, 12, 4, 8, 2, 14]


def test_a_package_without_media_has_no_views() -> None:
    told = effect_text(Effect(0, 0, 0, 0, 0, 0, 0, 0, 0, 0))

    assert "views" not in told
    assert "#" not in told
