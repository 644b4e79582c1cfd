"""Sample objects for every parameter of an address, for case A and for case B.

A register keeps its own in ``tests/web/<namespace>/samples.py``::

    SAMPLES: dict[str, Callable[[Case], object]] = {"exhibit_id": exhibit_id}

Each function is called once for case A and once for case B. What several registers have in their
addresses stands here. A parameter without a sample fails the matrix test, and so does a page of
case A that finds an object of case B.
"""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from allauth.mfa.models import Authenticator

from polit.web.accounts.models import SignIn, User
from polit.web.accounts.services import invitation_make
from polit.web.audit.models import AuditEvent
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM

Maker = Callable[[Case], object]

_COMMON: dict[str, Maker] = {}
_WEB = Path(__file__).parent / "web"


def sample(parameter: str) -> Callable[[Maker], Maker]:
    """Say what stands for a parameter in the addresses of every register."""

    def keep(maker: Maker) -> Maker:
        _COMMON[parameter] = maker
        return maker

    return keep


class CaseSamples:
    """The objects that stand for a case in addresses, each made once."""

    def __init__(self, case: Case) -> None:
        """Take the case."""
        self._case = case
        self._made: dict[Maker, object] = {}

    def value(self, name: str, parameter: str) -> object:
        """Return what stands for a parameter of an address.

        Args:
            name: The address's name, with its namespace.
            parameter: The parameter.
        """
        maker = maker_of(name, parameter)
        assert maker is not None, f"{name}: no sample for {parameter}"
        if maker not in self._made:
            self._made[maker] = maker(self._case)
        return self._made[maker]


def maker_of(name: str, parameter: str) -> Maker | None:
    """Return what makes the sample of an address's parameter, ``None`` where nothing does.

    The address's own register comes first, then what is common, then any other register.
    """
    others = sorted(path.parent.name for path in _WEB.glob("*/samples.py"))
    for samples in (_own(name.partition(":")[0]), _COMMON, *map(_own, others)):
        if parameter in samples:
            return samples[parameter]
    return None


_loaded: dict[str, dict[str, Maker]] = {}


def _own(register: str) -> dict[str, Maker]:
    # By its path: every register's file has the same name.
    path = _WEB / register / "samples.py"
    if register not in _loaded and path.exists():
        spec = importlib.util.spec_from_file_location(f"samples_of_{register}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        _loaded[register] = module.SAMPLES
    return _loaded.setdefault(register, {})


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


@sample("event_id")
def _event(_case: Case) -> UUID:
    return AuditEvent.objects.order_by("seq")[0].event_id
