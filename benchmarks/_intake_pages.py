"""How long pages over a large package take: Django's test client, gate and audit included."""

import statistics
import time

from django.conf import settings
from django.test import Client
from django.urls import reverse
from web_sessions import client_of, signed_in_session

from polit.web.accounts.models import RoleGrant, User
from polit.web.audit.services import act
from polit.web.cases.services import member_add
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Purpose, Role
from polit.web.media.models import Entry, Package

_TIMES = 40
_FILTERS = {
    "entries": "",
    "entries, middle": "after={middle}",
    "entries, by kind": "kind=other&after={middle}",
    "entries, stills": "kind=still",
    "entries, failed": "outcome=failed&after={middle}",
    "entries, by reason": "reason=unreadable",
    "entries, deleted": "state=deleted&after={middle}",
    "entries, wrong extension": "mismatch=yes&after={middle}",
    "entries, of a folder": "folder={folder}",
    "entries, name contains": "contains=00999",
    "entries, name found nowhere": "contains=nowhere",
    "entries, three conditions": "state=deleted&kind=still&contains=jpg",
}


def measure_pages() -> dict[str, dict[str, float]]:
    """Return for each page the median and the 95th percentile in ms."""
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES = {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    package = Package.objects.get()
    client = _client(package)
    base = package.number << 32
    middle = base + package.entries // 2
    folder = Entry.objects.get(pk=middle).folder_id
    keys = {"case_id": package.case_id, "examination_id": package.examination_id}
    told = {}
    for name, query in _FILTERS.items():
        address = reverse("media:entries", kwargs=keys)
        told[name] = _timed(client, f"{address}?{query.format(middle=middle, folder=folder)}")
    for name in ("results", "folders", "tiles"):
        told[name] = _timed(client, reverse(f"media:{name}", kwargs=keys))
    told["tiles, middle"] = _timed(client, reverse("media:tiles", kwargs=keys) + f"?after={middle}")
    one = {"case_id": package.case_id}
    told["entry"] = _timed(client, reverse("media:entry", kwargs={**one, "entry_id": middle}))
    still = Entry.objects.filter(kind=1, id__gt=middle).order_by("id")[0]
    told["tile"] = _timed(
        client, reverse("media:tile", kwargs={**one, "content_id": still.content_id})
    )
    return told


def _client(package: Package) -> Client:
    user = User(username="b.example", full_name="B. Example")
    with act(SYSTEM, "benchmarks.user", reason="a benchmark") as deed:
        user.save()
        RoleGrant(user=user, role=Role.EXAMINER.value, granted_by="a benchmark").save()
        deed.about("user", user.id)
    member_add(
        SYSTEM, reason="a benchmark", case=package.case, user_id=user.pk,
        purpose=Purpose.EXAMINATION,
    )  # fmt: skip
    return client_of(signed_in_session(user))


def _timed(client: Client, address: str) -> dict[str, float]:
    assert client.get(address).status_code == 200, address
    taken = []
    for _ in range(_TIMES):
        began_s = time.monotonic()
        client.get(address)
        taken.append((time.monotonic() - began_s) * 1000)
    return {
        "median_ms": round(statistics.median(taken), 1),
        "p95_ms": round(statistics.quantiles(taken, n=20)[-1], 1),
    }
