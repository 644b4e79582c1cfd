"""Alerts as tasks: raised once for a content of a case, worked through with reasons, audited."""

import random
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from made_packages import MadePackage, sealed
from matched_packages import (
    ALERTING,
    BROKEN,
    GOOD,
    GRADED,
    PICTURE,
    SETS,
    TEXT,
    exact,
    near,
    set_facts,
)
from web.conftest import MakeCase, MakeUser
from web.imported import Imported, imported

from polit.base.errors import AuthorityError, UsageError
from polit.match.matcher import verdict
from polit.model.matching import HashSetFacts, Match, SetStatus
from polit.web.audit.models import AuditEvent
from polit.web.audit.services import act
from polit.web.cases.models import Notice
from polit.web.cases.queries import case_access
from polit.web.core.acting import SYSTEM
from polit.web.core.rules import Role
from polit.web.matching.models import Alert, AlertStep, ContentMatch, KnownContent, MatchSource
from polit.web.matching.rules import Settled, Verdict
from polit.web.matching.services import alerts_act, alerts_raise
from polit.web.media.models import Content


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLIT_DATA", str(tmp_path / "polit"))


def made_with(folder: Path, *matches: Match) -> MadePackage:
    return sealed(folder, matches=matches, sets=SETS)


def there_with(folder: Path, *matches: Match, case: str = "T-1") -> Imported:
    return imported(case, folder, made_with(folder, *matches))


def test_every_match_of_a_package_is_in_the_record(tmp_path: Path) -> None:
    there = there_with(
        tmp_path,
        exact(PICTURE, ALERTING),
        near(BROKEN, GRADED),
        exact(TEXT, GOOD, algorithm="md5", settles=False),
    )

    rows = ContentMatch.objects.select_related("content", "match_set", "asserted", "variant")
    found = {
        bytes(row.content.sha256): (row.match_set.name, row.asserted.word, row.variant.word,
                                    row.distance_bits)
        for row in rows
    }  # fmt: skip
    assert found == {
        PICTURE: ("Alerting set", "alert", "", 0),
        BROKEN: ("Graded files", "uk-2014/1/B", "full", 12),
        TEXT: ("Good files", "known-good", "", 0),
    }
    source = MatchSource.objects.get()
    assert (source.number, source.sets, source.matches) == (there.package.number, 3, 3)


@pytest.mark.parametrize(
    ("matches", "expected", "settles"),
    [
        ([exact(PICTURE, GOOD), exact(PICTURE, ALERTING)], Verdict.ALERT, False),
        ([exact(PICTURE, GOOD)], Verdict.KNOWN_GOOD, True),
        ([exact(PICTURE, GOOD), exact(PICTURE, GRADED)], Verdict.CATEGORISED, True),
        ([exact(PICTURE, GOOD, algorithm="md5", settles=False)], Verdict.NOTED, False),
        ([exact(PICTURE, GRADED, contradicted=True, settles=False)], Verdict.NOTED, False),
        ([near(PICTURE, ALERTING)], Verdict.NEAR_ALERT, False),
        ([near(PICTURE, GOOD)], Verdict.NEAR, False),
    ],
)
def test_alert_beats_all_and_near_settles_nothing(
    tmp_path: Path, matches: list[Match], expected: Verdict, settles: bool
) -> None:
    there_with(tmp_path, *matches)

    known = KnownContent.objects.get()
    assert (Verdict(known.verdict), bool(known.settled)) == (expected, settles)
    assert known.matches == len(matches)


def test_content_is_one_alert_of_its_case_however_many_copies(tmp_path: Path) -> None:
    there = there_with(tmp_path, exact(PICTURE, ALERTING), near(BROKEN, ALERTING))

    alerts = list(Alert.objects.order_by("place"))
    assert [(bytes(a.sha256), a.is_exact, a.state) for a in alerts] == [
        (PICTURE, True, "open"), (BROKEN, False, "open"),
    ]  # fmt: skip
    assert alerts[0].exhibit == there.package.exhibit
    event = AuditEvent.objects.get(action="matching.alerts_raise")
    assert '"exact":1' in event.details
    assert '"near":1' in event.details


def test_raising_again_raises_nothing(tmp_path: Path) -> None:
    there_with(tmp_path, exact(PICTURE, ALERTING))
    source = MatchSource.objects.get()

    again = alerts_raise(SYSTEM, reason="again", source=source)

    assert (again.new, again.sharpened) == (0, 0)
    assert Alert.objects.count() == 1


def test_same_content_in_another_case_is_another_task(tmp_path: Path) -> None:
    there_with(tmp_path / "a", exact(PICTURE, ALERTING))
    there_with(tmp_path / "b", exact(PICTURE, ALERTING), case="T-2")

    assert Alert.objects.count() == 2


def test_no_match_raises_nothing_and_records_nothing(tmp_path: Path) -> None:
    there_with(tmp_path, exact(TEXT, GOOD))

    assert not Alert.objects.exists()
    assert not Notice.objects.exists()
    assert not AuditEvent.objects.filter(action="matching.alerts_raise").exists()


def test_lead_is_told_counts_and_no_name(
    tmp_path: Path, make_case: MakeCase, make_user: MakeUser
) -> None:
    lead = make_user("lead.example", Role.INVESTIGATOR)
    case = make_case("T-1", lead)
    member = case.members.get()
    with act(SYSTEM, "tests.lead", reason="a test") as deed:
        member.duty = "lead"
        member.save()
        deed.about("member", member.id)

    imported(case, tmp_path, made_with(tmp_path, exact(PICTURE, ALERTING)))

    notice = Notice.objects.get()
    assert notice.user == lead
    assert notice.text == "T-1: 1 new alert of hash sets"
    assert notice.link == f"/cases/{case.id}/alerts/"


def test_steps_of_an_alert_are_acts_with_reasons(
    tmp_path: Path, make_case: MakeCase, make_user: MakeUser
) -> None:
    user = make_user("i.example", Role.INVESTIGATOR)
    case = make_case("T-1", user)
    imported(case, tmp_path, made_with(tmp_path, exact(PICTURE, ALERTING), near(BROKEN, ALERTING)))
    access = case_access(user, case.id)
    assert access is not None
    both = list(Alert.objects.values_list("pk", flat=True))

    def did(action: str, *, roles: frozenset[Role] = user.roles, reason: str = "seen") -> int:
        return alerts_act(
            SYSTEM, reason=reason, access=access, alerts=both, action=action, roles=roles
        )

    assert did("acknowledge") == 2
    with pytest.raises(UsageError, match="cannot acknowledge"):
        did("acknowledge")
    with pytest.raises(AuthorityError):
        did("close", roles=frozenset({Role.GRADER}))
    with pytest.raises(UsageError, match="say why"):
        did("close", reason=" ")
    assert did("close") == 2
    assert did("reopen") == 2
    assert set(Alert.objects.values_list("state", flat=True)) == {"open"}
    actions = AuditEvent.objects.filter(action__startswith="matching.alert_").order_by("seq")
    assert [each.action.rpartition("_")[2] for each in actions] == [
        "acknowledge", "acknowledge", "close", "close", "reopen", "reopen",
    ]  # fmt: skip
    assert AlertStep.objects.count() == 8


def test_selection_must_be_of_the_case(
    tmp_path: Path, make_case: MakeCase, make_user: MakeUser
) -> None:
    there_with(tmp_path, exact(PICTURE, ALERTING))
    user = make_user("i.example", Role.INVESTIGATOR)
    other = case_access(user, make_case("T-9", user).id)
    assert other is not None
    alert = Alert.objects.get()

    with pytest.raises(UsageError, match="not in this case"):
        alerts_act(SYSTEM, reason="x", access=other, alerts=[alert.pk], action="close",
                   roles=user.roles)  # fmt: skip
    with pytest.raises(UsageError, match="choose from 1"):
        alerts_act(SYSTEM, reason="x", access=other, alerts=[], action="close", roles=user.roles)


def test_steps_are_never_changed(tmp_path: Path) -> None:
    there_with(tmp_path, exact(PICTURE, ALERTING))

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE matching_alert_step SET reason = 'another'")


def test_likeness_that_a_digest_confirms_is_opened_anew(
    tmp_path: Path, make_case: MakeCase, make_user: MakeUser
) -> None:
    user = make_user("i.example", Role.INVESTIGATOR)
    case = make_case("T-1", user)
    imported(case, tmp_path / "a", made_with(tmp_path / "a", near(PICTURE, ALERTING)))
    access = case_access(user, case.id)
    assert access is not None
    alert = Alert.objects.get()
    alerts_act(SYSTEM, reason="another picture", access=access, alerts=[alert.pk], action="close",
               roles=user.roles)  # fmt: skip
    source = MatchSource.objects.get()
    ContentMatch.objects.update(algorithm=3, distance_bits=0)
    KnownContent.objects.update(verdict=1)

    raised = alerts_raise(SYSTEM, reason="matched again", source=source)

    alert.refresh_from_db()
    assert raised.sharpened == 1
    assert (alert.state, alert.is_exact, alert.distance_bits) == ("open", True, 0)
    assert AlertStep.objects.filter(action="raise_exact").count() == 1


def test_what_is_settled_is_what_the_matcher_decides(tmp_path: Path) -> None:
    rng = random.Random(11)
    other = set_facts("Graded elsewhere", SetStatus.CATEGORISED, scheme="us-ncmec/1")
    third = set_facts("Graded twice", SetStatus.CATEGORISED, scheme="uk-2014/1")
    sets = (*SETS, other, third)
    words = ("uk-2014/1/A", "uk-2014/1/B", "us-ncmec/1/A1", "number:3", "known-good", "alert")
    for turn in range(6):
        drawn = {content: _drawn(rng, content, sets, words) for content in (PICTURE, TEXT, BROKEN)}
        matches = [match for found in drawn.values() for match in found]
        imported(f"T-{turn}", tmp_path / str(turn), sealed(tmp_path / str(turn), matches=matches,
                                                           sets=sets))  # fmt: skip

        known = {bytes(Content.objects.get(pk=each.id).sha256): each
                 for each in KnownContent.objects.order_by("-id")[:3]}  # fmt: skip
        for content, found in drawn.items():
            expected, each = verdict(found), known[content]
            said = Settled(each.settled).name.lower() if each.settled else ""
            assert said == expected.settled, found
            assert (each.verdict == Verdict.ALERT) is expected.alerts_exact
            assert expected.alerts_near or each.verdict != Verdict.NEAR_ALERT


def _drawn(
    rng: random.Random, content: bytes, sets: tuple[HashSetFacts, ...], words: tuple[str, ...]
) -> list[Match]:
    matches = []
    for facts in rng.sample(sets, rng.randrange(1, 5)):
        word = {"known-good": "known-good", "alert": "alert"}.get(facts.status.value)
        by_digest = exact(
            content, facts, asserted=word or rng.choice(words), alerts=rng.random() < 0.2,
            settles=rng.random() < 0.7, algorithm=rng.choice(("md5", "sha1", "sha256")),
        )  # fmt: skip
        matches.append(rng.choice((by_digest, by_digest, near(content, facts))))
    return matches
