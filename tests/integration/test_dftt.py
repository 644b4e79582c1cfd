"""Brian Carrier's file-system test images 5, 6, 7 and 9 against their published answers."""

import html
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from walked_evidence import Found, RawImage, walk, whole

from polit.evidence.opening import open_filesystem
from polit.model.evidence import EntryState, TimeBasis

IMAGES = {
    5: ("5-fat-daylight", "daylight.dd"),
    6: ("6-undel-fat", "6-fat-undel.dd"),
    7: ("7-undel-ntfs", "7-ntfs-undel.dd"),
    9: ("9-fat-label", "9-fat-label.dd"),
}
FRAGMENTED_ON_FAT = {"frag1.dat", "frag2.dat", "frag3.dat"}
"""Not recovered: deletion cleared their chains in the table, and each is in pieces whose gaps
are free too. The image's page says that no tool recovered them, and which digests a tool that
takes the next clusters gets."""


@pytest.fixture(scope="session")
def images(corpora: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dftt")
    archives = corpora / "sleuthkit+sleuthkit_test_data" / "from_brian"
    for name, _ in IMAGES.values():
        with zipfile.ZipFile(archives / f"{name}.zip") as archive:
            archive.extractall(folder)
    return folder


def found_in(images: Path, number: int) -> list[Found]:
    folder, name = IMAGES[number]
    with RawImage(images / folder / name) as source:
        system = open_filesystem(source, whole(source))
        assert system is not None
        return walk(system)


def published(images: Path, number: int) -> Iterator[list[str]]:
    """Yield the rows of the answers' tables as plain cells."""
    page = (images / IMAGES[number][0] / "index.html").read_text("latin-1")
    for row in re.findall(r"<tr.*?</tr>", page, re.DOTALL | re.IGNORECASE):
        cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL | re.IGNORECASE)
        yield [html.unescape(re.sub(r"<[^>]*>", "", cell)).strip() for cell in cells]


def answers(images: Path, number: int) -> dict[str, str]:
    """Return the published digest of each file, by its name without folders."""
    found = {}
    for cells in published(images, number):
        digest = next((cell for cell in cells if re.fullmatch(r"[0-9a-f]{32}", cell)), "")
        path = next((cell for cell in cells if cell.startswith("\\")), "")
        if digest and path and len(cells) > 2:
            found[path.rpartition("\\")[2]] = digest
    return found


def by_digest(found: list[Found]) -> dict[str, Found]:
    return {item.md5: item for item in found if item.content is not None}


def test_fat_times_are_the_wall_clock_in_winter_and_summer(images: Path) -> None:
    times = {item.path: item.entry.times.created_ns for item in found_in(images, 5)}
    winter, summer = (times[b"/winter.txt"], times[b"/summer.txt"])
    assert winter is not None
    assert summer is not None
    assert datetime.fromtimestamp(winter // 10**9, UTC).isoformat()[:16] == "2004-01-01T14:00"
    assert datetime.fromtimestamp(summer // 10**9, UTC).isoformat()[:16] == "2004-06-01T15:00"


def test_fat_times_state_that_their_zone_is_unknown(images: Path) -> None:
    with RawImage(images / "5-fat-daylight" / "daylight.dd") as source:
        system = open_filesystem(source, whole(source))
        assert system is not None
        assert system.facts.time_facts.basis is TimeBasis.LOCAL_UNKNOWN


def test_every_deleted_fat_file_in_one_piece_is_recovered(images: Path) -> None:
    expected, found = answers(images, 6), by_digest(found_in(images, 6))
    assert len(expected) == 6
    missing = {name for name, digest in expected.items() if digest not in found}
    assert missing == FRAGMENTED_ON_FAT
    for name in expected.keys() - FRAGMENTED_ON_FAT:
        entry = found[expected[name]].entry
        assert entry.state is EntryState.DELETED
        assert not entry.overwritten


def test_fragmented_fat_files_give_the_published_guess(images: Path) -> None:
    guesses = {
        cells[0].rpartition("\\")[2]: cells[1]
        for cells in published(images, 6)
        if len(cells) == 2 and cells[0].startswith("\\")
    }
    assert guesses.keys() == FRAGMENTED_ON_FAT
    assert set(guesses.values()) <= by_digest(found_in(images, 6)).keys()


def test_every_deleted_ntfs_file_and_stream_is_recovered(images: Path) -> None:
    expected, found = answers(images, 7), by_digest(found_in(images, 7))
    assert len(expected) == 9
    for name, digest in expected.items():
        assert digest in found, name
        assert found[digest].path.endswith(b"/" + name.encode())
        assert found[digest].entry.state is EntryState.DELETED
        assert not found[digest].entry.overwritten


def test_deleted_ntfs_records_keep_their_numbers(images: Path) -> None:
    found = by_digest(found_in(images, 7))
    for cells in published(images, 7):
        if len(cells) > 4 and re.fullmatch(r"[0-9a-f]{32}", cells[4]):
            record = cells[1].partition("-")[0]
            assert found[cells[4]].entry.record.partition("-")[0] == record


def test_a_label_with_clusters_shows_what_it_hides(images: Path) -> None:
    page = (images / "9-fat-label" / "index.html").read_text("latin-1")
    digests = set(re.findall(r"[0-9a-f]{32}", page)) - {"aa834dca822918de45792f4e115516b9"}
    found = by_digest(found_in(images, 9))
    assert len(digests) == 2
    assert {found[digest].entry.raw_name for digest in digests} == {b"LABEL2", b"FILE2   DLL"}


def test_no_name_is_invented_on_fat(images: Path) -> None:
    restore = b"/System Volume Information/_restore{A25F48CA-6632-4143-8EF8-3586A84AB5AF}"
    assert {item.path for item in found_in(images, 5)} == {b"/winter.txt", b"/summer.txt"}
    assert {item.path for item in found_in(images, 6)} == {
        b"/FAT_REC_1",
        b"/_rag1.dat",
        b"/_rag2.dat",
        b"/_ing.dat",
        b"/_ult1.dat",
        b"/_ir1",
        b"/_ir1/dir2",
        b"/_ir1/mult2.dat",
        b"/_ir1/dir2/frag3.dat",
        b"/System Volume Information",
        restore,
        restore + b"/_P1",
    }
    assert {item.path for item in found_in(images, 9)} == {
        b"/LABEL2",
        b"/New Folder",
        b"/dir1",
        b"/dir1/FILE2   DLL",
    }


def test_no_name_is_invented_on_ntfs(images: Path) -> None:
    planted = {name.partition(":")[0].encode() for name in answers(images, 7)} | {b"dir1", b"dir2"}
    system = {b"System Volume Information", b"tracking.log"}
    for item in found_in(images, 7):
        name = item.entry.owner_name or item.entry.raw_name
        assert name in planted | system or name.startswith(b"$"), item.path
