"""Fixtures and aids of all browser tests: Debian's Chromium, the real web process, axe, keys.

Playwright never downloads a browser: ``./dev test`` installs Debian's package. It is Chromium's
headless shell: the same engine without the desktop's window, whose toolbar is made of web pages
that cost three times what a page of ours does. A test asks for
``site`` (its address; services and models of the test work on its database) and ``browser_page``
(a page that fails the test when it logs an error, breaks the policy or talks to anybody else).
"""

import base64
import hmac
import os
import shutil
import struct
from collections.abc import Generator
from hashlib import sha1
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_site import Site, prepare, records_of, running_site
from browser_watch import Watch
from PIL import Image
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright
from pytest_django import DjangoDbBlocker

SCREENSHOTS = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
_AXE = Axe().axe_script
_VIOLATIONS = 'axe.run({resultTypes: ["violations"]}).then((found) => found.violations)'
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
FLAGS = [
    "--no-sandbox",  # tests run as root in containers; the pages are our own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP localhost 127.0.0.1",
]


@pytest.fixture(scope="session")
def browser() -> Generator[Browser, None, None]:
    """Start Chromium once."""
    path = shutil.which("chromium-headless-shell")
    assert path, "chromium-headless-shell is missing: ./dev test installs it"
    # The sync interface runs a loop in this thread, which Django's models would refuse.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def prepared_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate and collect once; every site starts from a copy."""
    return prepare(tmp_path_factory.mktemp("prepared"))


@pytest.fixture(scope="module")
def site(
    prepared_site: Path,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: DjangoDbBlocker,
) -> Generator[Site, None, None]:
    """Run the web process on a fresh database for the tests of one module."""
    folder = tmp_path_factory.mktemp("site")
    with running_site(prepared_site, folder) as started, records_of(started, django_db_blocker):
        yield started


@pytest.fixture
def browser_page(browser: Browser, site: Site) -> Generator[Page, None, None]:
    """Open a page in a fresh profile; relative addresses are the site's."""
    yield from watched_page(browser, site)


def watched_page(browser: Browser, site: Site) -> Generator[Page, None, None]:
    """Open a page of a site, and fail at the end when it did what it must not."""
    context = browser.new_context(base_url=site.address, locale="en-GB")
    context.set_default_timeout(15_000)
    page = context.new_page()
    watch = Watch(page, site.address)
    yield page
    context.close()
    assert not watch.found, "\n".join(watch.found)


def check_axe(page: Page, *, schemes: tuple[Literal["light", "dark"], ...] = SCHEMES) -> None:
    """Fail where axe finds anything, in light and in dark, best practices included."""
    found = []
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        if not page.evaluate("'axe' in window"):
            page.evaluate(_AXE)
        violations = page.evaluate(_VIOLATIONS)
        found += [
            f"{scheme}: {each['id']}: {node['html'][:200]} {node['failureSummary']}"
            for each in violations
            for node in each["nodes"]
        ]
    page.emulate_media(color_scheme="light")
    assert not found, "\n".join(found)


def too_wide(page: Page) -> list[str]:
    """Return the elements that make the page scroll sideways; what scrolls in a frame may."""
    found: list[str] = page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) { return []; }
          const wide = [...document.querySelectorAll("body *")]
            .filter((each) => each.getBoundingClientRect().right > width)
            .filter((each) => !each.closest(".polit-table-frame table"))
            .map((each) => each.outerHTML.slice(0, 120));
          return [`${document.documentElement.scrollWidth} of ${width}`, ...wide];
        }"""
    )
    return found


def screenshot(page: Page, name: str, folder: Path, *, most_px: int = 20_000) -> Path:
    """Take a picture of the page from its top, in few colours: it is kept with the docs.

    Args:
        page: The page.
        name: Without an ending.
        folder: Where it goes unless ``POLIT_SCREENSHOTS=1`` asks for those of the docs.
        most_px: How high the picture may be.
    """
    target = SCREENSHOTS if os.environ.get("POLIT_SCREENSHOTS") == "1" else folder
    target.mkdir(parents=True, exist_ok=True)
    path = target / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    with Image.open(path) as taken:
        top = taken.convert("RGB").crop((0, 0, taken.width, min(taken.height, most_px)))
    top.quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)
    return path


def add_passkey_device(page: Page) -> CDPSession:
    """Plug a virtual authenticator into the browser; it says yes to everything."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def totp(secret: str, at_s: float) -> str:
    """Return the six digits of a time-based one-time password (RFC 6238, SHA-1, 30 s).

    Args:
        secret: Base32, as an authenticator app is given it.
        at_s: Seconds since 1970.
    """
    padded = secret.replace(" ", "").upper() + "=" * (-len(secret.replace(" ", "")) % 8)
    counter = struct.pack(">Q", int(at_s) // 30)
    mac = hmac.new(base64.b32decode(padded), counter, sha1).digest()
    start = mac[-1] & 15
    return f"{(int.from_bytes(mac[start : start + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"
