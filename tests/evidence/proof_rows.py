"""The table of evidence as data: each row a container and a file system, how made, what is true.

A row is added by adding a container to ``CONTAINERS``, a file system to ``catalogue``, an image
to ``CORPUS``, anything else to ``proof_more``. ``judge`` opens the image as the walker does, in
this process, and compares.
"""

import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache, partial
from pathlib import Path

import disk_images
import made_differences
import made_ex01
from container_images import opened

from evidence import catalogue, containers, luks, second_tool
from evidence.compare import Row, compare
from evidence.proof_truth import exported, live_files_by_tsk
from evidence.truth import DELETED, LIVE, Truth
from evidence.walked import rows_of, rows_of_system
from polit.evidence.layering import find_layer
from polit.evidence.source import ByteSource
from polit.evidence.volume import find_volumes
from polit.model.evidence import VolumeFacts

Wrap = Callable[[Path, Path], Path]
"""From a raw image and an empty folder to the image that is opened."""
Second = tuple[dict[str, str], str]
"""Path to SHA-256 of live files, and the tool that told them."""
_HASHED_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class Judged:
    """What one row showed.

    Args:
        row: The file system, and the container that it is in.
        entries: How many entries were listed.
        live: Planted live contents, and how many came out equal.
        deleted: Planted recoverable deleted contents, and how many came out equal.
        invented: Entries that nothing accounts for.
        bytes_equal: The container gave the bytes of the raw image; ``None`` where not asked.
        truth: By which independent truth.
        fault: Why it did not pass; empty where it did.
    """

    row: str
    entries: int
    live: tuple[int, int]
    deleted: tuple[int, int]
    invented: int
    bytes_equal: bool | None
    truth: str
    fault: str

    def figures(self) -> dict[str, object]:
        """Return the row as it stands in a proof."""
        return asdict(self)


def _plain(raw: Path, folder: Path) -> Path:
    target = folder / "image.dd"
    shutil.copyfile(raw, target)
    return target


def _disk(name: str) -> Wrap:
    return lambda raw, folder: disk_images.DISKS[name][1](folder, raw.read_bytes())


CONTAINERS: dict[str, Wrap] = {
    "raw": _plain,
    "split raw": containers.build_split_raw,
    "E01": partial(containers.build_e01, compression="deflate:fast", segment="1.4 GiB"),
    "E01, segments": partial(containers.build_e01, compression="none", segment="2 MiB"),
    "VMDK sparse": _disk("vmdk_monolithicSparse"),
    "VMDK flat": _disk("vmdk_monolithicFlat"),
    "VMDK stream": _disk("vmdk_streamOptimized"),
    "VHD fixed": _disk("vhd_fixed"),
    "VHD dynamic": _disk("vhd_dynamic"),
    "VHDX": _disk("vhdx_dynamic"),
    "QCOW2": _disk("qcow_version_3"),
    "QCOW2 compressed": _disk("qcow_deflated"),
    "QCOW2 with backing": _disk("qcow_with_backing"),
    "DMG": _disk("dmg_zlib"),
    "Ex01": lambda raw, folder: made_ex01.make_ex01(
        folder, raw.read_bytes(), method=1, chunks_per_segment=400
    ),
    "VHD differencing": lambda raw, folder: made_differences.build_vhd(folder, raw.read_bytes()),
    "VHDX differencing": lambda raw, folder: made_differences.build_vhdx(folder, raw.read_bytes()),
}
FILE_SYSTEMS = tuple(catalogue.FILE_SYSTEMS)
LAYERS: dict[str, Callable[[Path, bytes], luks.MadeLuks]] = {
    "LUKS 1": luks.make_luks1,
    "LUKS 2": luks.make_luks2,
}

_SECOND_TOOLS = {
    "fat12": ("fat", "libfsfat"),
    "fat16": ("fat", "libfsfat"),
    "fat32": ("fat", "libfsfat"),
    "ntfs": ("ntfs", "libfsntfs"),
    "exfat_own": ("exfat_own", "our own reader of the table"),
}


def rows() -> list[tuple[str, str]]:
    """Return the container and the file system of each row that is built, in order."""
    crossed = [(container, system) for system in FILE_SYSTEMS for container in CONTAINERS]
    return crossed + [(layer, system) for layer in LAYERS for system in ("fat32", "ext4")]


def judge(container: str, system: str, scratch: Path) -> Judged:
    """Build a row's image, open it as the walker does, and compare with the truth.

    Args:
        container: A name of ``CONTAINERS`` or ``LAYERS``.
        system: A name of ``FILE_SYSTEMS``.
        scratch: An empty folder.
    """
    raw, truth = catalogue.built(system)
    made = scratch / "made"
    made.mkdir()
    if container in LAYERS:
        image = LAYERS[container](made / "volume.luks", raw.read_bytes()).path
    else:
        image = CONTAINERS[container](raw, made)
    with opened(image) as source:
        inner = unlocked(source, luks.PASSWORD) if container in LAYERS else source
        equal = digest_of(inner, raw.stat().st_size) == digest_of_file(raw)
        found = rows_of(inner)
    row = f"{system} in {container}"
    return judged(row, found, truth, bytes_equal=equal, second=_second(system))


def judged(
    row: str,
    found: Sequence[Row],
    truth: Truth,
    *,
    bytes_equal: bool | None,
    second: Second | None = None,
) -> Judged:
    """Compare what was found with what was planted, and with what a second tool tells.

    Args:
        row: The row's name.
        found: What was listed.
        truth: What was planted.
        bytes_equal: The container gave the raw image's bytes; ``None`` where not asked.
        second: Live files by another tool, and that tool's name.
    """
    result = compare(truth, found, opens_archives=False)
    known, by = second or ({}, "")
    told = {str(item["path"]): item["sha256"] for item in found if item["state"] == LIVE}
    differ = [path for path, sha256 in known.items() if told.get(path) != sha256]
    fault = "" if result.holds else result.report()[:400]
    fault = fault or ("the container gave other bytes" if bytes_equal is False else "")
    fault = fault or (f"{by} differs at {len(differ)} files: {differ[:3]}" if differ else "")
    fault = fault or (f"{by} lists no file" if second and not known else "")
    live = [item for item in truth.live() if item.sha256]
    gone = [item for item in truth.deleted() if item.sha256 and item.recoverable]
    came = [*result.found, *(item for item, _ in result.elsewhere)]
    return Judged(
        row,
        len(found),
        (len(live), sum(item in came for item in live)),
        (len(gone), sum(item in came for item in gone)),
        len(result.invented),
        bytes_equal,
        "planted" + (f"; {len(known)} files again by {by}" if by else ""),
        fault,
    )


@cache
def _second(system: str) -> Second | None:
    if system not in _SECOND_TOOLS:
        return None
    kind, by = _SECOND_TOOLS[system]
    return second_tool.live_files(catalogue.built(system)[0], kind), by


def unlocked(source: ByteSource, *secrets: str) -> ByteSource:
    """Return the first volume of a layer over a whole source."""
    whole = VolumeFacts(0, "none", "", 0, source.size_bytes, allocated=True)
    plugin = find_layer(source, whole)
    assert plugin is not None, "no layer opens the volume"
    given = [secret.encode() for secret in secrets]
    layer = plugin.open_layer(source, whole, secrets=given, on_read=None)
    return layer.source(layer.volumes[0].facts.number)


def digest_of(source: ByteSource, size_bytes: int) -> str:
    """Return the SHA-256 of the first bytes of a source."""
    digest = hashlib.sha256()
    for at in range(0, size_bytes, _HASHED_AT_ONCE):
        digest.update(source.read_at(at, min(_HASHED_AT_ONCE, size_bytes - at)))
    return digest.hexdigest()


def digest_of_file(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


# Images made elsewhere

POOL_BLOCKS = {"APFS in raw": 107, "APFS in E01": 107}
"""Where ``pstat`` finds the volume's superblock."""
CORPUS: dict[str, str] = {
    "APFS in raw": "log2timeline+dfvfs/test_data/apfs.raw",
    "ext2 in E01": "log2timeline+dfvfs/test_data/ext2.E01",
    "ext2 in VMDK": "log2timeline+dfvfs/test_data/ext2.vmdk",
    "ext2 in QCOW2": "log2timeline+dfvfs/test_data/ext2.qcow2",
    "NTFS in QCOW2": "log2timeline+dfvfs/test_data/windows_volume.qcow2",
    "HFS+ in raw": "log2timeline+dfvfs/test_data/hfsplus.raw",
    "HFS+ in DMG": "log2timeline+dfvfs/test_data/hfsplus_zlib.dmg",
    "ISO 9660 in raw": "log2timeline+dfvfs/test_data/iso9660.raw",
    "APFS in E01": "log2timeline+dfvfs/test_data/apfs.raw",
    "exFAT in E01": "SecurityRonin+ewf-forensic/core/tests/data/exfat1.E01",
}


def judge_corpus(name: str, image: Path, scratch: Path) -> Judged:
    """Compare a public image's live files with what ``fls`` and ``icat`` tell of its raw bytes."""
    raw = exported(image, scratch)
    if name == "APFS in E01":
        image = CONTAINERS["E01"](image, scratch)
    told: dict[str, object] = {}
    known: dict[str, str] = {}
    entries = 0
    with opened(image) as source:
        equal = digest_of(source, raw.stat().st_size) == digest_of_file(raw)
        for volume in find_volumes(source).volumes:
            if not volume.allocated:
                continue
            pool = find_layer(source, volume)
            if pool is None:
                found = rows_of(source, volume)
                known |= live_files_by_tsk(raw, offset_sectors=volume.offset_bytes // 512)
            else:
                system = pool.open_layer(source, volume, secrets=[], on_read=None).filesystem(1)
                found = list(rows_of_system(system)) if system is not None else []
                known |= live_files_by_tsk(raw, pool_block=POOL_BLOCKS.get(name, 0))
            entries += len(found)
            told |= {str(row["path"]): row["sha256"] for row in found if row["state"] != DELETED}
    same = sum(told.get(path) == sha256 for path, sha256 in known.items())
    missing = sorted(path for path in known if told.get(path) != known[path])
    fault = f"differs: {missing[:5]}" if missing else ""
    fault = fault or ("the container gave other bytes" if not equal else "")
    fault = fault or ("the Sleuth Kit lists no file" if not known else "")
    return Judged(
        name, entries, (len(known), same), (0, 0), 0, equal, "fls and icat on exported bytes", fault
    )
