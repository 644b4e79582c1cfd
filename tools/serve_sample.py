"""The end of ``./dev run``: serve the record, with the examined package in a case to try."""

import os
import shlex
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

_POLIT = str(Path(sys.executable).with_name("polit"))
_PORT = os.environ.get("POLIT_DEV_PORT", "8520")
_ORIGIN = f"http://localhost:{_PORT}"
_UP_S = 90.0


def serve_with(package: str, case: str, exhibit: str) -> int:
    """Serve until stopped; return the exit code of ``polit serve``.

    Args:
        package: The package's name below the folder of packages.
        case: The case it belongs to, as its manifest says.
        exhibit: The exhibit it belongs to.
    """
    _say(f"\n$ polit serve   (Ctrl-C ends it; later: {shlex.quote(_POLIT)} serve)")
    command = [_POLIT, "serve", "--port", _PORT]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    lines: list[str] = []
    reader = threading.Thread(target=_collect, args=(process, lines), daemon=True)
    reader.start()
    try:
        if _wait_until_up(process):
            _tell(_first_link(lines), _make_case(package, case, exhibit), case)
        return process.wait()
    except KeyboardInterrupt:
        process.terminate()
        return process.wait()


def _collect(process: "subprocess.Popen[str]", lines: list[str]) -> None:
    """Keep what is told on standard output: the administrator's link."""
    lines.extend(line.strip() for line in process.stdout or ())


def _first_link(lines: list[str]) -> str:
    return next((line for line in lines if line.startswith("http")), "")


def _wait_until_up(process: "subprocess.Popen[str]") -> bool:
    """Wait until the broker answers too: it tests its sandbox first."""
    deadline = time.monotonic() + _UP_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{_ORIGIN}/health/", timeout=5):
                return True
        except urllib.error.HTTPError:
            pass  # it is up, and a part of it not yet
        except OSError:
            pass
        time.sleep(0.5)
    return process.poll() is None


def _make_case(package: str, case: str, exhibit: str) -> str:
    """Return the officer's one-time link, empty where the officer has a password already."""
    command = [sys.executable, "-m", "tools.sample_case", package, _ORIGIN, case, exhibit]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if ended.returncode:
        _say("The package was not taken into the case: see above.")
    return ended.stdout.strip()


def _tell(administrator: str, officer: str, case: str) -> None:
    say_once = "(set a password before)"
    _say(
        f"\nThe record is served at {_ORIGIN}/\n"
        f"  officer a.example:  {officer or say_once}\n"
        f"  administrator:      {administrator or say_once}\n"
        "1. Open the officer's link in a browser, set a password and a second factor.\n"
        f"2. Open the case {case}: its exhibit, its examination, its results.\n"
        "3. Read docs/tutorial/first-case.md, and open a case of your own."
    )


def _say(text: str) -> None:
    print(text, flush=True)
