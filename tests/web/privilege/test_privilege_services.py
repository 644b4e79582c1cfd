"""Terms, quarantine by hand, counsel's decisions: what is hidden, what is seen again, by whom."""

from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from made_packages import sealed
from web.conftest import ClientFor, MakeCase, MakeUser
from web.imported import Imported, imported

from polit.base.clock import now_utc
from polit.base.errors import AuthorityError, UsageError
from polit.web.accounts.models import RoleGrant, User
from polit.web.audit.models import AuditEvent
from polit.web.audit.services import act
from polit.web.cases.queries import case_access, cases_for, header_of
from polit.web.cases.rules import Duty, GrantedAccess
from polit.web.cases.services import member_add, member_end
from polit.web.core.acting import SYSTEM, Actor
from polit.web.core.rules import Purpose, Role
from polit.web.media.models import Entry, QuarantinedEntry
from polit.web.media.quarantine import entries_visible, quarantined_count
from polit.web.media.rules import Ground, PrivilegeState
from polit.web.privilege.models import CounselDecision, Hold
from polit.web.privilege.queries import quarantined_get, terms_count
from polit.web.privilege.rules import fold, matcher_of, terms_of
from polit.web.privilege.services import (
    counsel_decide,
    deciding,
    decision_withdraw,
    entry_hold,
    folder_hold,
    terms_apply,
    waiting_decide,
)

HELD, RELEASED = PrivilegeState.HELD, PrivilegeState.RELEASED


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "polit"))


@pytest.fixture
def there(tmp_path: Path) -> Imported:
    return imported("T-1", tmp_path / "made")


@pytest.fixture
def access(there: Imported) -> GrantedAccess:
    return GrantedAccess(header_of(there.package.case), Purpose.INVESTIGATION, "member")


@pytest.fixture
def counsel(there: Imported, make_user: MakeUser) -> User:
    user = make_user("c.example", Role.COUNSEL)
    member_add(SYSTEM, reason="a test", case=there.package.case, user_id=user.pk,
               purpose=Purpose.LEGAL_PRIVILEGE)  # fmt: skip
    return user


def actor(user: User) -> Actor:
    return Actor("user", str(user.pk), user.username)


def paths() -> set[str]:
    return set(entries_visible().values_list("path", flat=True))


def number(path: str) -> int:
    return Entry.objects.get(path=path).pk


@pytest.mark.parametrize(
    ("term", "text", "is_found"),
    [("Roe and Partners", "Users/x/ROE_and-partners/letter.doc", True),
     ("Müller", "muller.pdf", True), ("muller", "Mu\u0308LLER", True),
     ("law.example", "mail to a@LAW.example", True), ("straße", "STRASSE 5", True),
     ("roe", "R\u200boe & Co", True), ("counsel", "c.o.unsel", False),
     ("roe", "ro/e", False), ("a.*b", "aXXb", False)],
)  # fmt: skip
def test_terms_are_literal_and_folded(term: str, text: str, is_found: bool) -> None:  # a table
    assert bool(matcher_of([term]).found(["other", text])) is is_found


def test_matcher_says_which_text_holds_which_term() -> None:
    matcher = matcher_of(["abc", "xyz"])
    assert matcher.found(["abc abc", "xyz", "", "abcxyz"]) == [(0, 0), (3, 0), (1, 1), (3, 1)]
    assert fold("A\x00B") == "a b"


@pytest.mark.parametrize(
    "text", ["", "\n \n", "ab", "..", "x" * 201, "\n".join(map(str, range(1000, 1300)))]
)
def test_lists_that_say_nothing_or_too_much_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        terms_of(text)
    assert terms_of("Roe\n roe \nDoe") == ("Roe", "Doe")


def test_terms_are_counted_then_applied_with_copies(there: Imported, access: GrantedAccess) -> None:
    counts = terms_count(access, ("A.JPG", "nothing here"))
    assert counts.terms == (("A.JPG", 1), ("nothing here", 0))
    assert (counts.entries, counts.fresh) == (1, 1)
    assert len(paths()) == 5

    terms_apply(SYSTEM, reason="a test", access=access, terms=("A.JPG",),
                seen=terms_count(access, ("A.JPG",)).mark)  # fmt: skip

    assert not {"a.jpg", "b.jpg"} & paths()  # the same content
    assert quarantined_count(there.package.case_id) == 2
    grounds = dict(QuarantinedEntry.objects.values_list("entry__path", "ground"))
    assert grounds == {"a.jpg": Ground.TERMS.value, "b.jpg": Ground.COPY.value}
    with pytest.raises(UsageError, match="load it again"):
        terms_apply(SYSTEM, reason="a test", access=access, terms=("A.JPG",), seen=counts.mark)
    told = AuditEvent.objects.get(action="privilege.terms_apply").details
    assert "jpg" not in told.lower()


def test_what_arrives_later_is_checked_before_it_is_seen(
    tmp_path: Path, make_case: MakeCase
) -> None:
    case = make_case("T-1")
    access = GrantedAccess(header_of(case), Purpose.INVESTIGATION, "member")
    terms_apply(SYSTEM, reason="a test", access=access, terms=("c.txt",))
    imported(case, tmp_path / "made", sealed(tmp_path / "made"))

    assert "c.txt" not in paths()
    assert Hold.objects.get(kind="import").entries == 1


def test_folder_or_whole_exhibit_by_hand(there: Imported, access: GrantedAccess) -> None:
    exhibit = there.package.exhibit_id
    with pytest.raises(UsageError, match="nothing of this exhibit"):
        folder_hold(SYSTEM, reason="a test", access=access, exhibit_id=exhibit, prefix="none")
    assert folder_hold(SYSTEM, reason="a test", access=access, exhibit_id=exhibit,
                       prefix="sub/").entries == 1  # fmt: skip
    assert paths() == {"a.jpg", "b.jpg", "c.txt", "bad.jpg"}
    assert folder_hold(SYSTEM, reason="a", access=access, exhibit_id=exhibit).entries == 4
    assert paths() == set()


def test_counsel_releases_at_once_and_terms_do_not_undo_it(
    access: GrantedAccess, counsel: User
) -> None:
    entry_hold(SYSTEM, reason="a test", access=access, entry_id=number("a.jpg"))
    granted = case_access(counsel, access.case.id)
    assert granted is not None

    kept = counsel_decide(actor(counsel), reason="not to a lawyer", access=granted,
                          entries=[number("a.jpg")], outcome=RELEASED)  # fmt: skip

    assert len(kept) == 2  # its copy goes with it
    assert {"a.jpg", "b.jpg"} <= paths()
    terms_apply(SYSTEM, reason="a test", access=access, terms=("a.jpg",))
    assert "a.jpg" in paths()

    again = counsel_decide(
        actor(counsel), reason="on second thoughts", access=granted, entries=[number("a.jpg")],
        outcome=PrivilegeState.PRIVILEGED,
    )  # fmt: skip
    assert {each.corrects_id for each in again} == {each.pk for each in kept}
    assert not {"a.jpg", "b.jpg"} & paths()
    assert CounselDecision.objects.count() == 4

    decision_withdraw(actor(counsel), reason="wrong", access=granted,
                      quarantined_id=number("a.jpg"))  # fmt: skip
    assert quarantined_get(granted, number("a.jpg")).standing is HELD


def test_content_is_blocked_while_any_occurrence_is(access: GrantedAccess) -> None:
    for path in ("a.jpg",):
        entry_hold(SYSTEM, reason="a test", access=access, entry_id=number(path))
    copy = number("b.jpg")
    counsel_decide(SYSTEM, reason="a test", access=access, entries=[copy], outcome=RELEASED)

    row = quarantined_get(access, copy)
    assert (row.standing, row.is_blocked) == (RELEASED, True)
    assert "b.jpg" not in paths()


def test_what_waits_is_decided_and_nothing_that_was(access: GrantedAccess) -> None:
    entry_hold(SYSTEM, reason="a test", access=access, entry_id=number("a.jpg"))
    copy = number("b.jpg")  # it is here because of the other one
    counsel_decide(SYSTEM, reason="to a lawyer", access=access, entries=[copy],
                   outcome=PrivilegeState.PRIVILEGED)  # fmt: skip

    kept = waiting_decide(SYSTEM, reason="all others", access=access, outcome=RELEASED)

    assert [each.entry_id for each in kept] == [number("a.jpg")]
    assert quarantined_get(access, copy).standing is PrivilegeState.PRIVILEGED
    assert not {"a.jpg", "b.jpg"} & paths()
    with pytest.raises(UsageError, match="nothing waits"):
        waiting_decide(SYSTEM, reason="again", access=access, outcome=RELEASED)


def test_more_than_one_decision_holds_is_decided_by_the_next(
    there: Imported, access: GrantedAccess, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deciding, "MOST_DECIDED", 3)
    folder_hold(SYSTEM, reason="a", access=access, exhibit_id=there.package.exhibit_id)
    url = f"/cases/{access.case.id}/privilege/counsel/"
    told = {"which": "waiting", "outcome": "released", "reason": "no lawyer"}
    assert "2 still wait" in desk.post(url, told, follow=True).content.decode()
    desk.post(url, told)
    assert len(paths()) == 5


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.COUNSEL}))
def test_nobody_else_decides(role: Role, access: GrantedAccess, make_user: MakeUser) -> None:
    entry_hold(SYSTEM, reason="a test", access=access, entry_id=number("a.jpg"))
    with pytest.raises(AuthorityError):
        counsel_decide(actor(make_user("u.example", role)), reason="a test", access=access,
                       entries=[number("a.jpg")], outcome=RELEASED)  # fmt: skip


def test_counsel_is_never_of_the_investigation(
    there: Imported, counsel: User, make_user: MakeUser
) -> None:
    case = there.package.case
    granted = case_access(counsel, case.pk)
    assert granted is not None
    assert granted.purpose is Purpose.LEGAL_PRIVILEGE
    assert not cases_for(counsel).exists()

    def add(user: User, purpose: Purpose, duty: Duty = Duty.MEMBER) -> None:
        member_add(SYSTEM, reason="a test", case=case, user_id=user.pk, purpose=purpose, duty=duty)

    officer, other = make_user("i.example", Role.INVESTIGATOR), make_user("d.example", Role.COUNSEL)
    for user, purpose, duty in (
        (officer, Purpose.LEGAL_PRIVILEGE, Duty.MEMBER),
        (other, Purpose.INVESTIGATION, Duty.MEMBER), (other, Purpose.LEGAL_PRIVILEGE, Duty.LEAD),
    ):  # fmt: skip
        with pytest.raises(UsageError, match="independent counsel"):
            add(user, purpose, duty)
    add(officer, Purpose.INVESTIGATION)
    _become(officer, Role.COUNSEL)
    assert case_access(officer, case.pk) is None  # the old membership leads nowhere
    member = case.members.get(user=officer)
    member_end(SYSTEM, reason="a test", case=case, member_id=member.pk)
    with pytest.raises(UsageError, match="was on the investigation"):
        add(officer, Purpose.LEGAL_PRIVILEGE)


def _become(user: User, role: Role) -> None:
    with act(SYSTEM, "tests.role", reason="a test") as deed:
        RoleGrant.objects.filter(user=user).update(ended_at=now_utc())
        RoleGrant(user=user, role=role.value, granted_by="a test").save()
        deed.about("user", user.pk)
    user.__dict__.pop("roles", None)


# ---- pages ---------------------------------------------------------------------------------------


@pytest.fixture
def desk(counsel: User, client_for: ClientFor) -> Client:
    return client_for(counsel)


def test_counsel_sees_names_and_decides_on_pages(
    desk: Client, access: GrantedAccess, there: Imported
) -> None:
    entry_hold(SYSTEM, reason="a test", access=access, entry_id=number("a.jpg"))
    url = f"/cases/{there.package.case_id}/privilege/counsel/"
    assert "a.jpg" in desk.get(url).content.decode()
    assert "T-1" in desk.get("/privilege/").content.decode()
    assert "T-1" in desk.get("/").content.decode()
    assert desk.get(f"/cases/{there.package.case_id}/").status_code == 404
    assert desk.get("/cases/").status_code == 403

    for body in ({"entry": ["x"]}, {"entry": [], "which": "chosen"}, {"entry": ["9" * 30]}):
        told = {"which": "chosen", "outcome": "released", "reason": "a test", **body}
        assert desk.post(url, told).status_code == 200
    told = {"which": "waiting", "outcome": "released", "reason": "no lawyer"}
    assert desk.post(url, told).status_code == 302
    assert "a.jpg" in paths()
    one = f"{url}{number('a.jpg')}/"
    assert "no lawyer" in desk.get(one).content.decode()
    assert desk.post(f"{one}withdraw/", {"reason": "wrong"}).status_code == 302
    assert desk.post(one, {"outcome": "partly", "reason": "a test"}).status_code == 302
    assert "a.jpg" not in paths()


def test_terms_page_counts_first_and_quarantines_on_the_second_press(
    there: Imported, access: GrantedAccess, make_user: MakeUser, client_for: ClientFor
) -> None:
    del access
    case = there.package.case
    user = make_user("i.example", Role.INVESTIGATOR)
    member_add(SYSTEM, reason="a", case=case, user_id=user.pk, purpose=Purpose.INVESTIGATION)
    client, url = client_for(user), f"/cases/{case.pk}/privilege/terms/"

    page = client.post(url, {"terms": "a.jpg\n<b>\u202e", "reason": "a test"})
    assert page.status_code == 200
    assert "Nothing was quarantined yet" not in page.content.decode()  # "<b>" is too short
    page = client.post(url, {"terms": "a.jpg", "reason": "a test"})
    assert "1 entries match" in page.content.decode()
    assert "a.jpg" in paths()
    mark = page.context["form"]["counted"].value()
    assert (
        client.post(url, {"terms": "a.jpg", "reason": "a test", "counted": "no"}).status_code == 200
    )
    sent = {"terms": "a.jpg", "reason": "a test", "counted": mark}
    assert client.post(url, sent).status_code == 302
    assert "a.jpg" not in paths()
    hostile = {"exhibit": str(there.package.exhibit_id), "folder": "x" * 10_000, "reason": "a"}
    assert client.post(f"/cases/{case.pk}/privilege/hold/", hostile).status_code == 200
    hostile["folder"] = "sub"
    assert client.post(f"/cases/{case.pk}/privilege/hold/", hostile).status_code == 302
    with CaptureQueriesContext(connection) as queries:
        shown = client.get(f"/cases/{case.pk}/privilege/").content.decode()
    assert len(queries) <= 16
    assert "jpg" not in shown
