"""A data directory and a signer of their own for tests of the audit."""

import os
import random
from pathlib import Path

import audited_logs
import pytest
from audited_logs import Grow

from polit.web.audit.signer import Signer, signing


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a data directory that settings name from now on."""
    folder = tmp_path / "data"
    monkeypatch.setitem(os.environ, "POLIT_DATA", str(folder))
    monkeypatch.delenv("POLIT_WITNESS", raising=False)
    return folder


@pytest.fixture
def witness(data: Path) -> Path:
    """Return the folder of the witness's copies."""
    return data / "witness"


@pytest.fixture
def signer(witness: Path) -> Signer:
    """Return a signer with a key; its lock is free again."""
    with signing(witness) as working:
        return working


@pytest.fixture
def write_acts() -> Grow:
    """Commit so many acts of several people on several cases."""
    rng = random.Random(20261126)
    return lambda count: audited_logs.write_acts(count, rng)


@pytest.fixture
def export(signer: Signer, witness: Path, write_acts: Grow, tmp_path: Path) -> Path:
    """Return an export of a log of a dozen events under two checkpoints and its own."""
    for _ in range(2):
        write_acts(6)
        signer.round(is_last=True)
    audited_logs.export(tmp_path / "export", witness)
    return tmp_path / "export"
