"""How long pages over a large record take: Django's test client, gate and audit included."""

import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import setup_test_environment
from django.urls import reverse
from web_sessions import client_of, signed_in_session

from benchmarks._record_rows import BUSY, CALM
from polit.base.clock import now_utc
from polit.web.accounts.models import User
from polit.web.cases.models import Case, Unit
from polit.web.cases.queries import cases_for
from polit.web.core.acting import SYSTEM
from polit.web.people.models import CasePerson
from polit.web.referrals.models import Referral
from polit.web.statistics.rules import Selection, check_period
from polit.web.statistics.services import run_take
from polit.web.statistics.zones import force_zone

LISTS = (
    "/referrals/", "/cases/", "/warrants/", "/arrests/", "/children/", "/orders/", "/court/",
    "/court/hearings/", "/enquiries/", "/risk/", "/tasks/", "/exchange/", "/", "/teams/",
    "/unknown-children/", "/series/",
)  # fmt: skip
PAGE_MS, RUN_MS = 300, 3000
_TEXTS = ("PC/0000", "example", "nowhere-at-all")
_SEARCHED = {
    "a common word": "device",
    "a common and a rare word": "device kesfenbar",
    "a name": "Kesfenbar",
    "a beginning": "kes*",
    "two letters": "ke*",
    "a phrase": '"spoke to"',
    "a reference": "PC/000010",
    "a warrant": "W/000010",
    "found nowhere": "zzzzzzzz",
}
_DEEP = 40
_OPTIONS_MOST = 5


def measure(times: int, only: str = "") -> Iterator[dict[str, object]]:
    """Measure pages and statistics, and tell of each as it is done."""
    setup_test_environment()  # templates tell what they were given
    settings.STORAGES = {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    for name in (BUSY, CALM):
        user = User.objects.get(username=name)
        client = client_of(signed_in_session(user))
        for label, address in _addresses(client, user):
            if only in f"{name} {label}":
                yield _timed(client, f"{name.split('.')[0]}: {label}", address, times)
    if only in "statistics":
        yield from _statistics(times)


def _addresses(client: Client, user: User) -> Iterator[tuple[str, str]]:
    for path in LISTS:
        yield path, path
        yield f"{path} deep", _deep(client, path)
        # Officers of twenty cases have short lists: their filters say nothing new.
        yield from _narrowed(client, path)
    case = cases_for(user).order_by("reference")[3]
    yield "a case", reverse("cases:page", args=[case.pk])
    yield from _single(user, case)
    for label, text in _SEARCHED.items():
        yield f"/search/ {label}", f"/search/?{urlencode({'q': text})}"
    yield "/search/ a kind", "/search/?q=device&kind=exhibit"


def _single(user: User, case: Case) -> Iterator[tuple[str, str]]:
    referral = Referral.objects.get(number=1001)
    yield "a referral", reverse("referrals:page", args=[referral.pk])
    found = Referral.objects.filter(case=case).first()
    if found is not None:
        yield "a referral of a case", reverse("referrals:page", args=[found.pk])
    place = CasePerson.objects.filter(case=case, role="suspect").get()
    keys = {"case_id": case.pk, "person_id": place.person_id}
    yield "a person", reverse("people:person", kwargs=keys)
    yield "a person, all cases", reverse("people:across", args=[place.person_id])
    period = {"from": "2025-01-01", "to": "2025-12-31"}
    for key in ("warrants_executed", "arrests", "children_safeguarded", "referrals"):
        yield f"statistics, {key}", f"/statistics/{key}/?{urlencode(period)}"
    del user


def _narrowed(client: Client, path: str) -> Iterator[tuple[str, str]]:
    listed = (client.get(path).context or {}).get("listed")
    if listed is None:
        return
    shown = listed if isinstance(listed, dict) else _asdict(listed)
    label = shown.get("search_label", "")
    for each in shown.get("filters", ()):
        for code, _words in [one for one in each.options if one[0]][:_OPTIONS_MOST]:
            yield f"{path} {each.name}={str(code)[:20]}", f"{path}?{urlencode({each.name: code})}"
    if label:
        for text in _TEXTS:
            yield f"{path} q={text}", f"{path}?{urlencode({'q': text})}"


def _asdict(listed: object) -> dict[str, Any]:
    return {
        name: getattr(listed, name) for name in ("search_label", "filters") if hasattr(listed, name)
    }


def _deep(client: Client, path: str) -> str:
    """Return the address of a page far down, by as many steps as a person would never take."""
    address = path
    for _step in range(_DEEP):
        context = client.get(address).context or {}
        listed, due = context.get("listed"), context.get("due")
        after = getattr(getattr(listed, "page", None), "after", "") or getattr(due, "after", "")
        if not after:
            break
        address = f"{path}?{urlencode({'after': after})}"
    return address


def _timed(client: Client, label: str, address: str, times: int) -> dict[str, object]:
    answer = client.get(address)
    queries = _queries(lambda: client.get(address))
    taken = []
    for _ in range(times):
        began_s = time.perf_counter()
        client.get(address)
        taken.append((time.perf_counter() - began_s) * 1000)
    return _told(label, taken, queries, PAGE_MS, answer.status_code)


def _statistics(times: int) -> Iterator[dict[str, object]]:
    year = now_utc().year - 1
    area = Unit.objects.filter(kind="area").order_by("name")[0]
    first = now_utc().date().replace(year=year, month=1, day=1)
    period = check_period(first, first.replace(month=12, day=31), force_zone())
    wanted = {"a year": None, "a year of an area": area.pk}
    for label, area_id in wanted.items():
        selection = Selection(period, area_id, None)
        queries = _queries(partial(run_take, SYSTEM, selection=selection))
        taken = []
        for _ in range(times):
            began_s = time.perf_counter()
            run_take(SYSTEM, selection=selection)
            taken.append((time.perf_counter() - began_s) * 1000)
        yield _told(f"statistics: {label}", taken, queries, RUN_MS, 200)


def _queries(asked: Callable[[], object]) -> int:
    count = 0

    def counted(execute: Callable[..., object], *given: object) -> object:
        nonlocal count
        count += 1
        return execute(*given)

    with connection.execute_wrapper(counted):
        asked()
    return count


def _told(
    label: str, taken: list[float], queries: int, most: int, status: int
) -> dict[str, object]:
    p95_ms = statistics.quantiles(taken, n=20)[-1]
    return {
        "page": label,
        "status": status,
        "median_ms": round(statistics.median(taken), 1),
        "p95_ms": round(p95_ms, 1),
        "queries": queries,
        "most_ms": most,
        "holds": status == 200 and p95_ms <= most,
    }
