"""The units of systemd: they load, and each is shut in as tightly as its work allows."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).resolve().parents[2] / "deploy" / "systemd"
MOST_EXPOSED = {
    "polit-broker.service": 3.5,  # it starts sandboxes of its own and compiles at start
    "polit-signer.service": 1.0,
    "polit-web.service": 1.5,
    "polit-worker.service": 1.0,
}


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """Return copies whose program exists here."""
    for unit in UNITS.glob("*.service"):
        text = unit.read_text().replace("/opt/polit/bin/polit", shutil.which("true") or "")
        (tmp_path / unit.name).write_text(text)
    return tmp_path


def test_every_unit_is_looked_at() -> None:
    assert {unit.name for unit in UNITS.glob("*.service")} == set(MOST_EXPOSED)


@pytest.mark.parametrize("name", MOST_EXPOSED)
def test_a_unit_loads_without_a_warning(units: Path, name: str) -> None:
    ended = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", units / name],
        capture_output=True,
        text=True,
        check=False,
    )
    own = [line for line in ended.stderr.splitlines() if "polit" in line]
    assert (ended.returncode, own) == (0, [])


@pytest.mark.parametrize("name", MOST_EXPOSED)
def test_a_unit_is_shut_in(units: Path, name: str) -> None:
    ended = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", units / name],
        capture_output=True,
        text=True,
        check=True,
    )
    exposure = re.search(r"exposure level for \S+: ([\d.]+)", ended.stdout)
    assert exposure is not None
    assert float(exposure[1]) <= MOST_EXPOSED[name]


@pytest.mark.parametrize("name", MOST_EXPOSED)
def test_a_unit_runs_as_a_user_of_its_own_without_rights(name: str) -> None:
    text = (UNITS / name).read_text()
    assert f"User={name.removesuffix('.service')}\n" in text
    assert "NoNewPrivileges=yes\n" in text
    assert "CapabilityBoundingSet=\n" in text
