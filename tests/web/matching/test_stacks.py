"""Stacks and effect: alike contents together, each file in one place, made anew when needed."""

import random
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from web.conftest import ClientFor, MakeCase, MakeUser
from web.matching.stacked import Shot, flipped, package_of_shots

from polit.match.effect import effect_of
from polit.match.stacks import stacks_of
from polit.web.accounts.models import User
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.matching.models import KnownContent, StackMember, StackRow, StackRun
from polit.web.matching.rules import Settled, Verdict
from polit.web.matching.services import stackables, stacking
from polit.web.matching.services.stacking import stacks_make
from polit.web.matching.stack_queries import EffectFigures, effect_figures
from polit.web.media.models import Content, Package

FAR = [random.Random(seed).randbytes(32) for seed in range(8)]


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "polit"))


@pytest.fixture
def user(make_user: MakeUser) -> User:
    return make_user("g.example", Role.GRADER, Role.INVESTIGATOR)


@pytest.fixture
def case(make_case: MakeCase, user: User) -> Case:
    return make_case("T-1", user)


SHOTS = (
    Shot("best", FAR[0], copies=2, width_px=2000),
    Shot("near", flipped(FAR[0], 20)),
    Shot("nearer", flipped(FAR[0], 4)),
    Shot("beyond", flipped(FAR[0], 32, begin=100), copies=3),
    Shot("flat", FAR[0], quality=10),
    Shot("alone", FAR[1]),
)


def known(package: Package, shot: Shot, verdict: Verdict, settled: Settled) -> None:
    """Say what is known of a picture."""
    content = Content.objects.get(package=package, sha256=shot.sha256)
    KnownContent.objects.create(
        id=content.id, verdict=verdict, settled=settled, source_number=package.number, matches=1,
        sets=1,
    )  # fmt: skip


def made(case: Case, package: Package | None = None) -> StackRun:
    run = stacks_make(case.id, package.id if package else None)
    assert run is not None
    return run


def figures(run: StackRun) -> EffectFigures:
    found = effect_figures(run)
    assert found is not None
    return found


def stacks(run: StackRun) -> list[tuple[int, int, int]]:
    rows = StackRow.objects.filter(id__range=(run.pk << 32, (run.pk + 1) << 32)).order_by("id")
    return [(row.contents, row.occurrences, row.farthest_bits) for row in rows]


def test_alike_contents_stand_behind_the_best_copy(case: Case) -> None:
    package = package_of_shots(case, SHOTS)

    run = made(case, package)

    assert stacks(run) == [(3, 4, 20), (1, 3, 0)]
    first = StackMember.objects.filter(stack_id=(run.pk << 32) + 1).order_by("id")
    assert (first[0].distance_bits, first[0].occurrences) == (0, 2)
    assert sorted(m.distance_bits for m in first) == [0, 4, 20]


def test_each_file_stands_in_one_place_and_known_ones_do_not_stack(case: Case) -> None:
    package = package_of_shots(case, SHOTS)
    known(package, SHOTS[0], Verdict.KNOWN_GOOD, Settled.KNOWN_GOOD)
    known(package, SHOTS[5], Verdict.NEAR_ALERT, Settled.NOT)

    effect = figures(made(case, package))

    assert effect == EffectFigures(
        media_files=9, known_good=2, categorised=0, exact_copies=2, near_copies=1,
        alerts_to_view=1, others_to_view=3, not_decoded=0,
    )  # fmt: skip
    assert effect.views_per_1000 == 445  # 4 of 9, rounded up


def test_record_counts_as_the_engine_does(case: Case) -> None:
    rng = random.Random(7)
    shots = [
        Shot(f"s{n}", flipped(FAR[n % 4], rng.randrange(60)), copies=rng.randrange(1, 4),
             quality=rng.choice((10, 60, 90)), width_px=rng.randrange(100, 999))
        for n in range(120)
    ]  # fmt: skip
    package = package_of_shots(case, shots)
    for shot in shots[::9]:
        known(package, shot, Verdict.CATEGORISED, Settled.CATEGORISED)
    numbers = [package.number]
    media = [one.stackable for one in stackables.stackables(numbers)]

    run = made(case, package)

    expected = effect_of(media, stackables.verdicts(numbers))
    assert figures(run).left_to_view == expected.effect.left_to_view
    assert run.stacks == sum(stack.occurrences > 1 for stack in expected.stacks)
    assert len(stacks_of(media)) > run.stacks


def test_case_counts_a_content_of_two_exhibits_once(case: Case) -> None:
    package_of_shots(case, SHOTS[:1])
    package_of_shots(case, SHOTS[:2], exhibit="AB/2")

    run = made(case)

    assert stacks(run) == [(2, 5, 20)]
    assert figures(run).exact_copies == 3


def test_what_one_package_knows_counts_for_copies_in_another(case: Case) -> None:
    first = package_of_shots(case, SHOTS[:1])
    second = package_of_shots(case, SHOTS[:1], exhibit="AB/2")
    known(first, SHOTS[0], Verdict.KNOWN_GOOD, Settled.KNOWN_GOOD)

    assert figures(made(case)).known_good == 4

    known(second, SHOTS[0], Verdict.ALERT, Settled.NOT)
    StackRun.objects.all().delete()

    assert figures(made(case)).known_good == 0
    assert figures(made(case)).alerts_to_view == 1


@pytest.mark.parametrize("turned", [False, True])
def test_what_contradicts_itself_in_one_package_is_settled_in_none(
    case: Case, *, turned: bool
) -> None:
    shot = Shot("alone", FAR[1])
    said = [(Verdict.CATEGORISED, Settled.CATEGORISED), (Verdict.CATEGORISED, Settled.NOT)]
    for number, what in enumerate(reversed(said) if turned else said, start=1):
        known(package_of_shots(case, (shot,), exhibit=f"AB/{number}"), shot, *what)

    effect = figures(made(case))

    assert (effect.categorised, effect.exact_copies, effect.others_to_view) == (0, 1, 1)


def test_nothing_is_made_twice_and_earlier_runs_go(case: Case) -> None:
    package_of_shots(case, SHOTS)
    first = made(case)
    assert made(case).pk == first.pk

    package_of_shots(case, SHOTS[5:], exhibit="AB/2")
    second = made(case)

    assert second.pk != first.pk
    assert list(StackRun.objects.values_list("id", flat=True)) == [second.pk]
    assert not StackMember.objects.filter(id__lt=second.pk << 32).exists()


def test_withdrawn_package_leaves_the_stacks(case: Case) -> None:
    package = package_of_shots(case, SHOTS)
    made(case)
    with act(SYSTEM, "tests.package", reason="a test") as deed:
        package.state = "withdrawn"
        package.save()
        deed.about("package", package.id)

    assert stacks(made(case)) == []
    assert figures(made(case)).media_files == 0


def test_same_rows_give_the_same_stacks_whatever_the_batches(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    package_of_shots(case, SHOTS)
    whole = stacks(made(case))
    StackRun.objects.all().delete()
    monkeypatch.setattr(stackables, "_CONTENTS_AT_ONCE", 2)
    monkeypatch.setattr(stacking, "_ROWS_AT_ONCE", 1)

    assert stacks(made(case)) == whole


def test_pages_show_stacks_members_and_effect(
    case: Case, user: User, client_for: ClientFor
) -> None:
    package = package_of_shots(case, SHOTS)
    made(case)
    run = made(case, package)
    client = client_for(user)
    results = f"/cases/{case.id}/examinations/{package.examination_id}/results/"

    of_package = text_of(client, f"{results}stacks/")
    of_case = text_of(client, f"/cases/{case.id}/stacks/")
    one = text_of(client, f"/cases/{case.id}/stacks/{(run.pk << 32) + 1}/")
    page = text_of(client, f"/cases/{case.id}/")

    for text in (of_package, of_case):
        assert "2 stacks of two files or more" in text
        assert "3 alike, up to 20 bits" in text
        assert "exact copies" in text
    assert one.index("best-0.jpg") < one.index("near-0.jpg")
    assert "4 bits (full)" in one
    assert "What matching spares in this case" in page
    assert "445 views per 1,000" in page
    assert 'style="' not in page + one + of_case


@pytest.mark.parametrize(
    "kept", ["{}", '{"media_files": 3}', "[]", '{"media_files": null, "known_good": "1"}']
)
def test_effect_that_an_earlier_version_counted_breaks_no_page(
    case: Case, user: User, client_for: ClientFor, kept: str
) -> None:
    package_of_shots(case, SHOTS)
    StackRun.objects.filter(pk=made(case).pk).update(effect=kept)

    page = client_for(user).get(f"/cases/{case.id}/")

    assert page.status_code == 200
    assert b"Not counted yet" in page.content


def test_run_that_was_dropped_meanwhile_leaves_no_rows(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    package_of_shots(case, SHOTS)
    compute = effect_of

    def dropped(*args: Any, **options: Any) -> object:
        StackRun.objects.all().delete()
        return compute(*args, **options)

    monkeypatch.setattr(stacking, "effect_of", dropped)

    assert stacks_make(case.id, None) is None
    assert not StackRow.objects.exists()
    assert not StackMember.objects.exists()


def test_stack_of_another_case_is_not_there(
    case: Case, user: User, client_for: ClientFor, make_case: MakeCase
) -> None:
    package_of_shots(case, SHOTS)
    run = made(case)
    other = make_case("T-2", user)
    client = client_for(user)

    for number in ((run.pk << 32) + 1, 2**64, 7):
        assert client.get(f"/cases/{other.id}/stacks/{number}/").status_code == 404


def test_queries_of_stacks_do_not_grow(case: Case, user: User, client_for: ClientFor) -> None:
    many = [Shot(f"m{n}", random.Random(n).randbytes(32), copies=2) for n in range(70)]
    package_of_shots(case, many)
    made(case)
    client = client_for(user)
    counts = []
    for query in ("", f"?after={(StackRun.objects.get().pk << 32) + 60}"):
        url = f"/cases/{case.id}/stacks/{query}"
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))

    assert counts[0] == counts[1] == 14


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, response.content[:300]
    return response.content.decode()
