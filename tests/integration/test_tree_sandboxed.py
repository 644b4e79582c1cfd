"""File systems that need no native code, APFS and one that is not read: in the real sandbox."""

import shutil
from collections.abc import Callable
from pathlib import Path

from evidence.tools import blank, run
from evidence.truth import Truth
from examinations import entries_of, examine

Images = Callable[[str], tuple[Path, Truth]]
SECTOR = 512
MIB = 1 << 20


def test_a_disk_of_four_file_systems_is_examined(
    evidence_image: Images, corpora: Path, tmp_path: Path
) -> None:
    btrfs = blank(tmp_path / "btrfs.dd", 20 * MIB)
    run(["mkfs.btrfs", "-q", "--mixed", btrfs])
    hfs, planted_hfs = evidence_image("hfs")
    udf, planted_udf = evidence_image("udf")
    apfs = corpora / "log2timeline+dfvfs/test_data/apfs.raw"
    disk, at = blank(tmp_path / "disk.dd", 64 * MIB), MIB
    command: list[str | Path] = ["sgdisk", "-a", "1"]
    with disk.open("r+b") as whole:
        for part in (hfs, udf, apfs, btrfs):
            size = part.stat().st_size
            whole.seek(at)
            with part.open("rb") as volume:
                shutil.copyfileobj(volume, whole)
            last = at // SECTOR + -(-size // SECTOR) - 1
            command += ["-n", f"0:{at // SECTOR}:{last}"]
            at += -(-size // MIB) * MIB
    run([*command, disk])

    ran = examine(disk, tmp_path)

    assert ran.code in (0, 3), ran.stderr
    assert "Btrfs" in ran.stdout.decode()
    entries = entries_of(tmp_path)
    digests = {(str(entry["locator"]).split(";")[0], entry["sha256"]) for entry in entries}
    volumes = sorted({volume for volume, _ in digests})
    assert len(volumes) == 3
    found = [{digest for volume, digest in digests if volume == each} for each in volumes]
    for planted in (planted_hfs, planted_udf):
        wanted = set(planted.live_files().values()) - {None}
        assert any(wanted <= known for known in found)
    paths = {str(entry["path"]): entry["outcome"] for entry in entries}
    assert paths["passwords.txt"] == "done"
    assert "crash" not in {entry["reason"] for entry in entries}
