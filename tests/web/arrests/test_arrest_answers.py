"""An arrest stops the response clock, calls for a prompt and stands on its warrant's page."""

from web.arrests.samples import access_to, arrest_of_case, suspect_of
from web.conftest import ClientFor, MakeCase, MakeUser
from web.warrants.samples import executed, granted_warrant

from polit.web.arrests.services import arrest_withdraw
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.risk.occasions import occasions_of
from polit.web.risk.rules import Occasion
from polit.web.risk.stopping import stops_of


def test_arrest_stops_the_clock_and_calls_for_a_prompt_until_it_is_withdrawn(
    make_case: MakeCase,
) -> None:
    case = make_case("OP-1")
    arrest = arrest_of_case(case)

    stop = stops_of([case.id])[case.id]
    assert (stop.what, stop.at) == ("Arrest", arrest.occurred_at)
    assert [(each.occasion, each.place_id) for each in occasions_of(case.id)] == [
        (Occasion.ARREST, suspect_of(case).pk)
    ]
    arrest_withdraw(SYSTEM, reason="a", access=access_to(case), arrest_id=arrest.first_id)
    assert not stops_of([case.id])
    assert not occasions_of(case.id)


def test_warrant_leads_to_an_arrest_at_its_execution(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    user = make_user("i.example", Role.INVESTIGATOR)
    case = make_case("OP-1", user)
    warrant = granted_warrant(case)
    execution = executed(case, warrant)
    client = client_for(user)

    page = client.get(f"/cases/{case.id}/warrants/{warrant.pk}/").content.decode()

    link = f"/cases/{case.id}/arrests/add/?execution={execution.pk}"
    assert link in page
    assert client.get(link).status_code == 200
