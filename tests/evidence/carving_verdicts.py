"""Carving judged by kind, by the command itself: what was planted, what was carved from where.

The kinds are those that CFTT's "Forensic File Carving Tool Test Assertions and Test Plan" (draft
1.0, 2014) tests, in our words; its numbers could not be checked.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from evidence import carving_disk
from evidence.carving_images import (
    BLOCK_BYTES,
    PART,
    Builder,
    Planted,
    contents,
    decoys,
    drawn_jpeg,
)
from evidence.compare import Row
from evidence.examined import examine

Told = tuple[str, str, str, bool, str]
"""The kind, what it says, on what, whether it held, and figures."""
_EXTENT = re.compile(r"(\d+)\+(\d+)")
_WHOLE = {
    "contiguous": ("contiguous", "files in one piece, at the beginning of a cluster"),
    "gap_of_noise": ("fragmented, noise between", "two pieces with noise between them"),
    "gap_of_zeros": ("fragmented, zeros between", "two pieces with zeros between them"),
    "gap_of_picture": ("fragmented, picture between", "two pieces with a picture between them"),
    "three_fragments": ("fragmented, three pieces", "three pieces with noise between them"),
    "out_of_order": ("fragmented, out of order", "the second piece lies before the first"),
    "inside_document": ("without file alignment", "files that begin anywhere"),
    "braided": ("braided", "two files, each in the other's gaps"),
    "embedded": ("embedded", "a picture that has another in it is one entry, not two"),
}


@dataclass(frozen=True, slots=True)
class _Carved:
    """A carved entry: where its bytes lie, their digest, whether it calls itself whole."""

    extents: tuple[tuple[int, int], ...]
    sha256: object
    is_whole: bool


@dataclass(frozen=True, slots=True)
class _Image:
    data: bytes
    planted: tuple[Planted, ...]
    decoys: tuple[tuple[int, int], ...]


def judged(scratch: Path) -> list[Told]:
    """Examine an image without a file system and a disk of three, and judge both."""
    made = _made()
    image = scratch / "planted.dd"
    image.write_bytes(made.data)
    carved = _carved(examine(image, scratch / "one").rows)
    found = [*_by_case(made.planted, carved), *_partial(made.planted, carved)]
    false = [one for one in carved if _begins_within(one, made.decoys)]
    says = "headers and footers of files that are none give no entry"
    found.append(
        ("carving: decoys", says, _ON, not false, f"{len(made.decoys)} decoys, {len(false)} carved")
    )
    return [*found, *_claims(made, carved), _offsets(made.data, carved, _ON), *_on_disk(scratch)]


def _claims(made: _Image, carved: Sequence[_Carved]) -> list[Told]:
    """Judge what calls itself whole: entries of one piece, and those put together of several."""
    known = {one.sha256 for one in made.planted}
    found = []
    for number, says, is_joined in (
        ("polit-02", "what is carved in one piece without a flaw is a planted content", False),
        ("polit-03", "what is joined of pieces without a flaw is a planted content", True),
    ):
        whole = [one for one in carved if one.is_whole and (len(one.extents) > 1) is is_joined]
        other = [one.extents[0][0] for one in whole if one.sha256 not in known]
        told = f"{len(whole)} entries, {len(other)} not planted"
        found.append((number, says, _ON, not other, told))
    return found


_ON, _ON_DISK = "image without file system", "disk with fat12, ntfs, ext4"


def _made() -> _Image:
    builder = Builder(5)
    builder.fill("noise", 3)
    drawn = contents(only_drawn=True)
    for number, case in enumerate(
        ("contiguous", "gap_of_noise", "gap_of_zeros", "gap_of_picture", "three_fragments",
         "out_of_order", "inside_document", "tail_overwritten", "head_overwritten")
    ):  # fmt: skip
        builder.plant(case, "jpeg", drawn_jpeg(20 + number), drawn_jpeg(120 + number))
    for form, every in drawn.items():
        if every and form != "jpeg":
            builder.plant("contiguous", form, every[0])
    builder.plant("gap_of_noise", "png", drawn["png"][1])
    laid = builder.image()
    data, planted = bytearray(laid.data), list(laid.planted)
    false = [_laid(data, decoy) for decoy in decoys(31, drawn["jpeg"][0])]
    _braid(data, planted)
    outer = _embedding(drawn_jpeg(40), drawn_jpeg(41))
    planted.append(Planted("embedded", "jpeg", outer, (_laid(data, outer),), "whole"))
    _laid(data, bytes(40 * BLOCK_BYTES))
    return _Image(bytes(data), tuple(planted), tuple(false))


def _laid(data: bytearray, content: bytes) -> tuple[int, int]:
    at = len(data)
    data += content + bytes(-len(content) % BLOCK_BYTES)
    return at, len(content)


def _braid(data: bytearray, planted: list[Planted]) -> None:
    both, cut = (drawn_jpeg(50), drawn_jpeg(51)), 4 * BLOCK_BYTES
    heads = [_laid(data, one[:cut]) for one in both]
    tails = [_laid(data, one[cut:]) for one in both]
    for content, head, tail in zip(both, heads, tails, strict=True):
        planted.append(Planted("braided", "jpeg", content, (head, tail), "whole"))


def _embedding(outer: bytes, inner: bytes) -> bytes:
    """Put a picture into an application segment of another."""
    segment = b"\xff\xe7" + (len(inner) + 2).to_bytes(2, "big") + inner
    return outer[:2] + segment + outer[2:]


def _carved(rows: Iterable[Row]) -> list[_Carved]:
    found = []
    for row in rows:
        if row["state"] == "carved":
            places = _EXTENT.findall(str(row["locator"]).partition("carved:")[2])
            extents = tuple((int(at), int(size)) for at, size in places)
            found.append(_Carved(extents, row["sha256"], not row["flaws"]))
    return found


def _by_case(planted: Sequence[Planted], carved: Sequence[_Carved]) -> list[Told]:
    known = {(one.extents[0][0], one.sha256) for one in carved}
    found = []
    for case, (kind, says) in _WHOLE.items():
        wanted = [one for one in planted if one.case == case]
        equal = [one for one in wanted if (one.extents[0][0], one.sha256) in known]
        holds = len(equal) == len(wanted)
        if case == "embedded":
            (at, size), *_ = wanted[0].extents
            begun = [one for one in carved if at < one.extents[0][0] < at + size]
            holds = holds and not begun
        forms = ", ".join(sorted({one.form for one in wanted}))
        told = f"{len(equal)} of {len(wanted)} equal, where they begin ({forms})"
        found.append((f"carving: {kind}", says, _ON, holds, told))
    return found


def _partial(planted: Sequence[Planted], carved: Sequence[_Carved]) -> list[Told]:
    (cut,) = [one for one in planted if one.recoverable == PART]
    (lost,) = [one for one in planted if one.case == "head_overwritten"]
    begun = [one for one in carved if one.extents[0][0] == cut.extents[0][0]]
    flawed = [one for one in begun if not one.is_whole]
    within = [one for one in carved if _begins_within(one, lost.extents)]
    says = "a file whose end is overwritten is carved as a part, with a flaw"
    told = f"{len(begun)} carved, {len(flawed)} with a flaw"
    headless = "a file whose beginning is overwritten gives no entry"
    return [
        ("carving: end overwritten", says, _ON, bool(flawed), told),
        ("carving: header missing", headless, _ON, not within, f"{len(within)} carved"),
    ]


def _begins_within(one: _Carved, ranges: Iterable[tuple[int, int]]) -> bool:
    return any(at <= one.extents[0][0] < at + size for at, size in ranges)


def _offsets(data: bytes, carved: Sequence[_Carved], on: str) -> Told:
    wrong = []
    for one in carved:
        joined = b"".join(data[at : at + size] for at, size in one.extents)
        if hashlib.sha256(joined).hexdigest() != one.sha256:
            wrong.append(one.extents[0][0])
    says = "the bytes at the offsets that an entry tells have its digest"
    return "carving: byte offsets", says, on, not wrong, f"{len(carved)} entries, wrong: {wrong}"


def _on_disk(scratch: Path) -> list[Told]:
    folder = scratch / "disk"
    folder.mkdir()
    disk = carving_disk.build(folder)
    data = disk.image.read_bytes()
    carved = _carved(examine(disk.image, scratch / "two").rows)
    known = {one.extents[0][0]: one.sha256 for one in carved}
    (slack,) = [at for at in disk.planted if data[at:].startswith(carving_disk.IN_SLACK)]
    again = [at for at in disk.copies if at in known]
    equal = sum(known.get(at) == sha256 for at, sha256 in disk.planted.items())
    total = len(disk.planted)
    says = "free clusters, gaps between volumes and slack give what was planted, and no more"
    return [
        ("carving: in a disk", says, _ON_DISK, known == disk.planted, f"{equal} of {total} equal"),
        (
            "carving: within slack", "a picture behind the end of a file", _ON_DISK,
            known.get(slack) == disk.planted[slack], f"at byte {slack}",
        ),
        (
            "carving: live content again", "a copy of a live file's content is no second entry",
            _ON_DISK, not again, f"{len(disk.copies)} copies, {len(again)} carved",
        ),
        _offsets(data, carved, _ON_DISK),
    ]  # fmt: skip
