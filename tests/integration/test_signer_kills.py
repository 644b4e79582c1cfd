"""The signer is killed at each moment of its work, in a process of its own: nothing is lost."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import audited_logs
import pytest
from migrated_database import copy_migrated

POINTS = (
    "signer.take_in", "signer.unqueue", "signer.commit", "signer.took_in", "signer.sign",
    "signer.signed", "witness.write", "witness.sync", "witness.rename", "witness.sync_folder",
)  # fmt: skip
_SCRIPT = """
import importlib, random, sys
from pathlib import Path
from polit.web.site.boot import boot
boot()
logs = importlib.import_module("audited_logs")
from polit.web.audit.signer import signing
with signing(Path(sys.argv[1])) as signer:
    for _ in range(3):
        logs.write_acts(2, random.Random(1))
        signer.round(is_last=True)
"""
_CHECK = """
import sys
from pathlib import Path
from polit.web.site.boot import boot
boot()
from polit.web.audit.checkpoint import LogKey
from polit.web.audit.live import check_live
from polit.web.audit.signer import signing
with signing(Path(sys.argv[1])) as signer:
    signer.round(is_last=True)
live = check_live(Path(sys.argv[1]))
assert live.findings.fault_count == 0, live.findings.faults
assert live.tail == 0
assert live.findings.events == live.findings.leaves > 0
"""


def environment(place: Path) -> dict[str, str]:
    """Return the environment of an installation of its own."""
    return {
        **os.environ,
        "POLIT_DATA": str(place / "data"),
        "POLIT_DATABASE": str(place / "log.sqlite3"),
        "PYTHONPATH": str(Path(audited_logs.__file__).parent),
    }


@pytest.mark.parametrize("point", POINTS)
def test_kill_at_each_moment_loses_nothing(point: str, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    copy_migrated(tmp_path / "log.sqlite3")
    witness = str(tmp_path / "data" / "witness")
    killed = subprocess.run(
        [sys.executable, "-c", _SCRIPT, witness],
        env=environment(tmp_path) | {"POLIT_FAULTS": f"{point}@2:kill"},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    subprocess.run([sys.executable, "-c", _CHECK, witness], env=environment(tmp_path), check=True)
