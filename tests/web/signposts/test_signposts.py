"""Signposts: a supervisor keeps them, everybody on cases reads them, a leaflet prints them."""

import pytest
from django.template import Context, Template
from django.urls import reverse
from web.conftest import ClientFor, MakeUser

from polit.base.errors import AuthorityError, UsageError
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.rules import Role
from polit.web.signposts.models import Signpost
from polit.web.signposts.queries import signpost_version, signposts_for
from polit.web.signposts.rules import Audience, GivenSignpost
from polit.web.signposts.services import (
    examples_take,
    signpost_add,
    signpost_change,
    signpost_end,
)

ONE = GivenSignpost("A helpline", "talking", ("family", "suspect"), "01632 960 001")


def test_supervisor_alone_edits(make_user: MakeUser, client_for: ClientFor) -> None:
    user = make_user("g.example", Role.GRADER)
    with pytest.raises(AuthorityError):
        signpost_add(Actor("user", str(user.pk), user.username), reason="a test", given=ONE)
    assert client_for(user).get(reverse("signposts:list")).status_code == 200
    assert client_for(user).get(reverse("signposts:add")).status_code == 403


def test_examples_are_taken_once_and_ended_ones_are_shown_to_nobody() -> None:
    count = examples_take(SYSTEM, reason="a test")
    assert count == Signpost.objects.count() > 5
    assert examples_take(SYSTEM, reason="a test") == 0
    first = signposts_for(Audience.SUSPECT)[0]
    signpost_end(SYSTEM, reason="closed", signpost_id=first.pk)
    assert first not in signposts_for(Audience.SUSPECT)
    with pytest.raises(UsageError, match="ended already"):
        signpost_end(SYSTEM, reason="closed", signpost_id=first.pk)


@pytest.mark.parametrize(
    "wrong", [GivenSignpost("", "x", ("family",)), GivenSignpost("x", "y", ()),
              GivenSignpost("x", "y", ("nobody",))],
)  # fmt: skip
def test_signpost_that_helps_nobody_is_refused(wrong: GivenSignpost) -> None:
    with pytest.raises(UsageError):
        signpost_add(SYSTEM, reason="a test", given=wrong)


def test_change_sees_what_changed_meanwhile_and_names_stand_once() -> None:
    kept = signpost_add(SYSTEM, reason="a test", given=ONE)
    seen = signpost_version(kept)
    other = GivenSignpost("Another", "talking", ("officer",))
    signpost_change(SYSTEM, reason="a test", signpost_id=kept.pk, given=other, seen=seen)
    with pytest.raises(UsageError, match="somebody else"):
        signpost_change(SYSTEM, reason="a test", signpost_id=kept.pk, given=ONE, seen=seen)
    with pytest.raises(UsageError, match="already"):
        signpost_add(SYSTEM, reason="a test", given=other)


def test_fragment_shows_what_is_for_its_audience_and_nothing_where_there_is_none() -> None:
    shown = Template('{% include "signposts/for.html" with audience="family" %}')
    assert not shown.render(Context()).strip()
    signpost_add(SYSTEM, reason="a test", given=ONE)
    assert "01632 960 001" in shown.render(Context())


def test_leaflet_is_a_pdf(make_user: MakeUser, client_for: ClientFor) -> None:
    signpost_add(SYSTEM, reason="a test", given=ONE)
    client = client_for(make_user("s.example", Role.SUPERVISOR))
    answer = client.get(reverse("signposts:leaflet_paper", args=["family"]))
    assert answer.content.startswith(b"%PDF")
    assert (
        "A helpline" in client.get(reverse("signposts:leaflet", args=["family"])).content.decode()
    )
    assert client.get(reverse("signposts:leaflet", args=["nobody"])).status_code == 404


def test_register_is_edited_on_its_pages(make_user: MakeUser, client_for: ClientFor) -> None:
    client = client_for(make_user("s.example", Role.SUPERVISOR))
    data = {"name": "A helpline", "purpose": "talking", "audiences": ["family"], "reason": "x y"}
    assert client.post(reverse("signposts:add"), data).status_code == 302
    kept = Signpost.objects.get()
    url = reverse("signposts:change", args=[kept.pk])
    client.post(url, {**data, "hours": "daily", "seen": signpost_version(kept)})
    client.post(reverse("signposts:end", args=[kept.pk]), {"reason": "closed"})
    kept.refresh_from_db()
    assert (kept.hours, kept.ended_by) == ("daily", "s.example")
    assert "A helpline" in client.get(reverse("signposts:list"), {"show": "ended"}).content.decode()
