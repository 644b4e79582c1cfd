"""The force's decisions reach the store as a set, and a later list replaces an earlier one."""

from pathlib import Path

import pytest
from reviewed import actor, content, granted, review_of
from stored_sets import terms
from web.conftest import MakeCase, MakeUser
from web.told_sets import ToldBroker, told_set

from polit.broker.client import ErrandState, ErrandStatus
from polit.match.hashsets import HashSets
from polit.match.importing import import_set
from polit.model.matching import SetStatus
from polit.web.accounts.models import User
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.grading.models import ForceSet
from polit.web.grading.rules import Change
from polit.web.grading.services import Wish, decide, force_list
from polit.web.hashsets.models import HashSet, OrderProgress, SetOrder
from polit.web.tasks.force_sets import SOON_S, TROUBLE_S, force_sets_hand_over
from polit.web.tasks.set_keeping import order_advance

SCHEME = "uk-2014/1"


@pytest.fixture
def user(make_user: MakeUser) -> User:
    return make_user("g.example", Role.GRADER)


@pytest.fixture
def case(make_case: MakeCase, user: User) -> Case:
    made = make_case("OP-1", user)
    review_of(made, ["a", "b"])
    return made


def grade(user: User, case: Case, place: int) -> None:
    wish = Wish(Change(f"{SCHEME}/A"))
    decide(actor(user), access=granted(user, case), places=[place], wish=wish)


def imported(broker: ToldBroker, version: str) -> SetOrder:
    """Have the newest order end with a set in the store."""
    order = SetOrder.objects.order_by("-recorded_at").first()
    assert order is not None
    name, digest = order.name, version * 64
    broker.put(told_set(name=name, sha256=digest, version=version))
    result = f'{{"sets": [{{"sha256": "{digest}"}}]}}'
    errand_id = str(order.errand_id)
    broker.errands[errand_id] = ErrandStatus(errand_id, ErrandState.DONE, result=result)
    turn = OrderProgress.objects.get(pk=order.pk).turn
    order_advance(order.id, turn, broker=broker, actor=SYSTEM)
    order_advance(order.id, turn, broker=broker, actor=SYSTEM)
    return order


def test_changed_decisions_are_handed_over_once_and_replace_the_earlier_list(
    user: User, case: Case
) -> None:
    broker = ToldBroker()
    assert force_sets_hand_over(broker, SYSTEM) is None
    grade(user, case, 1)

    assert force_sets_hand_over(broker, SYSTEM) == SOON_S
    assert force_sets_hand_over(broker, SYSTEM) == SOON_S
    imported(broker, "1")
    assert force_sets_hand_over(broker, SYSTEM) is None
    grade(user, case, 2)
    broker.is_gone = True
    assert force_sets_hand_over(broker, SYSTEM) == TROUBLE_S
    broker.is_gone = False
    force_sets_hand_over(broker, SYSTEM)
    imported(broker, "2")
    force_sets_hand_over(broker, SYSTEM)

    assert list(ForceSet.objects.order_by("number").values_list("count", flat=True)) == [1, 2]
    wanted = dict(HashSet.objects.values_list("sha256", "wanted"))
    assert wanted == {"1" * 64: "disable", "2" * 64: ""}


def test_our_own_importer_reads_the_list(user: User, case: Case, tmp_path: Path) -> None:
    grade(user, case, 1)
    path = tmp_path / "decisions.csv"
    path.write_bytes(force_list(SCHEME).data)
    made_of = terms("decisions", status=SetStatus.CATEGORISED, scheme=SCHEME)

    made = import_set(HashSets(tmp_path / "hashsets"), path, made_of)

    assert made.facts.records == 1
    assert made.facts.keys == {"md5": 1, "sha1": 1, "sha256": 1}
    assert (made.facts.status, made.facts.scheme) == (SetStatus.CATEGORISED, SCHEME)
    assert made.document.format == "csv"
    assert content("a").hex() in path.read_text()
