"""A supplement that anybody altered anywhere is refused with a reason, and never crashes a reader.

Half of the alterations are made by somebody who cannot sign. The other half sign what they altered
with a key of their own, and leave the digest of the rows as it was: such a supplement may hold only
where it says what it said.
"""

import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import made_packages as made
import made_supplements as more
import pytest

from polit.base.errors import PolitError
from polit.cli.supplements import listed_supplements, supplements_text
from polit.model.matching import HashSetFacts, Match
from polit.package import sealed_text
from polit.package.knowledge import read_knowledge
from polit.package.layout import MANIFEST
from polit.package.seal import read_manifest
from polit.package.supplement import MATCHES, open_supplement, read_supplement, supplement_folder
from polit.package.supplement_verify import check_supplements

MUTATIONS, SEED = 120, 20_261_127
_BYTES = (0, 1, 13, 127, 128, 255)

Said = tuple[tuple[HashSetFacts, ...], tuple[Match, ...]]


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Return other bytes: some flipped, a run taken out, put in, doubled, zeroed, or cut off."""
    changed = bytearray(data)
    place, length = rng.randrange(len(data)), rng.choice((1, 1, 2, 8, 64, 4096))
    match rng.randrange(7):
        case 0:
            for _ in range(length):
                changed[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        case 1:
            changed[place] = rng.choice(_BYTES)
        case 2:
            del changed[place : place + length]
        case 3:
            changed[place:place] = rng.randbytes(length)
        case 4:
            changed[place:place] = changed[place : place + length]
        case 5:
            changed[place : place + length] = bytes(len(changed[place : place + length]))
        case _:
            del changed[place:]
    return bytes(changed)


def said(folder: Path) -> Said | None:
    """Return what a supplement says, ``None`` where it does not hold."""
    try:
        with open_supplement(folder) as opened:
            return opened.hash_sets, tuple(opened.matches())
    except PolitError:
        return None


def accepted(package: made.MadePackage, rng: random.Random) -> Iterator[str]:
    """Alter a supplement once; yield what is wrong with how that was taken."""
    folder = supplement_folder(package.folder, 1)
    is_signed = rng.random() < 0.5
    path = folder / (MATCHES if is_signed or rng.random() < 0.5 else MANIFEST)
    before, whole, expected = (folder / MANIFEST).read_bytes(), path.read_bytes(), said(folder)
    path.write_bytes(mutated(whole, rng))
    if is_signed:
        parts = sealed_text.digest_files(folder, (MATCHES,))
        told = replace(read_supplement(folder), parts=parts)
        (folder / MANIFEST).write_bytes(
            sealed_text.render(sealed_text.sign(told, package.keys.signing))
        )
    is_same = path.read_bytes() == whole
    holds = all(
        one.holds for one in check_supplements(package.folder, read_manifest(package.folder))
    )
    now = said(folder)
    known = read_knowledge(package.folder)
    supplements_text(listed_supplements(package.folder), known.left_out)
    if (holds and not is_same and not is_signed) or (now is not None and now != expected):
        yield f"{path.name} was altered and holds"
    if (holds and known.left_out) or (now is None and known.verdicts):
        yield f"{path.name}: verification and what counts differ"
    path.write_bytes(whole)
    (folder / MANIFEST).write_bytes(before)


@pytest.fixture
def package(tmp_path: Path) -> made.MadePackage:
    """Return a package with one supplement."""
    sealed = made.sealed(tmp_path)
    more.add(sealed, [more.alert(), more.alert(algorithm="pdq", distance_bits=3), more.good()])
    return sealed


def test_what_was_altered_never_holds_and_never_crashes(package: made.MadePackage) -> None:
    rng = random.Random(SEED)
    assert [wrong for _ in range(MUTATIONS) for wrong in accepted(package, rng)] == []


def test_a_supplement_that_says_the_same_holds(package: made.MadePackage, tmp_path: Path) -> None:
    folder = supplement_folder(package.folder, 1)
    shutil.copytree(folder, tmp_path / "copy")
    assert said(folder) == said(tmp_path / "copy") is not None
