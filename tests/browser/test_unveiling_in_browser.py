"""No unfiltered picture reaches a browser without its record: the whole traffic is judged.

A real browser, a real site, a real broker, a package with its vault. Every answer is held back and
judged (see ``picture_log``) before the browser gets it.
"""

import contextlib
import json
import re
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import brokers
import examinations as run
import pytest
from browser_site import Site, records_of, running_site
from django.db import connections
from made_packages import MadePackage
from picture_log import PictureLog, has_colour, pictures_in
from playwright.sync_api import Browser, Error, Page, Route
from pytest_django import DjangoDbBlocker
from web.imported import imported
from web.review.looked_at import items_of, session_of

from polit.base.clock import monotonic_s
from polit.base.ids import new_uuid
from polit.package.seal import read_manifest
from polit.store.keys import create_keys, open_keys
from polit.web.accounts.models import RoleGrant, User
from polit.web.audit.models import AuditEvent
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.cases.services import case_open, member_add
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Purpose, Role
from polit.web.items.services.building import items_build
from polit.web.welfare.models import Exposure

PICTURES = 4
_SLOW_MS = 90_000
"""The broker attacks its sandbox before it renders the first picture."""
STATIC = Path(__file__).parents[2] / "src" / "polit" / "web"
_POST = """async ([address, body, token]) => {
  const answer = await fetch(address, {method: "POST", body: JSON.stringify(body), headers:
    {"Content-Type": "application/json", "X-CSRFToken": token}});
  return [answer.status, [...new Uint8Array(await answer.arrayBuffer())]];
}"""


@dataclass(frozen=True, slots=True)
class Gallery:
    """A case with pictures whose originals are kept, and its officer.

    Args:
        site: The site.
        case: The case.
        user: The officer, in a session.
        other: Another case of theirs, with more items.
        foreign: A case that they are not in.
    """

    site: Site
    case: Case
    user: User
    other: Case
    foreign: Case

    @property
    def url(self) -> str:
        """Where the gallery is."""
        return f"/cases/{self.case.id}/review/"


@pytest.fixture(scope="module")
def site(
    prepared_site: Path,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: DjangoDbBlocker,
) -> Generator[Site, None, None]:
    """Run a site that has the leaks of ``browser_urls`` as well: the judge must catch them."""
    folder = tmp_path_factory.mktemp("unveiling")
    with (
        running_site(prepared_site, folder, "browser_settings") as started,
        records_of(started, django_db_blocker),
    ):
        yield started


@pytest.fixture(scope="module")
def gallery(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Generator[Gallery, None, None]:
    create_keys(site.data)
    source = site.data / "evidence" / "phone"
    source.mkdir(parents=True)
    for number in range(PICTURES):
        picture = brokers.landscape((640, 480), seed=number * 9)
        (source / f"IMG_{number:04}.jpg").write_bytes(picture)
    options = ("--accept-atime", "--accept-reduced-isolation", "--vault", site.data / "vault")
    ran = run.examine(source, site.data.parent, *options)
    assert ran.code == 0, ran.stderr
    folder = run.package_of(site.data.parent)
    made = MadePackage(folder, open_keys(site.data), read_manifest(folder))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POLIT_DATA", str(site.data))
        user = _grader()
        case, other, foreign = (_case(name, user) for name in ("T-1", "T-2", "T-3"))
        package = imported(case, tmp_path_factory.mktemp("imported"), made).package
        items_build(package.case_id)
        for each in (other, foreign):
            items_of(each, PICTURES + 2, exhibit=f"{each.reference}/1")
        session_of(user, case)
        broker = brokers.Broker(site.data.parent)
        # What is shown on pages is opened by the key that the broker took when it was imported.
        broker.start().package_adopt(package.place, case_reference=case.reference)
        yield Gallery(site, case, user, other, foreign)
        broker.end()


def _grader() -> User:
    user = User(username=new_uuid(), full_name="A. Example")
    with act(SYSTEM, "tests.user", reason="a test") as deed:
        user.save()
        RoleGrant(user=user, role=Role.GRADER.value, granted_by="a test").save()
        deed.about("user", user.pk)
    return user


def _case(reference: str, user: User) -> Case:
    case = case_open(SYSTEM, reason="a test", reference=reference, title="A test")
    if reference != "T-3":
        purpose = Purpose.GRADING
        member_add(SYSTEM, reason="a test", case=case, user_id=user.pk, purpose=purpose)
    return case


@pytest.fixture(scope="module")
def log() -> PictureLog:
    """One log for all of it: what was shown once must not come again in another test."""
    return PictureLog()


@pytest.fixture
def page(browser: Browser, gallery: Gallery, log: PictureLog) -> Generator[Page, None, None]:
    """Open a page of the officer, every answer of which is judged before it arrives."""
    context = browser.new_context(base_url=gallery.site.address)
    context.set_default_timeout(15_000)
    gallery.site.sign_in(context, gallery.user)

    records = connections["default"]

    def judge(route: Route) -> None:
        # It runs beside the test, where the record would be another.
        connections["default"] = records
        try:
            answer = route.fetch(max_redirects=0, timeout=_SLOW_MS)
            body = answer.body()
        except Error:
            with contextlib.suppress(Error):  # the page went away: nothing is handed on
                route.abort()
            return
        log.judge(route.request.method, route.request.url, body)
        route.fulfill(response=answer)

    context.route("**/*", judge)
    page = context.new_page()
    yield page
    context.unroute_all(behavior="ignoreErrors")
    context.close()


class Door:
    """The one door, asked from within a page as its scripts would."""

    def __init__(self, page: Page, gallery: Gallery) -> None:
        """Open the gallery."""
        self._page = page
        self._url = f"{gallery.url}unveil"
        answer = page.goto(gallery.url)
        assert answer is not None
        assert answer.status == 200
        self.token = json.loads(page.locator("#review-config").inner_text())["csrf"]

    def ask(self, body: dict[str, Any], *, url: str = "", token: str = "") -> tuple[int, bytes]:
        """Ask; return the status and the bytes."""
        asked = [url or self._url, body, token or self.token]
        status, data = self._page.evaluate(_POST, asked)
        return status, bytes(data)


def test_every_picture_has_its_record_before_it_arrives(
    page: Page, gallery: Gallery, log: PictureLog
) -> None:
    door = Door(page, gallery)
    unveiled, exposures = log.unveiled, Exposure.objects.count()
    everything = list(range(1, PICTURES + 1))

    asked = [
        {"what": "page", "places": everything},
        {"what": "page", "places": everything[:2], "rung": "colour160"},
        {"what": "original", "places": [1], "rung": "full_grey"},
        {"what": "original", "places": [1], "rung": "full"},
        {"what": "original", "places": [1], "rung": "full"},
    ]  # fmt: skip
    shown = [door.ask(body) for body in asked]

    assert [status for status, _ in shown] == [200] * len(asked)
    pictures = [pictures_in(data) for _, data in shown]
    assert [len(each) for each in pictures] == [PICTURES, 2, 1, 1, 1]
    assert [any(map(has_colour, each)) for each in pictures] == [False, True, False, True, True]
    assert max(pictures[0][0].size) == 160
    assert max(pictures[2][0].size) == 640
    page.go_back()
    page.go_forward()
    page.reload()
    assert log.violations == []
    assert (log.unveiled - unveiled, log.unclaimed()) == (len(asked), 0)
    assert Exposure.objects.count() - exposures == PICTURES + 2 + 3


GUESSES = (
    "unveil", "unveil/", "unveil?places=1&what=original", "unveil.webp", "original/1", "full/1",
    "thumbnail/1", "page/1", "items/1/original", "tiles?places=1,2,3,4", "tiles?places=1&rung=full",
)  # fmt: skip
ELSEWHERE = (
    "/media/", "/media/1.jpg", "/vault/", "/static/../vault/cases/T-1/", "/packages/T-1/",
    "/static/..%2f..%2fdata/vault/", "/derivatives/pictures.pack", "/api/pictures/1",
)  # fmt: skip


def test_guessed_addresses_hold_no_picture(page: Page, gallery: Gallery, log: PictureLog) -> None:
    before = AuditEvent.objects.filter(action="pictures.show").count(), Exposure.objects.count()
    request = page.context.request
    content = "0" * 63 + "1"
    tiles = [f"/cases/{gallery.case.id}/tiles/{(1 << 32) + number}/" for number in range(1, 6)]
    addresses = [*(gallery.url + each for each in GUESSES), *ELSEWHERE, *tiles,
                 f"{gallery.url}unveil/{content}"]  # fmt: skip
    for address in addresses:
        for headers in ({}, {"Range": "bytes=0-4096", "If-None-Match": "*"}):
            answer = request.get(address, headers=headers, max_redirects=0)
            log.judge("GET", address, answer.body())
            assert answer.status in {200, 302, 400, 404, 405}, address
            assert answer.status != 206
            if "unveil" in address:
                assert answer.status in {404, 405}, address
    assert log.violations == []
    after = AuditEvent.objects.filter(action="pictures.show").count(), Exposure.objects.count()
    assert after == before
    # What a case shows of it by itself are safe tiles, and there are some.
    assert any(pictures_in(request.get(each).body()) for each in tiles)


def test_whoever_may_not_gets_no_picture(
    page: Page, gallery: Gallery, log: PictureLog, browser: Browser
) -> None:
    door = Door(page, gallery)
    wanted = {"what": "original", "places": [1], "rung": "full"}
    before = Exposure.objects.count()

    refused = [
        # A place that the other case has and this one has not; a case without a session; no case.
        door.ask({"what": "page", "places": [PICTURES + 1]}),
        door.ask(wanted, url=f"/cases/{gallery.other.id}/review/unveil"),
        door.ask(wanted, url=f"/cases/{gallery.foreign.id}/review/unveil"),
        door.ask(wanted, token="wrong" * 8),
        door.ask({"what": "page", "places": list(range(1, 102))}),
        door.ask({"what": "page", "places": [1], "rung": "full"}),
    ]

    assert [status for status, _ in refused] == [404, 409, 404, 403, 400, 400]
    assert not [data for _, data in refused if pictures_in(data)]
    nobody = browser.new_context(base_url=gallery.site.address)
    answer = nobody.request.post(f"{gallery.url}unveil", data=json.dumps(wanted), max_redirects=0)
    log.judge("POST", "signed out", answer.body())
    assert answer.status in {302, 403}
    nobody.close()
    assert log.violations == []
    assert Exposure.objects.count() == before


def test_nothing_is_kept_by_the_browser(
    browser: Browser, gallery: Gallery, log: PictureLog
) -> None:
    """Look without anything between browser and site, so that its cache is on."""
    context = browser.new_context(base_url=gallery.site.address)
    gallery.site.sign_in(context, gallery.user)
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    asked: dict[str, str] = {}
    cached: list[str] = []
    network.on(
        "Network.requestWillBeSent",
        lambda told: asked.update({told["requestId"]: told["request"]["url"]}),
    )
    network.on("Network.requestServedFromCache", lambda told: cached.append(told["requestId"]))
    answers: list[tuple[str, dict[str, str]]] = []
    page.on("response", lambda each: answers.append((each.url, each.headers)))
    door = Door(page, gallery)

    status, data = door.ask({"what": "original", "places": [2], "rung": "full"})
    log.judge("POST", "unveil", data)

    assert (status, len(pictures_in(data))) == (200, 1)
    (told,) = [headers for url, headers in answers if url.endswith("/unveil")]
    assert told["cache-control"] == "no-store"
    assert not {"etag", "last-modified", "expires", "accept-ranges"} & set(told)
    found = page.evaluate(
        """async (address) => {
          const asked = {mode: "same-origin", cache: "only-if-cached"};
          const one = await fetch(address, asked).then((each) => each.status, () => "nothing");
          const held = [await window.caches?.keys(), window.localStorage, window.sessionStorage,
            await window.indexedDB?.databases(),
            await navigator.serviceWorker?.getRegistrations()];
          return [one, held.map((each) => each?.length ?? 0)];
        }""",
        f"{gallery.url}unveil",
    )
    assert found in (["nothing", [0] * 5], [504, [0] * 5])
    page.goto("/")
    page.go_back()
    # The cache is at work, and holds what is public alone.
    kept = {asked[each].removeprefix(gallery.site.address) for each in cached}
    assert {each for each in kept if each.startswith("/") and "/static/" not in each} == set()
    assert (
        AuditEvent.objects.filter(action="pictures.show").count()
        == Exposure.objects.filter(what="original").count()
    )
    context.close()
    assert log.violations == []


_COLOURED = """() => {
  const canvas = document.querySelector("canvas.review-canvas");
  const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let coloured = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 1] - data[at + 2] > 60) { coloured += 1; }
  }
  return coloured;
}"""
"""How many pixels of the grid have the green and yellow of the landscapes, which no page has."""
_ITEMS = "document.querySelector('[role=gridcell][aria-label]')"


def _until(page: Page, expression: str) -> None:
    """Wait until an expression is true; the policy of the page forbids the browser's own way.

    As long as the first picture may take, where this is the first test that asks for one.
    """
    until_s = monotonic_s() + _SLOW_MS / 1000
    while monotonic_s() < until_s:
        if page.evaluate(f"Boolean({expression})"):
            return
        page.wait_for_timeout(25)
    raise AssertionError(expression, page.locator("main").inner_text()[:500])


def test_grid_shows_what_is_recorded_and_prints_nothing_of_it(
    page: Page, gallery: Gallery, log: PictureLog
) -> None:
    Door(page, gallery)
    unveiled = log.unveiled
    _until(page, _ITEMS)
    page.locator("[role=gridcell][tabindex='0']").focus()
    before = page.evaluate(_COLOURED)

    page.keyboard.press("g")
    page.keyboard.press("p")
    _until(page, f"({_COLOURED})() > {before + 500}")
    printed = page.pdf()
    _until(page, f"({_COLOURED})() === {before}")

    assert printed.startswith(b"%PDF")
    assert not any(map(has_colour, pictures_in(printed)))
    assert log.unveiled == unveiled + 1
    page.keyboard.press("p")
    _until(page, f"({_COLOURED})() > {before + 500}")
    page.goto("/")
    page.go_back()
    _until(page, _ITEMS)
    assert page.evaluate(_COLOURED) == before
    assert (log.unveiled, log.unclaimed()) == (unveiled + 2, 0)
    assert log.violations == []


def test_the_judge_catches_what_leaks(page: Page, gallery: Gallery) -> None:
    """Break the rule on purpose: a test that cannot fail proves nothing."""
    judge, request = PictureLog(), page.context.request
    for leak in ("colour", "large", "base64", "packed"):
        judge.judge("GET", leak, request.get(f"/leak/{leak}/").body())
    assert [each.partition(":")[0] for each in judge.violations] == [
        "GET colour", "GET large", "GET base64", "GET packed",
    ]  # fmt: skip
    judge = PictureLog()
    status, data = Door(page, gallery).ask({"what": "page", "places": [3]})
    assert status == 200
    judge.judge("POST", "first", data)
    assert judge.violations == []
    judge.judge("POST", "again", data)
    assert "a second copy" in judge.violations[0]
    # The same exposures, and no event: what a service that forgot its act would send.
    judge = PictureLog()
    judge._events = set(AuditEvent.objects.values_list("seq", flat=True))
    judge.judge("POST", "unrecorded", data)
    assert "no audit event" in judge.violations[0]


def test_no_page_plays_anything_by_itself(page: Page, gallery: Gallery) -> None:
    Door(page, gallery)
    loud = "video:not([muted]), audio:not([muted]), [autoplay], embed, object, iframe"
    assert page.locator(loud).count() == 0
    found = []
    for path in [*STATIC.rglob("static/review/**/*.js"), *STATIC.rglob("templates/**/*.html")]:
        text = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        found += [
            f"{path.name}: {wrong}"
            for wrong in ("autoplay", ".muted = false", "<audio", "<video", "new Audio(")
            if wrong in text
        ]
    assert found == []
