"""Garbage in every address and every form of the registers gets an answer, never a failure."""

from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import islice
from urllib.parse import urlencode

import pytest
from address_samples import CaseSamples
from django.test import Client
from django.urls import reverse
from web_sessions import client_of, signed_in_session

from polit.web.accounts.models import RoleGrant, User
from polit.web.audit.services import act
from polit.web.cases.services import case_open, member_add
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Purpose, Role
from polit.web.site.addresses import Address, all_addresses

REGISTERS = (
    "referrals", "enquiries", "risk", "warrants", "arrests", "safeguarding", "court", "orders",
    "disclosure", "dissemination", "privilege", "clocks", "search", "statistics", "people",
    "signposts",
)  # fmt: skip
ROLES = (Role.SUPERVISOR, Role.INVESTIGATOR, Role.SAFEGUARDING, Role.EXAMINER)
ADDRESSES = [
    each
    for each in all_addresses()
    if each.passage is not None and each.name.partition(":")[0] in REGISTERS
]
_FAILURE = 500
_SHARE = 3
"""Each address gets one in so many of each garbage, its neighbours the others."""
HTML = "<script>alert(1)</script>{{7*7}}"
RTL = "\u202eevil\u2066\u200f"
TEXTS = ("\x00", "a\x00b", HTML, RTL, "x" * 10_000, "\ud7ff\uffff\U0010ffff", "9" * 400, "-1", "%")
NAMES = (
    "sort", "after", "q", "text", "from", "to", "area", "team", "state", "kind", "since", "show",
    "stage", "page", "level", "source", "case", "place", "from_on", "to_on", "on", "id",
    "execution", "warrant", "arrest", "referral", "order", "child", "suspect", "exhibit",
)  # fmt: skip
DAYS = ("9999-12-31", "0001-01-01", "2025-02-30", "2025-03-30T01:30", "99999-01-01", "2025-13-01")


def queries() -> Iterator[str]:
    """Yield query strings; together they give every name every kind of garbage."""
    values = (*TEXTS, *DAYS, "", "e30", "W10=", "eyJhIjoxfQ", "00000000-0000-4000-8000-0" * 2)
    for turn in range(len(values)):
        given = [(name, values[(turn + place) % len(values)]) for place, name in enumerate(NAMES)]
        yield urlencode(given)
    yield "&".join(f"{name}={name}&{name}=%ff%fe" for name in NAMES)
    yield "from=9998-12-31&to=9998-12-31&sort=-pk&after=%5B%5D"
    yield "from=1900-01-01&to=1900-01-01&after=%5Bnull%2Cnull%5D"


class _Fields(HTMLParser):
    """The fields of the forms of a page, with what they may be filled with."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self.kinds: dict[str, str] = {}
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        name = told.get("name", "")
        if tag == "option" and self._select and told.get("value"):
            self.found[self._select].append(told["value"])
        if tag == "select":
            self._select = name
        if tag in {"input", "select", "textarea", "button"} and name:
            self.kinds[name] = told.get("type", tag)
            self.found.setdefault(name, [])
            if told.get("value"):
                self.found[name].append(told["value"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


def bodies(page: str) -> Iterator[dict[str, object]]:
    """Yield what is sent for the forms of a page: garbage alone, and among what it offers."""
    read = _Fields()
    read.feed(page)
    fields = read.found
    yield {}
    texts = (*TEXTS, "9999", "0", "\u0663", "1e400", "NaN")
    for turn, text in enumerate(texts):
        if turn % 3 == 0:
            yield dict.fromkeys(fields, text)
        yield {
            name: offered[0]
            if read.kinds[name] in _OFFERED and offered
            else texts[(turn + place) % len(texts)]
            for place, (name, offered) in enumerate(fields.items())
        }
    for moment in _MOMENTS:
        yield {name: _filled(name, moment, offered, read.kinds[name])
               for name, offered in fields.items()}  # fmt: skip


_OFFERED = {"hidden", "radio", "checkbox", "select", "submit"}
_MOMENTS = (
    ("31", "12", "9999", "23:59"), ("1", "1", "1", "00:00"), ("30", "3", "2025", "01:30"),
    ("26", "10", "2025", "01:30"), ("29", "2", "2023", "12:00"), ("1", "1", "9998", "12:00"),
    ("1", "6", "2025", "12:00"), ("31", "12", "1", "24:00"),
)  # fmt: skip


def _filled(
    name: str, moment: tuple[str, str, str, str], offered: list[str], kind: str
) -> str | list[str]:
    if kind in _OFFERED and offered:
        return offered[-1]
    part = name.rpartition("_")[2]
    if part in {"0", "1", "2", "3"}:
        return moment[int(part)]
    return offered[-1] if offered else "Example text"


@pytest.fixture
def world() -> tuple[Client, CaseSamples]:
    """Somebody who may do nearly everything in a case, and its samples."""
    case = case_open(SYSTEM, reason="a test", reference="OP-GARBAGE", title="A test")
    user = User(username="a.example", full_name="A. Example")
    with act(SYSTEM, "tests.user", reason="a test") as deed:
        user.save()
        for role in ROLES:
            RoleGrant(user=user, role=role.value, granted_by="a test").save()
        deed.about("user", user.id)
    member_add(
        SYSTEM, reason="a test", case=case, user_id=user.pk, purpose=Purpose.INVESTIGATION
    )  # fmt: skip
    return client_of(signed_in_session(user)), CaseSamples(case)


@pytest.mark.parametrize("register", REGISTERS)
def test_garbage_is_answered(register: str, world: tuple[Client, CaseSamples]) -> None:
    client, samples = world
    client.raise_request_exception = False
    asked = [each for each in ADDRESSES if each.name.startswith(f"{register}:")]
    # What stands for parameters is there before any garbage adds to it.
    urls = {each.name: _url(samples, each) for each in asked}
    failed = [
        f"{each.name}: {told}"
        for each in asked
        for told in _failures(client, urls[each.name], each)
    ]
    assert not failed, "\n".join(failed[:5])


def _url(samples: CaseSamples, address: Address) -> str:
    kwargs = {name: samples.value(address.name, name) for name in address.parameters}
    return reverse(address.name, kwargs=kwargs)


def _failures(client: Client, url: str, address: Address) -> Iterator[str]:
    assert address.passage is not None
    turn = ADDRESSES.index(address) % _SHARE
    page = ""
    if "GET" in address.passage.methods:
        shown = client.get(url)
        page = "" if shown.streaming else shown.content.decode(errors="replace")
        for query in islice(queries(), turn, None, _SHARE):
            if client.get(f"{url}?{query}").status_code >= _FAILURE:
                yield query[:300]
    if "POST" in address.passage.methods:
        for body in islice(bodies(page), turn, None, _SHARE):
            if client.post(url, body).status_code >= _FAILURE:
                yield str(body)[:300]
