"""Debian packages fetched by the package manager and laid out in a folder, never installed."""

import subprocess
from collections.abc import Sequence
from pathlib import Path


def unpacked(packages: Sequence[str], scratch: Path) -> tuple[Path, list[str]]:
    """Fetch packages.

    Returns:
        A folder with one folder for each, and the names of their files, versions included.
    """
    debs, source = scratch / "debs", scratch / "pictures"
    debs.mkdir()
    source.mkdir()
    subprocess.run(["apt-get", "download", *packages], cwd=debs, check=True, capture_output=True)
    found = sorted(debs.glob("*.deb"))
    for deb in found:
        folder = source / deb.name.partition("_")[0]
        subprocess.run(["dpkg", "-x", str(deb), str(folder)], check=True)
    return source, [deb.name for deb in found]
