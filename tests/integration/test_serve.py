"""``polit serve`` as people run it: real processes, kills, what each of them has loaded."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from migrated_database import copy_migrated
from served_record import Served, free_port, mapped_files, served

FORBIDDEN = ("PIL", "av", "pytsk3", "numba", "polit.decode", "polit.evidence", "polit.examine",
             "polit.run", "polit.sandbox", "polit.broker.server", "polit.match.near",
             "polit.match.stacks", "polit.match.exact")  # fmt: skip
"""What the process that faces people never loads. NumPy orders its items (ADR 0027)."""
FORBIDDEN_LIBRARIES = re.compile(r"^(_imaging|libllvmlite|libav|libtsk|pytsk3|_simplejpeg)")


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("serve") / "data") as found:
        found.wait_until_well()
        yield found


def test_the_first_start_prints_the_address_and_a_link_that_opens(record: Served) -> None:
    assert f"polit answers at http://localhost:{record.port}/" in record.said()
    link = re.search(r"http://localhost:\d+(/invitation/\S+/)", record.said())
    assert link is not None
    assert record.get(link[1])[0] in {200, 302}


def test_nobody_gets_past_the_door_unasked(record: Served) -> None:
    status, headers, _ = record.get("/")
    assert (status, headers["location"]) == (302, "/sign-in/")


def test_keys_and_database_are_for_their_owner_alone(record: Served) -> None:
    places = ("keys", "web/secret.key", "polit.sqlite3", "polit.sqlite3-wal")
    assert all(not (record.data / place).stat().st_mode & 0o077 for place in places)


def test_the_web_process_has_no_library_that_decodes_or_opens_evidence(record: Served) -> None:
    record.get("/sign-in/")
    processes = record.pids("polit.web.site.server")
    assert len(processes) == 3, "one main process and two workers"
    for pid in (*processes, *record.pids("polit.web.site.worker")):
        loaded = {name for name in mapped_files(pid) if FORBIDDEN_LIBRARIES.match(name)}
        assert loaded == set()


def test_a_second_serve_of_the_same_data_is_refused(record: Served) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "polit", "serve", "--port", str(free_port())],
        env={**os.environ, "POLIT_DATA": str(record.data), "POLIT_DATABASE": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert "another polit serve runs" in ended.stderr


def test_a_second_worker_of_the_same_data_is_refused(record: Served) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "polit", "worker", "--once"],
        env={**os.environ, "POLIT_DATA": str(record.data), "POLIT_DATABASE": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 75
    assert "another worker runs" in ended.stderr


@pytest.mark.parametrize(
    ("part", "module"),
    [
        ("worker", "polit.web.site.worker"),
        ("signer", "polit.__main__ signer"),
        ("broker", "polit.__main__ broker"),
        ("web server", "polit.web.site.server"),
    ],
)
def test_what_was_killed_is_there_again(record: Served, part: str, module: str) -> None:
    before = record.pids(module)
    os.kill(before[0], signal.SIGKILL)
    record.wait_for(f"the {part} ended (SIGKILL)")
    record.wait_until(lambda: bool(set(record.pids(module)) - set(before)))
    record.wait_until_well()
    assert not set(before) & set(record.pids(module))


def test_it_stops_cleanly_and_leaves_no_process(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    copy_migrated(tmp_path / "data" / "polit.sqlite3")
    with served(tmp_path / "data") as found:
        below = found.pids("polit")
        assert found.stop() == 0
        assert found.said().endswith("polit has stopped\n")
        assert left_of(below) == []


def left_of(pids: list[int]) -> list[int]:
    """Return which of these are still there after a while: what was ended has to be reaped too."""
    for _ in range(100):
        left = [pid for pid in pids if Path(f"/proc/{pid}").exists()]
        if not left:
            break
        time.sleep(0.1)
    return left


def test_when_the_supervisor_is_killed_nothing_goes_on(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    copy_migrated(tmp_path / "data" / "polit.sqlite3")
    with served(tmp_path / "data") as found:
        below = found.pids("polit")
        found.process.kill()
        found.process.wait()
        assert left_of(below) == []


def test_a_port_that_is_taken_is_told_in_one_line(record: Served, tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "polit", "serve", "--port", str(record.port)],
        env={**os.environ, "POLIT_DATA": str(tmp_path / "data"), "POLIT_DATABASE": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert "choose with --port" in ended.stderr


PROGRAM = """
import sys
from polit.web.site.boot import boot
boot()
from polit.web.site.wsgi import application
said = []
environ = {
    "REQUEST_METHOD": "GET", "PATH_INFO": "/sign-in/", "SERVER_NAME": "localhost",
    "SERVER_PORT": "80", "wsgi.input": sys.stdin.buffer, "wsgi.errors": sys.stderr,
    "wsgi.url_scheme": "http", "HTTP_HOST": "localhost",
}
b"".join(application(environ, lambda status, headers: said.append(status)))
print(said[0])
print("\\n".join(sys.modules))
"""


def test_the_web_application_imports_nothing_of_the_dirty_rings(record: Served) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "POLIT_DATA": str(record.data), "POLIT_DATABASE": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    status, *modules = ended.stdout.splitlines()
    assert status == "200 OK", ended.stderr
    loaded = [name for name in modules if name.startswith(FORBIDDEN) and is_forbidden(name)]
    assert loaded == []


def is_forbidden(name: str) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in FORBIDDEN)
