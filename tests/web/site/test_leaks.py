"""No page tells who a child is to who may not know, or anything of a case to who is not in it."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from web.leaking import (
    CLOSED,
    OF_A_CHILD,
    READERS,
    Reader,
    World,
)

from polit.web.audit.models import AuditEvent
from polit.web.cases.models import Notice
from polit.web.core.rules import CHILD_READERS, Role, Scope
from polit.web.search.models import SearchEntry
from polit.web.search.rules import readers_mask
from polit.web.site.addresses import Address, all_addresses


@pytest.fixture
def world() -> World:
    return World()


def read(client: Client, url: str) -> tuple[int, str]:
    """Return the status of an answer, and all of it that leaves: headers too."""
    answer = client.get(url)
    body = answer.getvalue()
    headers = " ".join(f"{name}: {value}" for name, value in answer.headers.items())
    return answer.status_code, f"{headers}\n{body.decode('utf-8', 'replace')}"


def readable(reader: Reader) -> Iterator[Address]:
    """Return the addresses that somebody may read."""
    for address in {each.name: each for each in all_addresses()}.values():
        assert address.passage is not None
        rule = address.passage.rule
        if "GET" not in address.passage.methods or rule.scope is Scope.PUBLIC:
            continue
        if rule.scope is Scope.CASE and not reader.inside:
            continue
        if rule.scope is Scope.SIGNED_IN or rule.read & reader.roles:
            yield address


def around(text: str, word: str) -> str:
    at = text.index(word)
    return " ".join(text[max(0, at - 60) : at + 40].split())


NEEDS_FINDINGS = {"media:results", "media:tiles"}
"""Pages that say that a sample's package is damaged, as it has none."""
QUERIES = ("", "?q=Quillon", "?q=Feather", "?q=Lane", "?q=example", "?q=sister", "?q=A")
"""What stands beside a word that is withheld: whoever finds it learns nothing, or too much."""


def leaks_of(world: World, name: str) -> list[str]:
    """Return what somebody was told on the pages that they may read, and must not know."""
    reader, found = READERS[name], []
    for address in readable(reader):
        url = world.url(address)
        queries = QUERIES if address.name == "search:page" else ("",)
        never = () if address.name in reader.told else reader.never
        for query in queries if never else ():
            status, text = read(world.clients[name], url + query)
            found += [
                f"{address.name} {query}: {around(text, word)}" for word in never if word in text
            ]
            if status >= 500 and address.name not in NEEDS_FINDINGS:
                found.append(f"{address.name}: {status}")
    return found


def kept_texts() -> Iterator[tuple[str, str]]:
    """Return what is kept beside the records and read by people who read no children."""
    for event in AuditEvent.objects.all():
        yield event.action, f"{event.subject_label} {event.details} {event.purpose}"
    for notice in Notice.objects.all():
        yield "notice", f"{notice.text} {notice.link}"
    readers = readers_mask(frozenset(Role) - CHILD_READERS)
    for entry in SearchEntry.objects.all():
        if entry.readers & readers:
            yield entry.kind, f"{entry.title} {entry.text} {entry.url}"


def test_no_page_tells_what_its_reader_must_not_know(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    found = {name: leaks_of(world, name) for name in READERS}
    found["kept"] = [
        f"{name}: {around(text, word)}"
        for name, text in kept_texts() for word in OF_A_CHILD if word in text
    ]  # fmt: skip
    found["log"] = [word for word in (*OF_A_CHILD, CLOSED) if word in caplog.text]
    assert {name: each for name, each in found.items() if each} == {}


WITHHELD = {"member": (CLOSED,), "who reads no children": ("Quillon", CLOSED)}
NOTHING = "Xylograph"
"""A word that stands nowhere."""
GROWING = {"audit:case", "cases:timeline"}
"""Pages that list who looked: each look makes them longer."""
_TAGS = re.compile(r"(?s)^.*?<main|<script.*?</script>|<[^>]*>")


def shown(text: str, word: str) -> str:
    """Return what a page shows, without the word that was asked for."""
    return " ".join(_TAGS.sub(" ", text).replace(word, "").split())


def test_no_list_answers_a_search_for_what_its_reader_must_not_know(world: World) -> None:
    told, asked = [], set()
    for name, words in WITHHELD.items():
        skipped = READERS[name].told | GROWING
        for address in readable(READERS[name]):
            assert address.passage is not None
            rule = address.passage.rule
            if (
                "POST" in address.passage.methods
                or rule.scope is Scope.SIGNED_IN
                or address.name in skipped
            ):
                continue
            url, client = world.url(address), world.clients[name]
            nothing = read(client, f"{url}?q={NOTHING}")[1]
            if 'name="q"' not in nothing:
                continue
            asked.add(address.name)
            told += [
                f"{name}, {address.name}: {word}"
                for word in words
                if shown(read(client, f"{url}?q={word}")[1], word) != shown(nothing, NOTHING)
            ]
    assert told == []
    assert {"people:find", "cases:list", "search:page", "warrants:list"} <= asked
