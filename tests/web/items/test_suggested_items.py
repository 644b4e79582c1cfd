"""Suggestions in the items of a case: from exhibits, from what pictures say, from what is known."""

from django_tasks_db.models import DBTaskResult
from web.conftest import MakeCase, MakeUser
from web.matching.stacked import Shot, package_of_shots

from polit.web.audit.services import act
from polit.web.cases.queries import case_access
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.exhibits.models import Exhibit
from polit.web.exhibits.signals import device_described
from polit.web.items.models import Item
from polit.web.items.queries.suggested import devices_of, suggestion_words
from polit.web.items.rules import place_of
from polit.web.items.services.building import items_build
from polit.web.items.suggesting import Device
from polit.web.matching.models import KnownContent
from polit.web.matching.rules import Settled, Verdict
from polit.web.media.models import Content, Media, Package, Word

NAMES = ("first", "second", "known", "stripped", "later")
TIMES = ("2026-01-02T10:00:00", "2026-01-02T10:00:03", "2026-01-02T10:00:04", "", "no time")


def said(package: Package, name: str, taken_at: str, *, serial: str) -> None:
    """Let a picture say which camera took it, and when."""
    content = Content.objects.get(package=package, sha256=Shot(name, bytes(32)).sha256)
    make, model = (Word.objects.get_or_create(word=word)[0] for word in ("EXAMPLE", "E 1000"))
    Media.objects.filter(content=content).update(
        make=make, model=model, serial=serial, taken_at=taken_at
    )


def test_items_bear_what_is_suggested_of_them(make_case: MakeCase, make_user: MakeUser) -> None:
    user = make_user("g.example", Role.GRADER)
    case = make_case("T-1", user)
    package = package_of_shots(case, [Shot(name, bytes(32)) for name in NAMES])
    with act(SYSTEM, "tests.device", reason="a test", case=case) as deed:
        Exhibit.objects.filter(case=case).update(
            make="Example", model="E-1000", serial="SN 1", identifiers="Wi-Fi: 00:11\nnone"
        )
        deed.about("exhibit", "1")
    for name, taken_at in zip(NAMES, TIMES, strict=True):
        if name != "stripped":
            said(package, name, taken_at, serial="" if name != "later" else "SN 2222")
    known = Content.objects.get(package=package, sha256=Shot("known", bytes(32)).sha256)
    KnownContent.objects.create(
        id=known.pk, verdict=Verdict.NOTED, settled=Settled.NOT, source_number=package.number,
        matches=1, sets=1,
    )  # fmt: skip

    items_build(case.id)

    found = {
        name: Item.objects.get(sha256=Shot(name, bytes(32)).sha256) for name in NAMES
    }  # fmt: skip
    scores = {name: item.first_generation for name, item in found.items()}
    assert scores == {"first": 80, "second": 80, "known": 0, "stripped": 0, "later": 35}
    assert {name: item.burst for name, item in found.items()} == {
        "first": 1, "second": 1, "known": 1, "stripped": 0, "later": 0,
    }  # fmt: skip
    assert devices_of(case.id) == [
        Device("AB/1", "Example", "E-1000", ("SN 1", " 00:11", "none"))
    ]  # fmt: skip
    granted = case_access(user, case.id)
    assert granted is not None
    assert suggestion_words(granted, place_of(found["first"].pk)) == (
        "This suggests that a device of the case made it (80 of 100):",
        "its make and model suggest a device like AB/1 (+40)",
        "no hash set knows it, which suggests that it has not travelled (+15)",
        "others of the same camera within an hour suggest an occasion (+15)",
        "others within seconds suggest that a camera took a series (+10)",
    )
    assert "no proof" in suggestion_words(granted, place_of(found["known"].pk))[0]
    assert suggestion_words(granted, 99) == ()

    # Another device is read off the label: the worker is asked, and the score follows.
    exhibit = Exhibit.objects.get(case=case)
    device_described.send(sender=Exhibit, exhibit=exhibit)
    assert DBTaskResult.objects.filter(task_path__endswith="items_bring").count() == 1
    with act(SYSTEM, "tests.device", reason="a test", case=case) as deed:
        Exhibit.objects.filter(case=case).update(model="Z 9")
        deed.about("exhibit", "1")
    items_build(case.id)
    assert Item.objects.get(pk=found["first"].pk).first_generation == 0
