"""The real web process for browser tests: granian, a fresh database, static files as they ship."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from django.db.utils import load_backend
from django.test import override_settings
from migrated_database import copy_migrated
from playwright.sync_api import BrowserContext
from pytest_django import DjangoDbBlocker
from web_sessions import signed_in_session

from polit.web.accounts.models import User

TESTS = Path(__file__).parent
SETTINGS = "polit.web.site.settings"
_PREPARE = """
from polit.web.site.boot import boot
from polit.web.site.places import make_web_folder
make_web_folder()
boot()
from django.core.management import call_command
call_command("collectstatic", interactive=False, verbosity=0)
"""


def environment(data: Path, static: Path, settings_module: str = SETTINGS) -> dict[str, str]:
    """Return the environment of a web process with its own data."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("POLIT_")}
    return kept | {
        "POLIT_DATA": str(data),
        "POLIT_STATIC": str(static),
        "DJANGO_SETTINGS_MODULE": settings_module,
        "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)]),
    }


def prepare(folder: Path) -> Path:
    """Make what every site starts from: an empty database, and collected static files."""
    data = folder / "data"
    data.mkdir(parents=True)
    copy_migrated(data / "polit.sqlite3")
    subprocess.run(
        [sys.executable, "-c", _PREPARE], env=environment(data, folder / "static"), check=True
    )
    return folder


@dataclass(frozen=True, slots=True)
class Site:
    """A running site.

    Args:
        address: Where it answers, without a slash at the end.
        data: Its data folder.
    """

    address: str
    data: Path

    def sign_in(self, context: BrowserContext, user: User) -> None:
        """Sign somebody in without the sign-in page, which has tests of its own."""
        key = signed_in_session(user)
        cookie = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": cookie, "value": key, "url": self.address}])


@contextmanager
def running_site(
    prepared: Path, folder: Path, settings_module: str = SETTINGS
) -> Generator[Site, None, None]:
    """Run a site on a copy of the prepared data until the block ends."""
    data = folder / "data"
    shutil.copytree(prepared / "data", data)
    port = _free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "1", "--blocking-threads", "4", "--no-ws"]
    log = folder / "web.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [*command, "polit.web.site.wsgi:application"],
            env=environment(data, prepared / "static", settings_module),
            cwd=folder,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_open(process, port, log)
            # By name: a passkey belongs to a domain, and an address is none.
            yield Site(f"http://localhost:{port}", data)
        finally:
            _stop(process)


@contextmanager
def records_of(site: Site, blocker: DjangoDbBlocker) -> Generator[None, None, None]:
    """Let the services and models of this process work on the database and folder of a site."""
    before = connections["default"]
    place = before.settings_dict | {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(site.data / "polit.sqlite3"),
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 30},
    }
    wrapper = load_backend(place["ENGINE"]).DatabaseWrapper(place, "default")
    # Sessions are signed: the process that is to read them has a secret of its own.
    secret = (site.data / "web" / "secret.key").read_text()
    with (
        blocker.unblock(),
        override_settings(SECRET_KEY=secret),
        pytest.MonkeyPatch.context() as patch,
    ):
        # What they seal lies there, under a key that the site has too.
        patch.setenv("POLIT_DATA", str(site.data))
        connections["default"] = wrapper
        try:
            yield
        finally:
            wrapper.close()
            connections["default"] = before


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_open(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    message = f"the web process does not answer: {log.read_text(errors='replace')[-2000:]}"
    raise RuntimeError(message)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
