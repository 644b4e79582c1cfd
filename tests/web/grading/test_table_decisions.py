"""Decisions of the table's form, which works without script."""

from django.urls import reverse
from reviewed import review_of
from web.conftest import ClientFor, MakeCase, MakeUser

from polit.web.core.rules import Role
from polit.web.grading.models import Decision

A, B = "uk-2014/1/A", "uk-2014/1/B"


def test_table_decides_without_script(
    make_case: MakeCase, make_user: MakeUser, client_for: ClientFor
) -> None:
    user = make_user("first.example", Role.GRADER)
    case = make_case("OP-1", user)
    review_of(case, [*(f"n{number}" for number in range(60)), *(f"m{n}<n0" for n in range(55))])
    reader = client_for(user)
    url = reverse("review:decide_form", kwargs={"case_id": case.id})

    chosen = {"place": ["2", "3"], "code": "B", "flags": "DISTRIBUTION", "note": "seen"}
    assert b"Choose items" in reader.post(url, {**chosen, "place": []}).content
    whole = reader.post(url, {"place": "1", "code": "A", "whole_stacks": "on", "queue": "second"})
    assert b'name="batch_seen"' in whole.content
    assert b'name="queue" value="second"' in whole.content
    back = reader.post(url, {**chosen, "shown": "queue=all&sort=size&evil=1"})
    assert back["Location"].endswith("/review/table?queue=all&sort=size")
    assert Decision.objects.filter(case=case, code=B, flags=32, note="seen").count() == 2

    many = {"place": [str(place) for place in range(1, 56)], "code": "A"}
    unseen = reader.post(url, many).content
    assert b"Decide on 55 items" in unseen
    assert b'name="batch_seen"' in unseen
    assert not Decision.objects.filter(code=A).exists()
    assert reader.post(url, {**many, "batch_seen": "yes"}).status_code == 302
    assert Decision.objects.filter(code=A).count() == 55
