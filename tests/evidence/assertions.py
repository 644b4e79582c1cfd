"""Public test cases by their numbers, each judged: CFTT's requirements, and Carrier's images.

The requirements are those of NIST's CFTT, "Active File Identification & Deleted File Recovery
Tool Specification", draft 1 of version 1.1 (2009), told in our own words. Their numbers were
checked against public quotations of the draft, all but that of DFR-CR-03. The images are those of
"Digital Forensics Tool Testing Images" by Brian Carrier, judged by their published answers.
"""

import hashlib
import html
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from walked_evidence import Found, RawImage, walk, whole

from evidence import carving_verdicts, catalogue
from evidence.truth import FILE, Planted
from polit.evidence.opening import open_filesystem
from polit.model.evidence import ContentState, EntryState

PASS, FAIL, NOT_APPLICABLE = "pass", "fail", "not applicable"
SYSTEMS = ("fat12", "fat16", "fat32", "exfat_own", "ntfs", "ext2", "ext4")


@dataclass(frozen=True, slots=True)
class Verdict:
    """One assertion on one case: ``pass``, ``fail``, ``not applicable``."""

    assertion: str
    says: str
    case: str
    verdict: str
    detail: str


@dataclass(frozen=True, slots=True)
class Case:
    """One image as it was found, and what was planted in it."""

    name: str
    found: list[Found]
    planted: tuple[Planted, ...]

    @property
    def gone(self) -> list[Found]:
        """The deleted entries, without folders."""
        return [one for one in self.found if one.entry.state is EntryState.DELETED]


def walked(path: Path) -> list[Found]:
    """Walk a raw image of one volume to its end."""
    with RawImage(path) as source:
        system = open_filesystem(source, whole(source))
        assert system is not None, f"no driver opens {path.name}"
        return walk(system)


def _names_all(case: Case) -> tuple[str, str]:
    names = {one.entry.raw_name for one in case.gone} | {one.path for one in case.gone}
    wanted = [item for item in case.planted if item.state == "deleted" and item.must_be_found]
    digests = {one.sha256 for one in case.gone if one.content}
    missing = [
        item.path
        for item in wanted
        if item.entry_type == FILE
        and item.path.rpartition("/")[2].encode() not in names
        and item.sha256 not in digests
    ]
    return _by(missing), f"{len(wanted)} deleted names are named by metadata, missing: {missing}"


def _object_for_all(case: Case) -> tuple[str, str]:
    silent = [
        one.path
        for one in case.gone
        if one.entry.content is ContentState.READABLE and one.content is None and not one.error
    ]
    none = sum(one.entry.content is not ContentState.READABLE for one in case.gone)
    return _by(silent), f"{len(case.gone)} entries, of which {none} say that nothing is left"


def _whole_contents(case: Case) -> tuple[str, str]:
    digests = {one.sha256 for one in case.gone if one.content is not None}
    wanted = [item for item in case.planted if item.state == "deleted" and item.recoverable]
    wanted = [item for item in wanted if item.sha256 and item.must_be_found and item.size_bytes]
    missing = [item.path for item in wanted if item.sha256 not in digests]
    return _by(missing), f"{len(wanted)} recoverable contents, not equal: {missing}"


def _only_freed(case: Case) -> tuple[str, str]:
    used = [one.path for one in case.gone if one.content and one.entry.overwritten]
    return _by(used), f"{len(used)} entries read blocks that are in use again, and say so"


def _says_overwritten(case: Case) -> tuple[str, str]:
    wanted = {item.path.rpartition("/")[2].encode() for item in case.planted if item.overwritten}
    files = [one for one in case.gone if one.entry.raw_name in wanted]
    silent = [
        one.path
        for one in files
        if one.entry.content is ContentState.READABLE and not one.entry.overwritten
    ]
    return _by(silent), f"{len(files)} overwritten entries, silent about it: {silent}"


def _by(faults: Iterable[object]) -> str:
    return FAIL if list(faults) else PASS


REQUIREMENTS: dict[str, tuple[str, Callable[[Case], tuple[str, str]]]] = {
    "DFR-CR-01": ("all deleted objects that metadata still names are listed", _names_all),
    "DFR-CR-02": ("for each of them an object is made, or its loss is told", _object_for_all),
    "DFR-CR-03": ("an object holds every free block that metadata gives it", _whole_contents),
    "DFR-CR-04": ("an object holds freed blocks alone", _only_freed),
    "polit-01": ("an entry whose blocks are in use again says so", _says_overwritten),
}
"""By number; ``polit-01`` is ours: what we do instead of leaving out reused blocks."""
NOT_MET = {
    "DFR-RO-05": "on FAT the clusters of a file in pieces are guessed: the next free ones",
    "DFR-RO-08": "blocks that are in use again are read as they are now, not replaced by filler",
}


def judged_requirements(systems: Iterable[str] = SYSTEMS) -> list[Verdict]:
    """Judge each requirement on each file system's fixture."""
    verdicts = []
    for name in systems:
        image, truth = catalogue.built(name)
        case = Case(name, walked(image), truth.planted)
        for number, (says, judge) in REQUIREMENTS.items():
            verdict, detail = judge(case)
            verdicts.append(Verdict(number, says, name, verdict, detail))
    return verdicts


def unmet() -> list[Verdict]:
    """Return what is not met by design."""
    return [Verdict(number, why, "all", FAIL, "by design") for number, why in NOT_MET.items()]


def judged_carving(scratch: Path) -> list[Verdict]:
    """Judge carving by kind."""
    told = carving_verdicts.judged(scratch)
    return [
        Verdict(kind, says, on, PASS if holds else FAIL, figures)
        for kind, says, on, holds, figures in told
    ]


DFTT = {
    5: ("5-fat-daylight", ("daylight.dd",), "times in winter and in summer time"),
    6: ("6-undel-fat", ("6-fat-undel.dd",), "deleted files of FAT, by their digests"),
    7: ("7-undel-ntfs", ("7-ntfs-undel.dd",), "deleted files and streams of NTFS, by digest"),
    9: ("9-fat-label", ("9-fat-label.dd",), "what a volume label with clusters hides"),
    14: (
        "14-iso9660-1",
        ("iso-dirtree1.iso", "iso-dirtree2.iso"),
        "both trees of a disc with two: File1.txt and File2.txt",
    ),
}
_MD5 = re.compile(r"\b[0-9a-f]{32}\b")
_IMAGES_ON_PAGE = {"aa834dca822918de45792f4e115516b9"}


def judged_images(corpora: Path, scratch: Path) -> list[Verdict]:
    """Judge Carrier's images by the answers on their own pages."""
    verdicts = []
    for number, (folder, images, says) in DFTT.items():
        archive = corpora / "sleuthkit+sleuthkit_test_data" / "from_brian" / f"{folder}.zip"
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(scratch)
        page = html.unescape((scratch / folder / "index.html").read_text("latin-1"))
        for image in images:
            path = scratch / folder / image
            verdict, detail = _judge_image(number, walked(path), page, path)
            verdicts.append(Verdict(f"DFTT {number}", says, image, verdict, detail))
    return verdicts


def _judge_image(number: int, found: list[Found], page: str, path: Path) -> tuple[str, str]:
    if number == 14:
        names = {one.entry.raw_name.upper()[:9] for one in found}
        missing = {b"FILE1.TXT", b"FILE2.TXT"} - names
        return _by(missing), f"missing: {sorted(name.decode() for name in missing)}"
    if number == 5:
        hours = {
            one.entry.raw_name: (one.entry.times.created_ns or 0) // 3_600_000_000_000 % 24
            for one in found
        }
        return _by({b"winter.txt": 14, b"summer.txt": 15}.items() - hours.items()), str(hours)
    own = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
    wanted = set(_MD5.findall(page)) - {own} - _IMAGES_ON_PAGE
    digests = {one.md5 for one in found if one.content is not None}
    missing = wanted - digests
    note = "; those in pieces on FAT are guessed, as the page says of all tools" * (number == 6)
    return _by(missing), f"{len(wanted)} digests, {len(missing)} not found{note}"
