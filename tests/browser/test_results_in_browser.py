"""Results in the real browser: hostile names of a device, clean for axe, and nothing runs."""

from pathlib import Path

import brokers
import examinations as run
import pytest
from browser.test_cases_and_people import TEXT, actor, check_page, hostile_case, person
from browser_fixtures import screenshot
from browser_site import Site
from hostile_names import HOSTILE
from made_packages import MadePackage
from playwright.sync_api import Page
from web.imported import examination_of, imported

from polit.base.clock import now_utc
from polit.package.seal import read_manifest
from polit.store.keys import create_keys, open_keys
from polit.web.core.rules import Role
from polit.web.examinations.services import note_add
from polit.web.media.models import Entry


def _evidence(source: Path) -> None:
    (source / "DCIM").mkdir(parents=True)
    for number in range(30):
        picture = brokers.landscape((320, 240), seed=number * 5)
        (source / "DCIM" / f"IMG_{number:04}.jpg").write_bytes(picture)
    (source / "DCIM" / "broken.jpg").write_bytes(brokers.landscape()[:40])
    (source / "DCIM" / "no picture.txt").write_bytes(brokers.landscape((64, 48)))
    for name, text in HOSTILE.items():
        raw = text.encode("utf-8", "surrogateescape").replace(b"\0", b"").replace(b"/", b"|")
        (source / raw[:200].decode("utf-8", "surrogateescape")).write_text(name)


def test_pages_of_hostile_results_hold(
    site: Site, browser_page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLIT_DATA", str(site.data))
    create_keys(site.data)
    _evidence(site.data / "evidence" / "phone")
    ran = run.examine(
        site.data / "evidence" / "phone", site.data.parent, "--accept-atime",
        "--accept-reduced-isolation",
    )  # fmt: skip
    assert ran.code in {0, 3}, ran.stderr
    package = run.package_of(site.data.parent)
    user = person(Role.SUPERVISOR, TEXT[:150])
    made = MadePackage(package, open_keys(site.data), read_manifest(package))
    there = imported(hostile_case(user), tmp_path, made)
    note = note_add(
        actor(user), reason=TEXT, examination=there.examination, text=TEXT, occurred_at=now_utc()
    )
    note_add(actor(user), reason=TEXT, examination=there.examination, text=f"{TEXT}\nagain",
             occurred_at=now_utc(), corrects=note)  # fmt: skip
    running = examination_of(
        there.package.exhibit, "evidence/" + TEXT, kind="queued", state="running", message=TEXT,
        acquisition="md5:" + "0" * 32,
    )  # fmt: skip
    broker = brokers.Broker(site.data.parent)
    broker.start()
    site.sign_in(browser_page.context, user)
    case = f"/cases/{there.package.case_id}/"
    base, one = f"{case}examinations/", f"{case}examinations/{there.examination.id}/"
    paths = Entry.objects.order_by("path")
    picture = paths.get(path__endswith="IMG_0003.jpg")
    try:
        for name, address in {
            "list": base,
            "roots": f"{base}queue/",
            "browse": f"{base}queue/?place=evidence/phone",
            "order": f"{base}queue/order/?evidence=evidence/phone",
            "attach": f"{base}attach/",
            "examination": one,
            "running": f"{base}{running.id}/",
            "withdraw": f"{one}package/withdraw/",
            "print": f"{one}notes/print/",
            "checks": f"{one}checks/",
            "results": f"{one}results/",
            "entries": f"{one}results/entries/",
            "mismatch": f"{one}results/entries/?mismatch=yes",
            "contains": f"{one}results/entries/?contains=IMG",
            "folders": f"{one}results/folders/",
            "tiles": f"{one}results/tiles/",
            "download": f"{one}results/entries/download/",
            "entry": f"{case}entries/{picture.id}/",
            "broken": f"{case}entries/{paths.get(path__endswith='broken.jpg').id}/",
            "hostile": f"{case}entries/{paths.filter(path__contains='script')[0].id}/",
            "case": case,
        }.items():
            check_page(browser_page, address)
            screenshot(browser_page, f"results-{name}", tmp_path)
    finally:
        broker.end()
