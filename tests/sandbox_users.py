"""Run Python as an ordinary user, whoever runs the tests, with the same interpreter.

As root, a child process becomes user 12345 by ``setpriv``. Where the interpreter lies beneath a
folder that only root may enter (a pyenv in ``/root``), a private mount namespace shows that
user the interpreter at its own place and nothing else of the folder; no file is copied or
changed.
"""

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ORDINARY_UID = 12_345
_SETPRIV = [
    "setpriv",
    f"--reuid={ORDINARY_UID}",
    f"--regid={ORDINARY_UID}",
    "--clear-groups",
    "--bounding-set=-all",
    "--inh-caps=-all",
]


def run_ordinary(arguments: list[str], *, timeout_s: float = 120.0) -> str:
    """Run this interpreter as an ordinary user and return its standard output."""
    command = [sys.executable, *arguments]
    if os.geteuid() != 0:
        return _run(command, timeout_s)
    blocked = _blocked_folder()
    if blocked is None:
        return _run([*_SETPRIV, *command], timeout_s)
    with tempfile.TemporaryDirectory() as scratch:
        script = _show_interpreter(blocked, scratch) + shlex.join(["exec", *_SETPRIV, *command])
        return _run(["unshare", "--mount", "sh", "-euc", script], timeout_s)


def run_at(level: str, arguments: list[str], *, timeout_s: float = 120.0) -> str:
    """Run this interpreter as ``root`` (that is: as whoever runs the tests) or ``ordinary``."""
    if level == "ordinary":
        return run_ordinary(arguments, timeout_s=timeout_s)
    return _run([sys.executable, *arguments], timeout_s)


def _run(command: list[str], timeout_s: float) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=timeout_s, check=False, cwd="/"
    )
    assert done.returncode == 0, f"exit {done.returncode}: {done.stderr[-4000:]}"
    return done.stdout


def _blocked_folder() -> Path | None:
    """Return the outermost folder above the interpreter that others may not enter."""
    home = Path(sys.base_prefix).resolve()
    folders = [*reversed(home.parents), home]
    return next((folder for folder in folders if not folder.stat().st_mode & 0o001), None)


def _show_interpreter(blocked: Path, scratch: str) -> str:
    home = Path(sys.base_prefix).resolve()
    inside = f"{scratch}/{home.relative_to(blocked)}"
    steps = [
        ["mount", "--bind", str(blocked), scratch],
        ["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", str(blocked)],
        ["mkdir", "-p", str(home)],
        ["mount", "--bind", inside, str(home)],
        ["umount", scratch],
    ]
    return "".join(shlex.join(step) + "\n" for step in steps)
