"""What hash sets know of an exhibit is told, set aside and listed; a resumed run says the same."""

import hashlib
import io
import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import examinations as run
import holder_files as made
import pytest
from evidence import contents
from hash_sets import listed, written
from PIL import Image

from polit.base.errors import UsageError
from polit.decode.pdq import hash_picture
from polit.examine.sets_in_use import asked_text, check_same_sets, open_sets
from polit.match.hashsets import HashSets
from polit.model.matching import SetStatus
from polit.package.database import open_reader
from polit.package.match_rows import read_matches
from polit.package.write import Ledger

WALLPAPER, ICON, WANTED, HOLIDAY = (contents.jpeg(seed) for seed in range(903, 907))
SYSTEM, WEAKLY_GOOD, CLAIMED = (contents.text(seed, 3000) for seed in range(910, 913))


def edited(data: bytes) -> bytes:
    """Return a picture as somebody who passes it on leaves it: smaller, compressed again."""
    stream = io.BytesIO()
    with Image.open(io.BytesIO(data)) as picture:
        picture.resize((240, 180)).save(stream, "JPEG", quality=60)
    return stream.getvalue()


FILES = {
    "DCIM/holiday.jpg": HOLIDAY,
    "DCIM/wanted.jpg": WANTED,
    "DCIM/copy of wanted.jpg": WANTED,
    "DCIM/edited.jpg": edited(WANTED),
    "system/wallpaper.jpg": WALLPAPER,
    "system/icon.jpg": ICON,
    "system/driver.txt": SYSTEM,
    "system/weak.txt": WEAKLY_GOOD,
    "claimed.txt": CLAIMED,
    "letter.docx": made.docx({"word/media/1.jpg": WANTED, "word/media/2.jpg": WALLPAPER}),
}


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A folder of evidence, the store of hash sets, and what one examination of it gave."""

    source: Path
    store: Path
    place: Path
    summary: dict[str, object]
    stderr: str
    rows: dict[str, dict[str, object]]


def examine(source: Path, place: Path, store: Path, *words: str) -> run.Ran:
    """Examine with a store of hash sets."""
    return run.examine(source, place, *words, POLIT_HASHSETS=str(store))


@pytest.fixture(scope="module")
def exhibit(tmp_path_factory: pytest.TempPathFactory) -> Exhibit:
    """Examine once with three sets: known-good twice, an alert list with a fingerprint."""
    place = tmp_path_factory.mktemp("known")
    source, store = place / "source", place / "hashsets"
    for name, data in FILES.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(data)
    with Image.open(io.BytesIO(WANTED)) as picture:
        fingerprint = hash_picture(picture)[0].value.hex()
    good = [WALLPAPER, SYSTEM, CLAIMED]
    listed(store, "system files", good, status=SetStatus.KNOWN_GOOD)
    listed(store, "weak", [WEAKLY_GOOD, ICON], status=SetStatus.KNOWN_GOOD, algorithm="md5")
    listed(store, "alerts", [WANTED, CLAIMED], status=SetStatus.ALERT)
    written(store, "fingerprints", f"{fingerprint}\n", form="pdq",
            status=SetStatus.ALERT)  # fmt: skip
    ran = examine(source, place, store, "--workers", "2")
    assert ran.code == 0, ran.stderr
    rows = {str(row["path"]): row for row in run.entries_of(place)}
    return Exhibit(source, store, place, ran.json(), ran.stderr, rows)


def test_known_good_is_set_aside_with_its_digests_and_without_a_decoder(exhibit: Exhibit) -> None:
    for path in ("system/wallpaper.jpg", "system/driver.txt"):
        row = exhibit.rows[path]
        assert (row["outcome"], row["reason"]) == ("skipped", "known_good")
        assert (row["known"], row["width_px"]) == (["known-good"], None)
        assert row["sha256"] == hashlib.sha256(FILES[path]).hexdigest()


def test_known_good_by_md5_alone_is_decoded(exhibit: Exhibit) -> None:
    row = exhibit.rows["system/icon.jpg"]

    assert (row["outcome"], row["known"]) == ("done", ["known-good"])
    assert row["width_px"] == 320


def test_an_alert_beats_known_good(exhibit: Exhibit) -> None:
    row = exhibit.rows["claimed.txt"]

    assert (row["outcome"], row["alerts"]) == ("done", "exact")
    assert row["known"] == ["alert", "known-good"]


def test_what_lies_inside_a_document_is_looked_up_too(exhibit: Exhibit) -> None:
    wanted = exhibit.rows["letter.docx/word/media/1.jpg"]
    good = exhibit.rows["letter.docx/word/media/2.jpg"]

    assert (wanted["outcome"], wanted["alerts"]) == ("done", "exact")
    assert (good["outcome"], good["reason"]) == ("skipped", "known_good")


def test_an_edited_copy_resembles_what_alerts(exhibit: Exhibit) -> None:
    row = exhibit.rows["DCIM/edited.jpg"]

    assert (row["known"], row["resembles"], row["alerts"]) == ([], ["alert"], "near")
    assert row["outcome"] == "done"


def test_what_no_set_knows_says_nothing(exhibit: Exhibit) -> None:
    row = exhibit.rows["DCIM/holiday.jpg"]

    assert (row["known"], row["resembles"], row["alerts"]) == ([], [], None)


def test_the_summary_counts_contents_and_names_the_sets(exhibit: Exhibit) -> None:
    assert exhibit.summary["matches"] == {
        "alert": 2, "alert_categorised": 0, "categorised": 0, "known_good": 5, "near": 1,
        "near_alert": 1,
    }  # fmt: skip
    sets = exhibit.summary["hash_sets"]
    assert isinstance(sets, list)
    assert {one["name"] for one in sets} == {"system files", "weak", "alerts", "fingerprints"}
    tally = exhibit.summary["tally"]
    assert isinstance(tally, dict)
    assert tally["entries"] == tally["done"] + tally["skipped"] + tally["failed"]
    not_examined = json.dumps(exhibit.summary["not_examined"])
    assert "known-good entries" in not_examined


def test_the_announcement_counts_and_never_names(exhibit: Exhibit) -> None:
    told = [line for line in exhibit.stderr.splitlines() if line.startswith("ALERT")]

    assert "asking 4 hash sets of 8 records" in exhibit.stderr.splitlines()
    assert told[-1] == (
        "ALERT: 2 contents match hash sets (0 of them categorised), 1 more resembles what they hold"
    )
    for name in ("wanted", "claimed", "alerts", "DCIM"):
        assert name not in exhibit.stderr


def test_the_package_holds(exhibit: Exhibit) -> None:
    package = run.package_of(exhibit.place)

    assert run.polit(exhibit.place / "data", "verify", package, "--evidence",
                     exhibit.source).code == 0  # fmt: skip


Found = tuple[str, str, int, str, int]
"""Content, set, record, algorithm, distance in bits."""


def by_hand(exhibit: Exhibit) -> Iterator[Found]:
    """Compare every content with every record of every set: digests byte by byte, then bits."""
    contents = {str(row["sha256"]): row for row in exhibit.rows.values() if row["sha256"]}
    with HashSets(exhibit.store).open_enabled() as sets:
        for (sha256, row), known in itertools.product(contents.items(), sets):
            for number in range(known.facts.records):
                stated = known.stated(number)
                agreeing = [name for name in ("md5", "sha1", "sha256")
                            if getattr(stated, name).hex() == row[name]]  # fmt: skip
                if agreeing:
                    yield sha256, known.facts.sha256, number, agreeing[-1], 0
            if known.pdq is None or not row["pdq"] or int(str(row["pdq_quality"])) < 50:
                continue
            for value, record in zip(known.pdq.index.values, known.pdq.records, strict=True):
                bits = (int(str(row["pdq"]), 16) ^ int(value.tobytes().hex(), 16)).bit_count()
                if bits <= 31:
                    yield sha256, known.facts.sha256, int(record), "pdq", bits


def test_the_rows_of_the_package_are_those_of_comparing_by_hand(exhibit: Exhibit) -> None:
    with closing(open_reader(run.package_of(exhibit.place))) as connection:
        found = [
            (match.content_sha256.hex(), match.hash_set_sha256, match.record, match.algorithm,
             match.distance_bits)
            for match in read_matches(connection)
        ]  # fmt: skip

    assert sorted(found) == sorted(by_hand(exhibit))
    assert {algorithm for _, _, _, algorithm, _ in found} == {"md5", "sha256", "pdq"}


def test_alerts_are_listed_first_and_alone(exhibit: Exhibit) -> None:
    data, package = exhibit.place / "data", run.package_of(exhibit.place)

    rows = run.polit(data, "list", package, "--alerts", "--jsonl").rows()

    assert [row["path"] for row in rows] == [
        "DCIM/copy of wanted.jpg", "DCIM/wanted.jpg", "claimed.txt",
        "letter.docx/word/media/1.jpg", "DCIM/edited.jpg",
    ]  # fmt: skip


def test_a_killed_run_refuses_other_sets_and_goes_on_to_the_same_rows_by_other_workers(
    exhibit: Exhibit, tmp_path: Path
) -> None:
    environment = run.environment(
        tmp_path / "data", POLIT_HASHSETS=str(exhibit.store), POLIT_FAULTS="ledger.commit@1:kill"
    )
    command = [sys.executable, "-m", "polit", "examine", str(exhibit.source), *run.OPTIONS,
               "--out", str(tmp_path / "out"), "--workers", "4"]  # fmt: skip
    killed = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert killed.returncode < 0, killed.stderr

    ledger = Ledger(run.package_of(tmp_path))
    with (
        HashSets(exhibit.store).open_enabled(("alerts",)) as other,
        pytest.raises(UsageError, match=r"begun with 4 .* \(missing: .*system files"),
    ):
        check_same_sets(ledger, other)
    ledger.abandon()
    again = examine(exhibit.source, tmp_path, exhibit.store, "--resume", "--workers", "1")

    assert again.json()["rows_sha256"] == exhibit.summary["rows_sha256"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--sets", "nobody's"), "no hash set is called"),
        (("--sets", "alerts", "--no-sets"), "contradict each other"),
    ],
)
def test_sets_that_cannot_be_asked_are_refused_before_anything_is_made(
    exhibit: Exhibit, tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    ran = examine(exhibit.source, tmp_path, exhibit.store, *words)

    assert (ran.code, told in ran.stderr) == (2, True)
    assert not run.package_of(tmp_path).exists()


def test_a_store_that_is_named_and_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLIT_HASHSETS", str(tmp_path / "none"))

    with pytest.raises(UsageError, match="no folder"):
        open_sets(None)
    with open_sets(()) as sets:
        assert asked_text(sets).startswith("asking no hash set")
