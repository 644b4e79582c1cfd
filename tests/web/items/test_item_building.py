"""Building the items of a case: one for each content, places for ever, leads, ranks, facts."""

import random
from collections.abc import Iterator

import pytest
from web.conftest import MakeCase, MakeUser
from web.matching.stacked import Shot, flipped, package_of_shots

from polit.web.accounts.models import User
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.items.columns import Columns
from polit.web.items.models import Item, ItemColumns, ItemPlace, ReviewSet
from polit.web.items.queries.sets import columns_get
from polit.web.items.rules import ItemState, place_of
from polit.web.items.services import item_split, items_mark
from polit.web.items.services.building import items_build
from polit.web.items.signals import items_built
from polit.web.matching.models import KnownContent
from polit.web.matching.rules import Settled, Verdict
from polit.web.matching.services.stacking import stacks_make
from polit.web.media.models import Content, Package

FAR = [random.Random(seed).randbytes(32) for seed in range(8)]
SHOTS = (
    Shot("best", FAR[0], copies=2, width_px=2000),
    Shot("near", flipped(FAR[0], 20)),
    Shot("nearer", flipped(FAR[0], 4)),
    Shot("alone", FAR[1]),
    Shot("good", FAR[2]),
    Shot("sought", FAR[3]),
)


@pytest.fixture
def user(make_user: MakeUser) -> User:
    return make_user("g.example", Role.GRADER)


@pytest.fixture
def case(make_case: MakeCase, user: User) -> Case:
    return make_case("T-1", user)


def known(package: Package, shot: Shot, verdict: Verdict, settled: Settled) -> None:
    """Say what is known of a picture."""
    content = Content.objects.get(package=package, sha256=shot.sha256)
    KnownContent.objects.create(
        id=content.id, verdict=verdict, settled=settled, source_number=package.number, matches=1,
        sets=1,
    )  # fmt: skip


def built(case: Case) -> ReviewSet:
    """Compute stacks and items."""
    stacks_make(case.id, None)
    review_set = items_build(case.id)
    assert review_set is not None
    return review_set


def items(case: Case) -> dict[bytes, Item]:
    return {bytes(each.sha256): each for each in Item.objects.filter(review_set__case=case)}


@pytest.fixture
def first(case: Case) -> Package:
    package = package_of_shots(case, SHOTS)
    known(package, SHOTS[4], Verdict.KNOWN_GOOD, Settled.KNOWN_GOOD)
    known(package, SHOTS[5], Verdict.ALERT, Settled.NOT)
    return package


@pytest.fixture
def told() -> Iterator[list[range]]:
    """Return what builds tell of new places."""
    heard: list[range] = []

    def listen(fresh_places: range, **_sent: object) -> None:
        heard.append(fresh_places)

    items_built.connect(listen)
    yield heard
    items_built.disconnect(listen)


def test_a_case_has_one_item_for_each_content(
    case: Case, first: Package, told: list[range]
) -> None:
    assert first.state == "imported"
    review_set = built(case)
    found = items(case)
    best, near, nearer, alone, good, sought = (found[shot.sha256] for shot in SHOTS)
    assert sorted(place_of(each.pk) for each in found.values()) == [1, 2, 3, 4, 5, 6]
    assert told == [range(1, 7)]
    assert review_set.media_files == 7
    lead = place_of(best.pk)
    assert [(each.lead_place, each.stack_items) for each in (best, near, nearer)] == [
        (lead, 3), (lead, 1), (lead, 1)
    ]  # fmt: skip
    assert (alone.lead_place, best.occurrences) == (place_of(alone.pk), 2)
    assert (good.state, sought.state) == (ItemState.SETTLED, ItemState.PENDING)
    ranks = sorted(found.values(), key=lambda each: each.rank)
    assert ranks[0] == sought
    assert ranks[-1] == good
    assert [each.rank for each in (near, nearer)] == [best.rank + 1, best.rank + 2] or [
        each.rank for each in (nearer, near)
    ] == [best.rank + 1, best.rank + 2]


def test_decisions_and_places_outlive_what_comes_and_goes(
    case: Case, user: User, first: Package, told: list[range]
) -> None:
    review_set = built(case)
    found = items(case)
    alone = found[SHOTS[3].sha256]

    # A decision, then another package with a copy and something new: nothing moves.
    with act(SYSTEM, "tests.mark", reason="a test", case=case) as deed:
        revision = items_mark(review_set, [place_of(alone.pk)], state=ItemState.GRADED, grade=2,
                              flags=1, graded_by=user.pk)  # fmt: skip
        deed.about("items", "1")
    second = package_of_shots(case, (SHOTS[0], Shot("new", FAR[5])), "AB/2")
    known(second, SHOTS[0], Verdict.NEAR_ALERT, Settled.NOT)
    review_set = built(case)
    after = items(case)
    assert told[1:] == [range(7, 8)]
    assert {sha: each.pk for sha, each in after.items() if sha in found} == {
        sha: each.pk for sha, each in found.items()
    }
    kept = after[SHOTS[3].sha256]
    assert (kept.state, kept.grade, kept.graded_by, kept.revision) == (
        ItemState.GRADED, 2, user.pk, revision
    )  # fmt: skip
    risen = after[SHOTS[0].sha256]
    assert (risen.verdict, risen.occurrences, risen.stack_items) == (Verdict.NEAR_ALERT, 4, 1)
    assert ItemPlace.objects.filter(item=risen).count() == 2
    heir = next(each for each in after.values() if each.stack_items == 2)
    assert bytes(heir.sha256) in {SHOTS[1].sha256, SHOTS[2].sha256}

    # The first package is withdrawn: what it alone held is absent, its places stay.
    with act(SYSTEM, "tests.withdraw", reason="a test", case=case) as deed:
        first.state = "withdrawn"
        first.save()
        deed.about("package", first.id)
    review_set = built(case)
    gone = items(case)
    assert {sha for sha, each in gone.items() if each.is_present} == {
        SHOTS[0].sha256, Shot("new", FAR[5]).sha256
    }  # fmt: skip
    assert gone[SHOTS[3].sha256].grade == 2
    assert items_build(case.id) == review_set
    assert told[3:] == []  # built already: nothing is done


def test_columns_hold_what_the_items_hold_after_decisions_and_splits(
    case: Case, user: User
) -> None:
    package_of_shots(case, SHOTS)
    review_set = built(case)
    before = columns_get(review_set)
    found = items(case)
    best, near = found[SHOTS[0].sha256], found[SHOTS[1].sha256]

    with act(SYSTEM, "tests.mark", reason="a test", case=case) as deed:
        items_mark(review_set, [place_of(near.pk)], state=ItemState.UNSURE, grade=0, flags=4,
                   graded_by=user.pk)  # fmt: skip
        item_split(review_set, place_of(best.pk))
        deed.about("items", "1")
    review_set.refresh_from_db()
    columns = columns_get(review_set)

    assert columns is before  # taken up, not read anew
    _assert_same(columns, case)
    heir = found[SHOTS[1].sha256].pk, found[SHOTS[2].sha256].pk
    after = items(case)
    assert after[SHOTS[0].sha256].stack_items == 1
    assert {after[SHOTS[n].sha256].lead_place for n in (1, 2)} <= {place_of(pk) for pk in heir}
    assert ItemColumns.objects.filter(review_set=review_set).count() == 1

    ReviewSet.objects.update(basis="")
    rebuilt = built(case)
    assert items(case)[SHOTS[0].sha256].lead_place == place_of(best.pk)
    assert sorted(each.stack_items for each in items(case).values()) == [1, 1, 1, 1, 1, 2]
    _assert_same(columns_get(rebuilt), case)


def _assert_same(columns: Columns, case: Case) -> None:
    for item in items(case).values():
        place = place_of(item.pk)
        names = ("state", "grade", "flags", "rank", "lead", "stack", "verdict", "tile", "size")
        assert tuple(int(columns[name][place]) for name in names) == (
            item.state, item.grade, item.flags, item.rank, item.lead_place, item.stack_items,
            item.verdict, int(item.has_tile), item.size_bytes,
        )  # fmt: skip
        halves = int(columns["grader_high"][place]) << 64 | int(columns["grader_low"][place])
        assert halves == (item.graded_by.int if item.graded_by else 0)
