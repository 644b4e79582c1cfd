"""Figures of items: what tells the members of a stack apart, of the own case alone."""

from pathlib import Path

import pytest
from django.urls import reverse
from web.conftest import ClientFor, MakeCase, MakeUser
from web.imported import imported

from polit.base.clock import now_utc
from polit.web.cases.services import member_add
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Purpose, Role
from polit.web.items.models import Item, ReviewSet
from polit.web.items.rules import place_of
from polit.web.items.services.building import items_build
from polit.web.matching.models import StackMember, StackRow, StackRun
from polit.web.media.rules import rows_of


def test_figures_are_of_the_own_case_and_know_distances(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make_case: MakeCase,
    make_user: MakeUser,
    client_for: ClientFor,
) -> None:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "polit"))
    case = imported("T-1", tmp_path / "made").package.case
    items_build(case.id)
    item = Item.objects.order_by("-size_bytes")[0]
    run = StackRun.objects.create(
        case=case, basis="a test", is_ready=True, threshold_bits=31, made_at=now_utc()
    )
    first, _ = rows_of(run.pk)
    stack = StackRow.objects.create(
        id=first, content_id=item.content_id, contents=1, occurrences=1, farthest_bits=9
    )
    StackMember.objects.create(
        id=first, stack=stack, content_id=item.content_id, distance_bits=9, occurrences=1
    )
    ReviewSet.objects.update(run=run.pk)
    user = make_user("g.example", Role.GRADER)
    member_add(SYSTEM, reason="a test", case=case, user_id=user.pk, purpose=Purpose.GRADING)
    client = client_for(user)
    place = place_of(item.pk)
    address = reverse("review:figures", kwargs={"case_id": case.id})

    response = client.get(f"{address}?places=99999,{place}")
    assert response.json() == {"figures": [{
        "place": place, "size_bytes": item.size_bytes, "pixels": item.pixels,
        "day": item.taken_day, "duration_ms": item.duration_ms, "distance": 9,
    }]}  # fmt: skip
    assert response["Cache-Control"] == "no-store"
    assert client.get(address).status_code == 400
    ReviewSet.objects.update(run=0)
    assert client.get(f"{address}?places={place}").json()["figures"][0]["distance"] is None

    other = make_case("T-2", make_user("o.example", Role.GRADER))
    elsewhere = reverse("review:figures", kwargs={"case_id": other.id})
    assert client.get(f"{elsewhere}?places={place}").status_code == 404
