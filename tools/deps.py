"""``./dev deps [--upgrade]``: lock the dependencies again, with hashes, and print what changed."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from polit.decode.floors import FLOORS

_FOLDER = Path("requirements")
_LOCKS: dict[str, list[str]] = {
    "run": ["pyproject.toml"],
    "build": ["--group", "build"],
    "dev": ["--group", "dev", "pyproject.toml"],
}
_PIN = re.compile(r"^([a-z0-9][a-z0-9.-]*)==([^\s;]+)", re.MULTILINE)
_ADDRESS = re.compile(r"https?://|--(extra-)?index-url|--find-links")


def pins(text: str) -> dict[str, str]:
    """Return name and version of everything that a lock pins."""
    return {match[1]: match[2] for match in _PIN.finditer(text)}


def lock_faults(text: str) -> list[str]:
    """Return what is wrong with a lock: an address in it, a pin unhashed, a decoder too old."""
    faults = []
    if _ADDRESS.search(text):
        faults.append("names the address of a package index: a lock names packages alone")
    blocks = re.split(r"\n(?=[a-z0-9])", text)
    faults += [
        f"{block.split()[0]} has no hash"
        for block in blocks
        if _PIN.match(block) and "--hash=sha256:" not in block
    ]
    for floor in FLOORS:
        version = pins(text).get(floor.library)
        if version and tuple(int(part) for part in version.split(".")[:3]) < floor.version:
            least = ".".join(map(str, floor.version))
            faults.append(f"{floor.library} {version} is below its floor {least}")
    return faults


def changes(old: dict[str, str], new: dict[str, str]) -> list[str]:
    """Return one line for every pin added, removed or moved, by name."""
    lines = []
    for name in sorted(old | new):
        before, after = old.get(name, "absent"), new.get(name, "removed")
        if before != after:
            lines.append(f"{name}: {before} -> {after}")
    return lines


def main(arguments: list[str]) -> int:
    """Write every lock again; return 1 when one is at fault."""
    upgrade = ["--upgrade"] if "--upgrade" in arguments else []
    with tempfile.TemporaryDirectory() as folder:
        uv = _throwaway_uv(Path(folder))
        faulty = [name for name in _LOCKS if not _lock(uv, name, upgrade)]
    return 1 if faulty else 0


def _throwaway_uv(folder: Path) -> str:
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    install = [str(folder / "bin/python"), "-m", "pip", "install", "--quiet", "uv"]
    subprocess.run(install, check=True)
    return str(folder / "bin/uv")


def _lock(uv: str, name: str, upgrade: list[str]) -> bool:
    path = _FOLDER / f"{name}.txt"
    before = pins(path.read_text(encoding="utf-8")) if path.exists() else {}
    command = [uv, "pip", "compile", "--quiet", "--generate-hashes", "--python-version", "3.11"]
    command += ["--no-header", "--no-annotate", "--only-binary", ":all:", *upgrade]
    command += ["--output-file", str(path), *_LOCKS[name]]
    subprocess.run(command, check=True)
    text = path.read_text(encoding="utf-8")
    for line in changes(before, pins(text)) or ["unchanged"]:
        print(f"{path}: {line}")
    faults = lock_faults(text)
    for fault in faults:
        print(f"{path}: {fault}")
    return not faults


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
