"""Values for the addresses of hash sets: what the matrix asks with. They hang on no case."""

from collections.abc import Callable

from web.told_sets import told_set

from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.hashsets.models import SetOrder
from polit.web.hashsets.rules import SetStatus, SetTerms
from polit.web.hashsets.services import hash_sets_copy, import_order


def hash_set_sha256(case: Case) -> str:
    """Return the digest of a set that the store told of."""
    facts = told_set(name=f"Known files of {case.reference}")
    hash_sets_copy((facts,))
    return facts.sha256


def hash_set_act(case: Case) -> str:
    """Name an act."""
    del case
    return "disable"


def hash_set_order_id(case: Case) -> str:
    """Return an order."""
    del case
    found = SetOrder.objects.first()
    if found is None:
        terms = SetTerms("Known files", SetStatus.KNOWN_GOOD)
        found = import_order(SYSTEM, reason="a sample", terms=terms, place="incoming/a.txt")
    return str(found.id)


def hash_set_action(case: Case) -> str:
    """Name an action."""
    del case
    return "cancel"


SAMPLES: dict[str, Callable[[Case], object]] = {
    "hash_set_sha256": hash_set_sha256,
    "hash_set_act": hash_set_act,
    "hash_set_order_id": hash_set_order_id,
    "hash_set_action": hash_set_action,
}
