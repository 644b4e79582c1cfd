"""``./dev run`` to its end: the sample examined, verified, taken into a case, and served."""

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from served_record import free_port

ROOT = Path(__file__).resolve().parents[2]
_LIMIT_S = 240.0
_STOP_S = 120.0
_LAST_LINE = "3. Read docs/tutorial/first-case.md"


def run_to_the_end(home: Path, port: int) -> str:
    """Run the sample until it says what to do; stop it; return what it said."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home / "home"),
        "USER": "newcomer",
        "POLIT_DEV": str(home / "dev"),
        "POLIT_DEV_PORT": str(port),
    }
    (home / "home").mkdir(exist_ok=True)
    log = home / "log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.run_sample"],
            cwd=ROOT,
            env=environment,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
    deadline = time.monotonic() + _LIMIT_S
    try:
        while _LAST_LINE not in log.read_text() and time.monotonic() < deadline:
            assert process.poll() is None, log.read_text()[-3000:]
            time.sleep(0.5)
        opened = [status_of(port, link) for link in links(log.read_text())]
        assert opened == [200] * len(opened)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
    assert process.returncode == 0
    return log.read_text()


def check_examined(said: str, packages: Path) -> None:
    """Check what is said of the sample's examination, and that its package is there."""
    for words in (
        "Not examined",
        "The package holds.",
        "The sealed package: ",
        "Try next:",
        "returned 3, as expected",
        "6 known-good",
        "known-good entries",
    ):
        assert words in said
    assert said.count("ALERT: 2 contents match hash sets") == 2, "while it ran, and at its end"
    (package,) = packages.glob("run-*/AB%2F1.polit")
    assert package.with_suffix(".png").read_bytes().startswith(b"\x89PNG")


def links(said: str) -> list[str]:
    told = said.partition("The record is served at")[2]
    return re.findall(r"http://localhost:\d+(/invitation/\S+)", told)


def status_of(port: int, path: str) -> int:
    """Return the status of a page, after its redirects to itself without the token."""
    for _ in range(3):
        connection = http.client.HTTPConnection("localhost", port, timeout=30)
        connection.request("GET", path)
        answer = connection.getresponse()
        connection.close()
        if answer.status not in {301, 302}:
            break
        path = answer.headers["Location"]
    return answer.status


@pytest.mark.timeout(600)
def test_the_sample_ends_in_a_case_that_is_served_twice_with_the_same(tmp_path: Path) -> None:
    port = free_port()
    first = run_to_the_end(tmp_path, port)
    check_examined(first, tmp_path / "dev" / "data" / "packages")
    assert list((tmp_path / "home").iterdir()) == [], "something lands in the user's home"
    assert f"The record is served at http://localhost:{port}/" in first
    assert len(links(first)) == 2
    assert "not taken into the case" not in first
    assert "polit has stopped" in first
    again = run_to_the_end(tmp_path, port)
    assert len(links(again)) == 2, "nobody has set a password yet: there are new links"
    assert set(links(again)).isdisjoint(links(first))
