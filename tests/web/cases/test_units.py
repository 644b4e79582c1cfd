"""Areas and teams: who keeps them, which cases they have, how lists are narrowed by them."""

import json
from uuid import uuid4

import pytest
from web.conftest import ClientFor, MakeCase, MakeUser
from web_sessions import seen_on

from polit.base.errors import AuthorityError, UsageError
from polit.web.audit.models import AuditEvent
from polit.web.cases.models import Case, Unit
from polit.web.cases.rules import CaseDetails
from polit.web.cases.services import case_change_details, case_open, unit_add, unit_end
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.rules import Role


@pytest.mark.parametrize("role", sorted(Role))
def test_supervisors_alone_keep_areas_and_teams(
    role: Role, make_user: MakeUser, client_for: ClientFor
) -> None:
    user = make_user("u", role)
    is_allowed = role is Role.SUPERVISOR
    form = {"kind": "area", "name": "North", "reason": "a"}
    answer = client_for(user).post("/units/", form)
    assert answer.status_code == (302 if is_allowed else 403)
    assert Unit.objects.exists() is is_allowed
    if not is_allowed:
        with pytest.raises(AuthorityError):
            unit_add(
                Actor("user", str(user.pk), user.username), reason="a", kind="team", name="One"
            )


@pytest.mark.parametrize("name", ["", " \t", "a\u202eb", "a\x00b", "x" * 101])
def test_name_holds_what_can_be_seen(name: str) -> None:
    with pytest.raises(UsageError):
        unit_add(SYSTEM, reason="a", kind="area", name=name)


def test_name_stands_once_among_those_that_hold() -> None:
    area = unit_add(SYSTEM, reason="a", kind="area", name=" North  Coast ")
    assert area.name == "North Coast"
    unit_add(SYSTEM, reason="a", kind="team", name="North Coast")
    with pytest.raises(UsageError, match="already"):
        unit_add(SYSTEM, reason="a", kind="area", name="North Coast")
    unit_end(SYSTEM, reason="a", unit_id=area.id)
    with pytest.raises(UsageError, match="ended already"):
        unit_end(SYSTEM, reason="a", unit_id=area.id)
    assert unit_add(SYSTEM, reason="a", kind="area", name="North Coast").id != area.id


def test_case_stays_in_a_unit_that_ended_and_none_goes_there() -> None:
    area = unit_add(SYSTEM, reason="a", kind="area", name="North")
    team = unit_add(SYSTEM, reason="a", kind="team", name="One")
    case = case_open(
        SYSTEM, reason="a", reference="OP-1", title="A", area_id=area.id, team_id=team.id
    )
    unit_end(SYSTEM, reason="a", unit_id=area.id)
    details = CaseDetails("B", area_id=area.id)
    case_change_details(SYSTEM, reason="a", case=case, details=details)
    told = json.loads(AuditEvent.objects.latest("seq").details)["changed"]
    assert told == {"title": ["A", "B"], "team": ["One", ""]}
    for wrong in (area.id, team.id, uuid4()):
        with pytest.raises(UsageError, match="no such area"):
            case_open(SYSTEM, reason="a", reference="OP-2", title="A", area_id=wrong)


def test_forms_offer_units_and_lists_are_narrowed_by_them(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    user = make_user("s", Role.SUPERVISOR)
    area = unit_add(SYSTEM, reason="a", kind="area", name="North <b>")
    team = unit_add(SYSTEM, reason="a", kind="team", name="One")
    make_case("OP-2", user)
    client = client_for(user)
    form = {"reference": "OP-1", "title": "A", "area": area.pk, "team": team.pk, "reason": "a"}
    assert client.post("/cases/open/", form).status_code == 302
    case = Case.objects.get(reference="OP-1")
    assert (case.area, case.team) == (area, team)
    assert b"North &lt;b&gt;" in client.get(f"/cases/{case.id}/").content
    for page in ("/cases/", "/teams/"):
        for query in ({"area": str(area.pk)}, {"team": str(team.pk)}):
            shown = client.get(page, query).content
            assert (b"OP-1" in shown, b"OP-2" in shown) == (True, False)
    unit_end(SYSTEM, reason="a", unit_id=area.id)
    change = f"/cases/{case.id}/change/"
    seen = seen_on(client, change)
    kept = {"title": "B", "area": area.pk, "seen": seen, "reason": "a"}
    assert client.post(change, kept).status_code == 302
    case.refresh_from_db()
    assert (case.title, case.area, case.team) == ("B", area, None)
    listed = client.get("/units/").content
    for words in (b"North &lt;b&gt;", b"In use", b"Add an area or a team"):
        assert words in listed
    end = f"/units/{team.pk}/end/"
    assert b"still count" in client.get(end).content
    assert client.post(end, {"reason": "a"}).status_code == 302
    assert client.get(end).status_code == 404
