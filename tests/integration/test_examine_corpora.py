"""Every file of the hostile folders is accounted for: nothing lost, nothing invented."""

from pathlib import Path

import pytest
from examinations import entries_of, examine, package_of, polit

FOLDERS = (
    "corkami+pocs",
    "facebook+ThreatExchange",
    "ianare+exif-samples",
    "image-rs+image",
    "libarchive+libarchive",
    "libjpeg-turbo+seed-corpora",
    "lunapaint+pngsuite",
    "mathiasbynens+small",
)


@pytest.mark.corpora
@pytest.mark.parametrize("name", FOLDERS)
def test_every_file_of_a_hostile_folder_is_accounted_for(
    name: str, corpora: Path, tmp_path: Path
) -> None:
    source = corpora / name
    on_disk = {path.relative_to(source).as_posix() for path in source.rglob("*")}

    ran = examine(source, tmp_path, "--accept-atime")

    assert ran.code in (0, 3), ran.stderr
    summary = ran.json()
    tally = summary["tally"]
    assert isinstance(tally, dict)
    assert tally["entries"] == tally["done"] + tally["skipped"] + tally["failed"]
    entries = entries_of(tmp_path)
    assert len(entries) == tally["entries"]
    own = [str(entry["path"]) for entry in entries if entry["state"] == "live"
           and entry["path"] in on_disk]  # fmt: skip
    assert sorted(own) == sorted(on_disk)
    assert all(entry["reason"] for entry in entries if entry["outcome"] == "failed")
    crashed = [entry["path"] for entry in entries if entry["reason"] in ("crash", "timeout")]
    assert crashed == []
    assert polit(tmp_path / "data", "verify", package_of(tmp_path)).code == 0
