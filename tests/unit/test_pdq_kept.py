"""The kernels of PDQ that were compiled earlier: kept beside the module, never believed blindly."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from polit.decode import _pdq_kernels

_WARM = """
import sys
sys.path.insert(0, sys.argv[1])
from polit.decode import pdq
assert pdq.__file__.startswith(sys.argv[1]), pdq.__file__
pdq.warm()
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a copy of what PDQ needs of the package, without anything compiled."""
    package = Path(_pdq_kernels.__file__).parents[1]
    made = tmp_path / "source"
    for name in ("", "base", "decode", "model"):
        (made / "polit" / name).mkdir(parents=True, exist_ok=True)
        for each in (package / name).glob("*.py"):
            shutil.copy(each, made / "polit" / name)
    return made


def warm(source: Path) -> None:
    """Hash the known pictures in a process that may keep what it compiles."""
    subprocess.run([sys.executable, "-I", "-c", _WARM, str(source)], check=True)


def kept(source: Path) -> dict[str, bytes]:
    """Return what numba keeps, by its name: an index and the code of each kernel."""
    found = (source / "polit" / "decode" / "__pycache__").glob("_pdq_kernels.*.nb?")
    return {each.name: each.read_bytes() for each in found}


def test_what_was_compiled_is_taken_again(source: Path) -> None:
    warm(source)
    first = kept(source)
    assert len(first) == 2 * 8
    warm(source)
    assert kept(source) == first


@pytest.mark.parametrize("ending", ["nbi", "nbc"])
def test_what_is_broken_there_is_compiled_as_ever(source: Path, ending: str) -> None:
    warm(source)
    for each in (source / "polit" / "decode" / "__pycache__").glob(f"*.{ending}"):
        each.write_bytes(each.read_bytes()[:100])
    warm(source)


def test_nothing_is_kept_where_no_bytecode_is(source: Path) -> None:
    command = [sys.executable, "-I", "-B", "-c", _WARM, str(source)]
    subprocess.run(command, check=True)
    assert kept(source) == {}
