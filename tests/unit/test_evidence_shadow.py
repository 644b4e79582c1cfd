"""Shadow copies: their bytes as they were, and every difference, against the states themselves."""

import random
import shutil
import struct
from pathlib import Path

import pytest
from evidence.shadow import BLOCK_BYTES, identifier_of, write_shadows
from evidence.tools import run
from walked_evidence import Found, RawImage, walk, whole

from polit.base.errors import SourceUnreadable
from polit.evidence.filesystems.ntfs import open_filesystem
from polit.evidence.layers import shadow
from polit.evidence.layers.shadow import ShadowLayer
from polit.model.evidence import EntryType

_SIZE = 16 << 20


def put(image: Path, name: str, content: bytes) -> None:
    source = image.with_suffix(".in")
    source.write_bytes(content)
    run(["ntfscp", "-f", str(image), str(source), name])


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return three states of one volume, the oldest first."""
    folder = tmp_path_factory.mktemp("shadow")
    first, second, third = (folder / name for name in ("1.dd", "2.dd", "3.dd"))
    with first.open("wb") as stream:
        stream.truncate(_SIZE)
    run(["mkntfs", "-F", "-q", "-s", "512", "-c", "4096", "-L", "shadow", str(first)])
    put(first, "same.txt", b"the same everywhere " * 2000)
    put(first, "changes.txt", b"first words " * 3000)
    put(first, "small.txt", b"resident")
    shutil.copyfile(first, second)
    put(second, "changes.txt", b"second word " * 3000)
    put(second, "new.txt", b"n" * 50_000)
    shutil.copyfile(second, third)
    put(third, "small.txt", b"resident, and longer now")
    return [first, second, third]


@pytest.fixture(scope="module")
def image(states: list[Path]) -> Path:
    path = states[0].with_name("shadowed.dd")
    write_shadows(path, [state.read_bytes() for state in states])
    return path


def opened(path: Path, changes: dict[int, int] | None = None) -> ShadowLayer:
    source = RawImage(path, changes)
    assert shadow.detect(source, whole(source))
    return ShadowLayer(source, whole(source), None)


def key(found: Found) -> tuple[object, ...]:
    entry = found.entry
    return (found.path, entry.entry_type, entry.state, entry.record, entry.times, found.content)


def system_of(path: Path) -> set[tuple[object, ...]]:
    source = RawImage(path)
    return {key(one) for one in walk(open_filesystem(source, whole(source)))}


def test_each_copy_is_listed_with_its_identifier_and_time(image: Path) -> None:
    told = [volume.facts.description for volume in opened(image).volumes]
    assert told == [
        f"shadow copy {identifier_of(1)} of 2013-12-03T07:35:09+00:00",
        f"shadow copy {identifier_of(2)} of 2013-12-03T08:35:09+00:00",
    ]


def test_the_bytes_are_those_of_the_state_that_was(image: Path, states: list[Path]) -> None:
    layer = opened(image)
    for number, state in enumerate(states[:-1], 1):
        raw, inner = state.read_bytes(), layer.source(number)
        assert inner.read_at(0, _SIZE)[0x2000:] == raw[0x2000:]
        chooser = random.Random(number)
        for _ in range(300):
            start, length = chooser.randrange(0x2000, _SIZE), chooser.randrange(1, 40_000)
            assert inner.read_at(start, length) == raw[start : start + length]


def test_every_difference_is_found_and_what_is_the_same_is_counted(
    image: Path, states: list[Path]
) -> None:
    layer = opened(image)
    for number in (1, 2):
        older, newer = system_of(states[number - 1]), system_of(states[number])
        system = layer.filesystem(number)
        found = {key(one) for one in walk(system) if one.entry.entry_type is not EntryType.FOLDER}
        differing = {one for one in older - newer if one[1] is not EntryType.FOLDER}
        assert differing
        assert found >= differing - {one for one in differing if one[0] == b"/$Boot"}
        names = {one[0] for one in found}
        assert b"/same.txt" not in names
        assert (b"/changes.txt" in names) == (number == 1)
        assert (b"/small.txt" in names) == (number == 2)


def test_a_changed_content_under_an_unchanged_record_is_found(
    states: list[Path], tmp_path: Path
) -> None:
    older = bytearray(states[0].read_bytes())
    place = older.find(b"first words first words")
    newer = bytearray(older)
    newer[place : place + 5] = b"FIRST"
    path = tmp_path / "direct.dd"
    write_shadows(path, [bytes(older), bytes(newer)])
    found = {one.path: one.content for one in walk(opened(path).filesystem(1))}
    assert found[b"/changes.txt"] == b"first words " * 3000
    assert b"/same.txt" not in found


class TestHostile:
    def test_a_catalog_that_leads_to_itself_ends(self, image: Path, tmp_path: Path) -> None:
        self.check_ends(image, tmp_path, _SIZE, 40, struct.pack("<Q", _SIZE))

    def test_descriptors_that_lead_to_themselves_end(self, image: Path, tmp_path: Path) -> None:
        at = _SIZE + 2 * BLOCK_BYTES
        self.check_ends(image, tmp_path, at, 40, struct.pack("<Q", at))

    @staticmethod
    def check_ends(image: Path, folder: Path, at: int, offset: int, value: bytes) -> None:
        data = bytearray(image.read_bytes())
        data[at + offset : at + offset + len(value)] = value
        path = folder / "hostile.dd"
        path.write_bytes(data)
        try:
            layer = opened(path)
            layer.filesystem(1)
        except SourceUnreadable:
            return
        assert len(layer.volumes) <= 512
