"""Every address, method, role and relation to the case gets exactly what its rule says.

The gate is asked directly, with sessions that are loaded once, so that the whole matrix takes
seconds; a part of it goes through the whole stack as well, to show that nothing else answers.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import product
from typing import Any
from unittest.mock import patch

import pytest
from address_samples import CaseSamples, maker_of
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.test import RequestFactory
from django.urls import resolve, reverse
from web_sessions import client_of, signed_in_session

from polit.base.clock import now_utc
from polit.web.accounts.models import RoleGrant, User
from polit.web.accounts.queries import session_get
from polit.web.audit.services import act
from polit.web.cases.models import BreakGlass, Case, CaseMember
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import CASE_ROLES, Purpose, Role, Scope
from polit.web.site import gate
from polit.web.site.access_table import ENROLMENT, THIRD_PARTY
from polit.web.site.addresses import Address, all_addresses

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
RELATIONS = (
    "member",
    "former member",
    "member of another case",
    "break-glass open",
    "break-glass expired",
    "none",
)
INSIDE = {"member", "break-glass open"}
ADDRESSES = all_addresses()
ALL_ROLES = tuple(Role)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who asks.

    Args:
        roles: What they hold.
        relation: To case A.
        state: ``active``, ``anonymous``, ``no factor`` or ``inactive``.
        is_fresh: Whether they proved who they are within the last minutes.
    """

    roles: frozenset[Role]
    relation: str
    state: str = "active"
    is_fresh: bool = True


def everybody() -> tuple[Person, ...]:
    """Return the persons of the matrix."""
    found = [Person(frozenset(), "none", "anonymous")]
    for relation in RELATIONS:
        found += [Person(frozenset({role}), relation) for role in ALL_ROLES]
        found += [Person(CASE_ROLES, relation, state) for state in ("no factor", "inactive")]
        found += [Person(frozenset({role}), relation, is_fresh=False) for role in ALL_ROLES]
    return tuple(found)


def expected(  # noqa: PLR0911  # one line for each answer, in the order of the documentation
    address: Address, method: str, person: Person
) -> str:
    """Return what the rule says, in the words of this test and without the gate's code."""
    assert address.passage is not None
    rule, methods = address.passage.rule, address.passage.methods
    if method not in methods and not (method == "HEAD" and "GET" in methods):
        return "405"
    if rule.scope is Scope.PUBLIC:
        return "in"
    if person.state in {"anonymous", "inactive"}:
        return "sign in"
    if person.state == "no factor" and address.name not in ENROLMENT:
        return "enrol"
    named = rule.write if method == "POST" else rule.read
    if rule.scope is Scope.ROLE and not person.roles & named:
        return "403"
    # Independent counsel comes in as a member for legal privilege alone, never through the glass.
    inside = {"member"} if Role.COUNSEL in person.roles else INSIDE
    if rule.scope is Scope.CASE and not (person.roles & named and person.relation in inside):
        return "404"
    return "prove" if rule.fresh and not person.is_fresh else "in"


class World:
    """Two cases, everybody in every relation to the first, and a session for each."""

    def __init__(self) -> None:
        """Make them, once for all requests."""
        self.case_a, self.case_b = (_case(name) for name in ("OP-A", "OP-B"))
        self.of_a, self.of_b = CaseSamples(self.case_a), CaseSamples(self.case_b)
        self._urls: dict[str, str] = {}
        self._second = _user("second", frozenset({Role.SUPERVISOR}))
        self.keys: dict[Person, str] = {}
        self.users: dict[Person, User] = {}
        self.sessions: dict[Person, dict[str, Any]] = {}
        for number, person in enumerate(everybody()):
            if person.state != "anonymous":
                self._settle(person, number)

    def _settle(self, person: Person, number: int) -> None:
        user = _user(f"p{number}", person.roles)
        _relate(user, person.relation, self.case_a, self.case_b, self._second)
        has_factor = person.state != "no factor"
        key = signed_in_session(user, has_factor=has_factor, is_fresh=person.is_fresh)
        if person.state == "inactive":
            user.is_active = False
            _keep(user)
        self.users[person], self.keys[person] = user, key
        self.sessions[person] = SessionStore(key).load()

    def url(self, address: Address) -> str:
        """Return an address with the samples of case A."""
        if address.name not in self._urls:
            self._urls[address.name] = reverse(address.name, kwargs=self.kwargs(address))
        return self._urls[address.name]

    def kwargs(self, address: Address, foreign: str = "") -> dict[str, object]:
        """Return the samples of case A for an address, but for one parameter those of case B."""
        return {
            name: (self.of_b if name == foreign else self.of_a).value(address.name, name)
            for name in address.parameters
        }


def _keep(*records: Any) -> None:
    with act(SYSTEM, "tests.matrix", reason="a test") as deed:
        for record in records:
            record.save()
        deed.about("matrix", "1")


def _case(reference: str) -> Case:
    case = Case(reference=reference, title="A test")
    _keep(case)
    return case


def _user(name: str, roles: frozenset[Role]) -> User:
    user = User(username=name, full_name="A. Example")
    user.set_unusable_password()
    grants = [RoleGrant(user=user, role=role.value, granted_by="a test") for role in roles]
    _keep(user, *grants)
    return user


def _relate(user: User, relation: str, case_a: Case, case_b: Case, second: User) -> None:
    is_counsel = Role.COUNSEL in user.roles
    purpose = (Purpose.LEGAL_PRIVILEGE if is_counsel else Purpose.INVESTIGATION).value
    now = now_utc()
    if relation == "member":
        _keep(CaseMember(case=case_a, user=user, purpose=purpose))
    elif relation == "member of another case":
        _keep(CaseMember(case=case_b, user=user, purpose=purpose))
    elif relation == "former member":
        ended = {"ended_at": now, "ended_by": "a test", "end_reason": "a test"}
        _keep(CaseMember(case=case_a, user=user, purpose=purpose, **ended))
    elif relation.startswith("break-glass"):
        is_open = relation == "break-glass open"
        begin = now if is_open else now - timedelta(hours=3)
        end = now + timedelta(hours=1) if is_open else now - timedelta(seconds=1)
        opened = BreakGlass(
            case=case_a, user=user, second=second, purpose=purpose, reason="a test", expires_at=end
        )
        opened.recorded_at = begin
        _keep(opened)


class Asker:
    """Asks the gate, as the stack would after the session and the user are known."""

    def __init__(self, world: World) -> None:
        """Take the world."""
        self._world = world
        self._factory = RequestFactory()
        self._gate = gate.GateMiddleware(lambda _request: HttpResponse())
        self._match = cache(resolve)
        self.refused: list[HttpRequest] = []

    @contextmanager
    def prepared(self) -> Iterator[None]:
        """Count refusals where they would be recorded, and read each session's row once."""
        once = cache(session_get)
        with (
            patch("polit.web.site.gate.session_get", once),
            patch("polit.web.accounts.services.sessions.session_touch"),
            patch.object(gate, "_record_refusal", lambda asked, _: self.refused.append(asked)),
        ):
            yield

    def ask(self, address: Address, method: str, person: Person) -> str:
        """Return what the gate answered."""
        request = self._request(address, method, person)
        match = request.resolver_match
        assert match is not None
        before = len(self.refused)
        try:
            response = self._gate.process_view(request, match.func, match.args, match.kwargs)
            answer = _named(response)
        except Http404:
            answer = "404"
        except PermissionDenied:
            answer = "403"
        # Each refusal for want of a role or of access to the case is recorded, and nothing else.
        assert len(self.refused) - before == (answer in {"403", "404"})
        return answer

    def _request(self, address: Address, method: str, person: Person) -> HttpRequest:
        url = self._world.url(address)
        request = self._factory.generic(method, url)
        request.session = SessionStore()
        loaded = dict(self._world.sessions.get(person, {}))
        request.session._session_cache = loaded  # type: ignore[attr-defined]
        user = self._world.users.get(person)
        # What the backend makes of an account that is not active: nobody.
        request.user = user if user and user.is_active else AnonymousUser()
        request.resolver_match = self._match(url)
        return request


def _named(response: HttpResponseBase | None) -> str:
    if response is None:
        return "in"
    if response.status_code != 302:
        return str(response.status_code)
    target = response["Location"].partition("?")[0]
    places = {
        reverse("account_login"): "sign in",
        reverse("accounts:enrol"): "enrol",
        reverse("account_reauthenticate"): "prove",
    }
    return places.get(target, target)


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda each: each.name or each.route)
def test_address_has_a_name_a_rule_and_samples(address: Address) -> None:
    assert address.passage is not None, f"{address.route}: no rule; see @access"
    assert address.name, f"{address.route}: give it a name"
    missing = [name for name in address.parameters if maker_of(address.name, name) is None]
    assert missing == [], f"{address.route}: add samples; see tests/address_samples.py"


def test_table_of_third_parties_names_addresses_that_exist() -> None:
    assert set(THIRD_PARTY) | ENROLMENT <= {each.name for each in ADDRESSES}


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda each: each.name or each.route)
def test_no_rule_contradicts_the_house(address: Address) -> None:
    assert address.passage is not None
    rule, methods = address.passage.rule, address.passage.methods
    assert set(methods) <= {"GET", "POST"}
    if rule.scope is Scope.CASE:
        assert "case_id" in address.parameters
        # Who keeps the machine sees no case content, and who works on no cases neither.
        assert Role.SYSTEM_ADMINISTRATOR not in rule.read | rule.write
        # No page lets in both who investigates and who decides on legal privilege.
        assert Role.COUNSEL not in rule.read | rule.write or rule.read | rule.write == {
            Role.COUNSEL
        }
    if rule.scope in {Scope.CASE, Scope.ROLE}:
        assert rule.read or "GET" not in methods, "a page that nobody may read"
        assert rule.write or "POST" not in methods, "a form that nobody may send"


def test_every_request_is_answered_as_its_rule_says(
    world: World, record_property: Callable[[str, object], None]
) -> None:
    asker = Asker(world)
    wrong, cells = [], 0
    with asker.prepared():
        for address, person, method in product(ADDRESSES, everybody(), METHODS):
            cells += 1
            answer = asker.ask(address, method, person)
            wanted = expected(address, method, person)
            if answer != wanted:
                wrong.append(f"{method} {address.name} {person}: {answer}, not {wanted}")
    record_property("cells", cells)
    record_property("refusals", len(asker.refused))
    assert wrong == []


def test_whole_stack_refuses_what_the_gate_refuses(world: World) -> None:
    """Ask through all middleware, for each address and method, persons who are refused."""
    asked = [
        Person(frozenset(), "none", "anonymous"),
        Person(CASE_ROLES, "member", "no factor"),
        Person(CASE_ROLES, "member", "inactive"),
        Person(frozenset({Role.EXAMINER}), "none"),
        Person(frozenset({Role.SYSTEM_ADMINISTRATOR}), "member"),
        Person(frozenset({Role.SUPERVISOR}), "break-glass expired"),
    ]
    for address in ADDRESSES:
        for person in asked:
            for method in ("GET", "POST", "PUT", "OPTIONS"):
                wanted = expected(address, method, person)
                if wanted == "in":
                    continue
                client = client_of(world.keys.get(person, "none"))
                response = client.generic(method, world.url(address))
                assert _named(response) == wanted, (address.name, method, person)
                assert response["Cache-Control"] == "no-store"


CASE_ADDRESSES = [
    each
    for each in ADDRESSES
    if each.passage is not None
    and each.passage.rule.scope is Scope.CASE
    and each.parameters - {"case_id"}
]


@pytest.mark.parametrize("address", CASE_ADDRESSES, ids=lambda each: each.name)
def test_object_of_another_case_is_not_found_under_ones_own(world: World, address: Address) -> None:
    """Ask for case A with each single identifier of case B in turn."""
    assert address.passage is not None
    rule = address.passage.rule
    own = world.kwargs(address)
    differing = [name for name in own if world.kwargs(address, name) != own]
    for name, method in product(set(differing) - {"case_id"}, address.passage.methods):
        url = reverse(address.name, kwargs=world.kwargs(address, name))
        roles = rule.write if method == "POST" else rule.read
        members = [Person(frozenset({role}), "member") for role in sorted(roles)]
        answers = {client_of(world.keys[each]).generic(method, url).status_code for each in members}
        # A page may ask for more than its rule says (a duty in the case) and refuse before it
        # looks; whoever is let that far must find nothing.
        assert 404 in answers, (method, name, answers)
        assert answers <= {403, 404}, (method, name, answers)
