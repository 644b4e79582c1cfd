"""The pages of victim identification: what a reader of one case sees of what spans two."""

import re
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from reviewed import content, review_of
from web.conftest import ClientFor, MakeCase, MakeUser
from web.dissemination.samples import exchange_id
from web.imported import imported
from web.safeguarding.samples import CHILD_NAME, Granted, task_id
from web.victims.samples import clue_id, media_of_case, series_of, unknown_of

from polit.web.audit.models import AuditEvent
from polit.web.audit.services import act
from polit.web.cases.services import member_add
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import CHILD_READERS, Purpose, Role
from polit.web.items.models import Item
from polit.web.items.rules import place_of
from polit.web.items.services.building import items_build
from polit.web.media.models import Entry, QuarantinedContent
from polit.web.media.signals import quarantine_changed
from polit.web.safeguarding.models import ChildRecord, SafeguardingTask
from polit.web.victims.models import SeriesMedia, UnknownChild, VictimEnquiry
from polit.web.victims.services import appearance_record, clue_tie, media_link


def test_a_series_over_two_cases_tells_a_reader_of_one_only_that_there_is_more(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", *CHILD_READERS)
    mine, closed = make_case("OP-MINE", officer), make_case("OP-SHUT")
    theirs, here = unknown_of(closed), series_of(mine)
    given = {"actor": SYSTEM, "reason": "ZQWHY", "access": Granted(closed)}
    appearance_record(**given, unknown_id=theirs.pk, series_id=here.pk)  # type: ignore[arg-type]
    task = SafeguardingTask.objects.get(pk=task_id(closed))
    media_link(**given, series=here.pk, contents=[bytes(task.sha256).hex()])  # type: ignore[arg-type]
    clue_tie(**given, series_id=series_of(closed).pk, clue_id=clue_id(closed), to_id=here.pk)  # type: ignore[arg-type]
    own = media_of_case(mine)
    client = client_for(officer)
    before = AuditEvent.objects.filter(action="victims.series_consult").count()
    url = reverse("victims:series", args=[mine.id, here.pk])
    page = client.get(url).content.decode()
    assert AuditEvent.objects.filter(action="victims.series_consult").count() == before + 1
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))
    for told in ("1 more item, in cases that you have no access to",
                 "1 more clue, in cases that you have no access to",
                 "1 more child, in cases that you have no access to"):  # fmt: skip
        assert told in words
    assert str(own.pk) in page
    pages = ("series/", "unknown-children/", f"cases/{mine.id}/")
    shown = [page, *(client.get(f"/{each}").content.decode() for each in pages)]
    for each in shown:
        assert "OP-SHUT" not in each
        assert "ZQWHY" not in each
        assert theirs.label not in each
    hits = client.get("/search/", {"q": "swing"}).content.decode()
    assert url in hits
    assert str(closed.id) not in hits
    # Neither their records nor the series in their case, and nothing under one's own case.
    for case in (mine, closed):
        for name, row in (("unknown", theirs.pk), ("series", series_of(closed).pk)):
            assert client.get(reverse(f"victims:{name}", args=[case.id, row])).status_code == 404


def test_an_item_that_is_quarantined_since_is_in_no_series_and_its_clue_is_told_to_nobody(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", *CHILD_READERS)
    case = make_case("OP-MINE", officer)
    media, series = media_of_case(case), series_of(case)
    clue_id(case)
    client = client_for(officer)
    url = reverse("victims:series", args=[case.id, series.pk])
    page = client.get(url).content.decode()
    assert str(media.pk) in page
    assert "walnut tree" in page
    assert url in client.get("/search/", {"q": "walnut"}).content.decode()
    with act(SYSTEM, "tests.hold", reason="a test", case=case) as deed:
        QuarantinedContent(case=case, sha256=bytes(media.sha256), is_blocked=True).save()
        quarantine_changed.send(sender=None, case_id=case.id)
        deed.about("content", "1")
    assert url not in client.get("/search/", {"q": "walnut"}).content.decode()
    for address in (url, f"{url}clues/add/"):
        page = client.get(address).content.decode()
        assert str(media.pk) not in page
        assert "walnut tree" not in page
    assert "that you have no access to" not in client.get(url).content.decode()


def test_a_candidate_is_linked_with_one_click(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("s", Role.SAFEGUARDING)
    case = make_case("OP-1", officer)
    series = series_of(case)
    client = client_for(officer)
    page = client.get(f"/cases/{case.id}/safeguarding/{task_id(case)}/").content.decode()
    link = reverse("victims:link_task", args=[case.id, task_id(case)])
    assert f'name="series" value="{series.pk}"' in page
    reason = re.search(r'name="reason" value="([^"]+)"', page)
    assert reason is not None
    assert f'action="{link}"' in page
    client.post(link, {"reason": reason[1], "series": str(series.pk)})
    assert SeriesMedia.objects.get().via == "first_generation"


def test_a_child_is_named_once_and_in_the_people_alone(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer, grader = make_user("s", Role.SAFEGUARDING), make_user("g", Role.GRADER)
    case = make_case("OP-1", officer, grader)
    unknown, client = unknown_of(case), client_for(officer)
    identify = reverse("victims:identify", args=[case.id, unknown.pk])
    given, family = CHILD_NAME.split()
    sent = {
        "identified_at_0": "1", "identified_at_1": "2", "identified_at_2": "2026",
        "identified_at_3": "10:00", "identified_how": "a badge", "by_whom": "A bureau",
        "child": "new", "given_name": given, "family_name": family, "relation": "not_known",
        "reason": "found",
    }  # fmt: skip
    wrong = client.post(identify, sent | {"identified_how": "", "estimated_age_years": "99"})
    assert "There is a problem" in wrong.content.decode()
    client.post(identify, sent)
    unknown.refresh_from_db()
    assert unknown.state == "identified"
    child = ChildRecord.objects.get()
    address = reverse("victims:unknown", args=[case.id, unknown.pk])
    assert address in client.get(f"/cases/{case.id}/children/{child.pk}/").content.decode()
    page = client.get(address).content.decode()
    assert family not in page
    assert "Not identified after all" in page
    assert client.get(identify).status_code == 404
    # Who reads no children sees the label, and no page of it.
    other = client_for(grader)
    assert UnknownChild.objects.get().label in other.get(f"/cases/{case.id}/").content.decode()
    assert other.get(address).status_code == 404


def test_what_the_gallery_chose_is_linked_and_leads_back_to_it(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR, Role.GRADER)
    case = make_case("OP-1", officer)
    review_of(case, ["a", "b<a", "c"])
    client, link = client_for(officer), reverse("victims:link_items", args=[case.id])
    # The table sends places; the form shows their digests, and is sent with a new series.
    form = client.post(link, {"place": ["2", "3"]}).content.decode()
    wanted = [content(name).hex() for name in ("b", "c")]
    assert all(each in form for each in wanted)
    assert "There is a problem" not in form
    sent = {"series": "new", "name": "BLUE HERON", "digests": "\n".join(wanted), "reason": "same"}
    assert "There is a problem" in client.post(link, sent | {"name": ""}).content.decode()
    answer = client.post(link, sent)
    assert answer.status_code == 302
    assert set(SeriesMedia.objects.values_list("place", flat=True)) == {2, 3}
    page = client.get(answer["Location"]).content.decode()
    gallery = reverse("review:gallery", args=[case.id])
    assert f'href="{gallery}?lead=1"' in page
    assert f'href="{gallery}?lead=3"' in page
    assert not any(each in page for each in wanted)


def test_table_and_entry_lead_readers_of_children_to_a_series(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_user: MakeUser, client_for: ClientFor
) -> None:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "polit"))
    there = imported("T-1", tmp_path / "made")
    case = there.package.case
    assert items_build(case.id) is not None
    item = Item.objects.filter(review_set__case=case).order_by("pk")[0]
    entry = Entry.objects.filter(content_id=item.content_id)[0]
    link = reverse("victims:link_items", args=[case.id])
    for role, is_offered in ((Role.INVESTIGATOR, True), (Role.GRADER, False)):
        user = make_user(f"u.{role}", *{role, Role.GRADER})
        member_add(SYSTEM, reason="a test", case=case, user_id=user.pk, purpose=Purpose.GRADING)
        client = client_for(user)
        table = client.get(reverse("review:table", args=[case.id]), {"queue": "all"})
        assert (f'formaction="{link}"' in table.content.decode()) is is_offered
        page = client.get(reverse("media:entry", args=[case.id, entry.pk])).content.decode()
        assert (f'href="{link}?item={place_of(item.pk)}"' in page) is is_offered


def test_an_enquiry_takes_what_the_exchange_log_knows(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    case = make_case("OP-1", officer)
    unknown, exchange = unknown_of(case), exchange_id(case)
    client, url = client_for(officer), reverse("victims:enquiry_add", args=[case.id, unknown.pk])
    assert "Enter the agency" in client.post(url, {"reason": "asked"}).content.decode()
    client.post(url, {"reason": "asked", "exchange": str(exchange)})
    sent = VictimEnquiry.objects.get()
    assert (sent.agency, sent.exchange_id) == ("Example Police Bureau", exchange)


def test_lists_ask_the_same_number_of_queries_for_many(
    make_user: MakeUser, make_case: MakeCase, client_for: ClientFor
) -> None:
    officer = make_user("i", Role.INVESTIGATOR)
    counts = []
    client = client_for(officer)
    for number in (1, 2, 3):
        case = make_case(f"OP-{number}", officer)
        unknown_of(case)
        media_of_case(case)
        clue_id(case)
        page = reverse("victims:series", args=[case.id, series_of(case).pk])
        asked = 0
        for url in ("/unknown-children/", "/series/", page):
            client.get(url)
            with CaptureQueriesContext(connection) as found:
                client.get(url)
            asked += len(found)
        counts.append(asked)
    assert counts[1] == counts[2]
