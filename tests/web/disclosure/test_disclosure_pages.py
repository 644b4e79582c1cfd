"""Pages, papers and forms of disclosure: who reads what, what is recorded, what is withheld."""

import hashlib
import subprocess
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from web.arrests.samples import access_to, suspect_of
from web.conftest import ClientFor, MakeCase, MakeUser
from web.disclosure.disclosed import decided_case, digest, service, unused

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.web.accounts.models import User
from polit.web.audit.models import AuditEvent
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.disclosure.models import ManagementText, Opinion, Served, UnusedItem, Viewing
from polit.web.disclosure.services import management_write, schedule_serve, unused_record
from polit.web.media.models import QuarantinedContent
from polit.web.people.rules import PersonDetails, PersonRole, PlaceInCase
from polit.web.people.services import person_add

WHEN = {"0": "1", "1": "3", "2": "2026", "3": "10:00"}


@pytest.fixture
def officers(make_user: MakeUser) -> dict[Role, User]:
    return {role: make_user(role.value, role) for role in
            (Role.INVESTIGATOR, Role.EXAMINER, Role.GRADER)}  # fmt: skip


@pytest.fixture
def case(make_case: MakeCase, officers: dict[Role, User]) -> Case:
    case = make_case("OP-1", *officers.values())
    decided_case(case, officers[Role.GRADER], {"a": "A", "b": "B"})
    person_add(SYSTEM, reason="a", case=case, details=PersonDetails("Zzyzx"),
               place=PlaceInCase(PersonRole.CHILD))  # fmt: skip
    return case


@pytest.fixture
def desk(officers: dict[Role, User], client_for: ClientFor) -> Client:
    return client_for(officers[Role.INVESTIGATOR])


def base(case: Case) -> str:
    return f"/cases/{case.pk}/disclosure/{suspect_of(case).pk}/"


def served(case: Case, kind: str = "images") -> Served:
    return schedule_serve(SYSTEM, reason="a test", access=access_to(case), kind=kind,
                          place_id=suspect_of(case).pk, given=service())  # fmt: skip


def test_schedule_is_opined_on_served_and_taken_out_through_its_pages(
    case: Case, desk: Client, officers: dict[Role, User], client_for: ClientFor, tmp_path: Path
) -> None:
    lab = client_for(officers[Role.EXAMINER])
    assert f"{base(case)}" in desk.get(f"/cases/{case.pk}/").content.decode()
    court = desk.get(f"/cases/{case.pk}/court/defendants/{suspect_of(case).pk}/")
    assert base(case) in court.content.decode()

    _opine(case, lab, officers[Role.EXAMINER])
    assert desk.get(f"{base(case)}images/opinion/").status_code == 404

    form = desk.get(f"{base(case)}serve/images/").context["form"]
    sent = {"served_to": "CPS", "means": "by_hand", "reason": "asked for",
            "seen": form["seen"].value()}  # fmt: skip
    sent |= {f"served_at_{place}": value for place, value in WHEN.items()}
    kept = desk.post(f"{base(case)}serve/images/", sent)
    assert kept.status_code == 302
    page = desk.get(kept["Location"]).content.decode()
    assert digest("a")[:12] in page
    assert "Not accessible" in page
    assert "<img" not in page
    row = Served.objects.get()
    data = desk.get(f"{kept['Location']}csv/").content
    assert hashlib.sha256(data).hexdigest() == row.sha256
    assert digest("a") in data.decode()
    (tmp_path / "served.pdf").write_bytes(desk.get(f"{kept['Location']}pdf/").content)
    told = subprocess.run(["pdftotext", "-layout", tmp_path / "served.pdf", "-"],
                          capture_output=True, check=True, text=True).stdout  # fmt: skip
    assert row.sha256 in told
    assert "In a cache" in told
    assert AuditEvent.objects.filter(action="disclosure.take_paper").count() == 2
    for text in (page, told, data.decode()):
        assert "Zzyzx" not in text


def _opine(case: Case, lab: Client, examiner: User) -> None:
    page = lab.get(f"{base(case)}images/opinion/")
    seen = page.context["form"]["seen"].value()
    said = {"lines": "1-2", "accessible": "no", "why": "In a cache", "reason": "asked",
            "seen": seen, "opined_on_0": "1", "opined_on_1": "3",
            "opined_on_2": "2026"}  # fmt: skip
    wrong = lab.post(f"{base(case)}images/opinion/", said | {"lines": "9"})
    assert "The draft has no line 9" in wrong.content.decode()
    assert lab.post(f"{base(case)}images/opinion/", said).status_code == 302
    assert Opinion.objects.get().examiner == examiner.full_name


def test_sensitive_material_is_for_its_readers_and_each_reading_is_recorded(
    case: Case, desk: Client, officers: dict[Role, User], client_for: ClientFor
) -> None:
    frame = {"reason": "a", "access": access_to(case), "place_id": suspect_of(case).pk}
    item = unused_record(SYSTEM, given=unused(schedule="mg6d", description="ZQSECRET"),
                         **frame)  # type: ignore[arg-type]  # fmt: skip
    unused_record(SYSTEM, given=unused(description="Plainly told"), **frame)  # type: ignore[arg-type]
    kept = served(case, "mg6d")
    hidden = (
        f"{base(case)}sensitive/", f"/cases/{case.pk}/disclosure/unused/{item.first_id}/",
        f"/cases/{case.pk}/disclosure/sensitive/{kept.pk}/",
        f"/cases/{case.pk}/disclosure/sensitive/{kept.pk}/csv/",
    )  # fmt: skip
    lab = client_for(officers[Role.EXAMINER])
    for number, address in enumerate(hidden, start=1):
        assert lab.get(address).status_code == 404
        assert b"ZQSECRET" in desk.get(address).content
        read = AuditEvent.objects.filter(action="disclosure.read_sensitive")
        assert read.count() == number
    for address in (base(case), f"{base(case)}unused/", f"/cases/{case.pk}/"):
        for client in (lab, desk):
            page = client.get(address).content.decode()
            assert "ZQSECRET" not in page
            assert "MG6D/" not in page
    assert b"Plainly told" in lab.get(f"{base(case)}unused/").content
    before = AuditEvent.objects.filter(action="disclosure.read_sensitive").count()
    # Whoever serves sees what, of the report too; that is a reading.
    assert b"ZQSECRET" in desk.get(f"{base(case)}serve/mg6d/").content
    desk.get(f"/cases/{case.pk}/disclosure/unused/{item.first_id}/withdraw/")
    sensitive = AuditEvent.objects.filter(action="disclosure.read_sensitive")
    assert sensitive.count() == before + 2
    form = desk.get(f"{base(case)}unused/add/?schedule=mg6d").context["form"]
    assert form["schedule"].value() == "mg6d"
    assert f"{base(case)}unused/add/?schedule=mg6d" in desk.get(hidden[0]).content.decode()
    assert lab.get(f"/cases/{case.pk}/disclosure/served/{kept.pk}/").status_code == 404
    assert client_for(officers[Role.GRADER]).get(base(case)).status_code == 404


def test_line_that_is_quarantined_since_is_withheld_with_its_papers(
    case: Case, desk: Client
) -> None:
    kept = served(case)
    url = f"/cases/{case.pk}/disclosure/served/{kept.pk}/"
    assert digest("a")[:12] in desk.get(url).content.decode()
    with act(SYSTEM, "tests.hold", reason="a test", case=case) as deed:
        QuarantinedContent(case=case, sha256=bytes.fromhex(digest("a")), is_blocked=True).save()
        deed.about("content", "1")
    page = desk.get(url).content.decode()
    assert digest("a")[:12] not in page
    assert digest("b")[:12] in page
    assert desk.get(f"{url}csv/").status_code == 403
    assert digest("a")[:12] not in desk.get(f"{base(case)}images/").content.decode()


def test_line_that_was_removed_as_quarantined_is_not_told_by_the_differences(
    case: Case, desk: Client, officers: dict[Role, User], tmp_path: Path
) -> None:
    served(case)
    decided_case(case, officers[Role.GRADER], {"a": "B", "b": "A"}, again=True)
    second = served(case)
    with act(SYSTEM, "tests.hold", reason="a test", case=case) as deed:
        QuarantinedContent(case=case, sha256=bytes.fromhex(digest("a")), is_blocked=True).save()
        deed.about("content", "1")
    third = served(case)
    for each, is_given in ((second, False), (third, True)):
        url = f"/cases/{case.pk}/disclosure/served/{each.pk}/"
        page = desk.get(url).content.decode()
        assert "Withheld: quarantined" in page
        assert "DCIM/a-0.jpg" not in page
        assert desk.get(f"{url}pdf/").status_code == (200 if is_given else 403)
    assert "Category" not in [row[1] for row in desk.get(
        f"/cases/{case.pk}/disclosure/served/{second.pk}/").context["changed"]
        if row[0] == 1]  # fmt: skip
    (tmp_path / "served.pdf").write_bytes(desk.get(f"{url}pdf/").content)
    told = subprocess.run(["pdftotext", "-layout", tmp_path / "served.pdf", "-"],
                          capture_output=True, check=True, text=True).stdout  # fmt: skip
    told = told.replace("\u200b", "")
    assert "Removed since version 2: 1" in told
    assert digest("a")[:12] not in told
    assert digest("b")[:12] in told


def test_nobody_overwrites_what_a_colleague_wrote_meanwhile(case: Case, desk: Client) -> None:
    frame = {"reason": "a", "access": access_to(case), "place_id": suspect_of(case).pk}
    item = unused_record(SYSTEM, given=unused(), **frame)  # type: ignore[arg-type]
    url = f"/cases/{case.pk}/disclosure/unused/{item.first_id}/correct/"
    write = f"{base(case)}management/write/"
    forms = {each: desk.get(each).context["form"] for each in (url, write)}
    unused_record(SYSTEM, given=unused(description="Told better"), corrects=item.pk, **frame)  # type: ignore[arg-type]
    management_write(SYSTEM, text="What a colleague wrote", **frame)  # type: ignore[arg-type]
    told = {"schedule": "mg6c", "description": "Stale", "held_where": "Tray", "text": "Stale",
            "reason": "a"}  # fmt: skip
    for address, form in forms.items():
        for seen in ({"seen": form["seen"].value()}, {}):
            assert desk.post(address, told | seen).status_code == 200
    assert not UnusedItem.objects.filter(description="Stale").exists()
    assert not ManagementText.objects.filter(text="Stale").exists()
    for address in forms:
        seen = {"seen": desk.get(address).context["form"]["seen"].value()}
        assert desk.post(address, told | seen).status_code == 302


def test_schedule_that_is_sent_twice_is_served_once(case: Case) -> None:
    frame = {"reason": "a", "access": access_to(case), "kind": "images",
             "place_id": suspect_of(case).pk, "given": service()}  # fmt: skip
    schedule_serve(SYSTEM, **frame)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="recorded already"):
        schedule_serve(SYSTEM, **frame)  # type: ignore[arg-type]


def test_what_was_served_is_listed_over_the_cases_of_a_reader_but_nothing_sensitive(
    case: Case, desk: Client, make_case: MakeCase, officers: dict[Role, User], client_for: ClientFor
) -> None:
    shut, other = make_case("OP-SHUT"), make_case("OP-2", officers[Role.INVESTIGATOR])
    for each in (case, shut, other):
        served(each, "mg6c")
        served(each, "mg6d")
    served(case)
    with CaptureQueriesContext(connection) as asked:
        page = desk.get("/disclosure/").content.decode()
    assert len(asked) <= 20
    for told in ("MG6C/OP-1/Suspect1/1", "SI/OP-1/Suspect1/1", "MG6C/OP-2/Suspect1/1"):
        assert told in page
    for hidden in ("OP-SHUT", "MG6D"):
        assert hidden not in page
    for narrowed in ("?kind=images", "?q=SI/OP-1"):
        page = desk.get(f"/disclosure/{narrowed}").content.decode()
        assert "SI/OP-1/Suspect1/1" in page
        assert "MG6C/" not in page
    assert "MG6D" not in desk.get("/disclosure/?kind=mg6d").content.decode()
    assert client_for(officers[Role.GRADER]).get("/disclosure/").status_code == 403


def test_viewing_is_logged_through_its_form(case: Case, desk: Client) -> None:
    kept = served(case)
    texts = ("viewer", "role", "firm", "instructed_by", "supervised_by", "where", "conditions")
    given = dict.fromkeys((*texts, "reason"), "Something")
    given |= {f"{name}_{place}": value for name in ("from_at", "to_at")
              for place, value in WHEN.items()}  # fmt: skip
    given |= {"undertaken_on_0": "1", "undertaken_on_1": "3", "undertaken_on_2": "2026"}
    given |= {"served": str(kept.pk), "viewer": "<script>alert(1)</script>\u202e"}
    wrong = desk.post(f"{base(case)}viewings/add/", given).content.decode()
    assert "A viewing ends after it begins" in wrong
    done = desk.post(f"{base(case)}viewings/add/", given | {"to_at_3": "11:30"})
    assert done.status_code == 302
    page = desk.get(done["Location"]).content.decode()
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert Viewing.objects.get().to_at < now_utc()
