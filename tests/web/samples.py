"""Sample objects for every parameter of an address, for case A and for case B.

A register that brings a new parameter adds a function here::

    @sample("exhibit_id")
    def _exhibit(case: Case) -> UUID:
        return exhibit_seize(SYSTEM, reason="a sample", case=case, …).id

It is called once for case A and once for case B. A parameter without a sample fails the matrix
test, and so does a page of case A that finds an object of case B.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from uuid import UUID

from allauth.mfa.models import Authenticator

from polit.base.clock import now_utc
from polit.web.accounts.models import SignIn, User
from polit.web.accounts.services import invitation_make
from polit.web.audit.services import act
from polit.web.cases.models import BreakGlass, Case, CaseMember, CaseNote, Notice
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Purpose

Maker = Callable[[Case], object]

_MAKERS: dict[str, Maker] = {}


def sample(parameter: str) -> Callable[[Maker], Maker]:
    """Say what stands for a parameter of an address."""

    def keep(maker: Maker) -> Maker:
        _MAKERS[parameter] = maker
        return maker

    return keep


def samples_of(case: Case, parameters: Iterable[str]) -> dict[str, object]:
    """Return a case's objects by the names of parameters; a parameter without any is left out."""
    return {name: _MAKERS[name](case) for name in sorted(parameters) if name in _MAKERS}


def sampled_parameters() -> frozenset[str]:
    """Return all names that have a sample."""
    return frozenset(_MAKERS)


def _person(case: Case, part: str) -> User:
    """Return somebody who belongs to a case's samples."""
    name = f"{part}.{case.reference}"
    found = User.objects.filter(username=name).first()
    if found is not None:
        return found
    user = User(username=name, full_name=f"A. {part.title()}")
    _keep(user)
    return user


def _keep(*records: object) -> None:
    with act(SYSTEM, "tests.sample", reason="a sample") as deed:
        for record in records:
            record.save()  # type: ignore[attr-defined]  # each is a record
        deed.about("sample", "1")


@sample("case_id")
def _case(case: Case) -> UUID:
    return case.id


@sample("account_id")
def _account(case: Case) -> UUID:
    return _person(case, "person").pk


@sample("session_id")
def _session(case: Case) -> UUID:
    session = SignIn(user=_person(case, "person"), address="127.0.0.1")
    _keep(session)
    return session.id


@sample("token")
def _token(case: Case) -> str:
    return invitation_make(SYSTEM, reason="a sample", user_id=_person(case, "person").pk)


@sample("pk")
def _factor(case: Case) -> int:
    key = Authenticator(user=_person(case, "person"), type="webauthn", data={"name": "a key"})
    _keep(key)
    return int(key.pk)


@sample("member_id")
def _member(case: Case) -> UUID:
    member = CaseMember(
        case=case, user=_person(case, "person"), purpose=Purpose.INVESTIGATION.value
    )
    _keep(member)
    return member.id


@sample("note_id")
def _note(case: Case) -> UUID:
    note = CaseNote(case=case, author="A. Example", text="a note")
    _keep(note)
    return note.id


@sample("break_glass_id")
def _break_glass(case: Case) -> UUID:
    opened = BreakGlass(
        case=case,
        user=_person(case, "person"),
        second=_person(case, "second"),
        purpose=Purpose.INVESTIGATION.value,
        reason="a sample",
        expires_at=now_utc() + timedelta(hours=1),
    )
    _keep(opened)
    return opened.id


@sample("notice_id")
def _notice(case: Case) -> UUID:
    notice = Notice(user=_person(case, "person"), text="a sample")
    _keep(notice)
    return notice.id


@sample("action")
def _action(_case: Case) -> str:
    return "close"
