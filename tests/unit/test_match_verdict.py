"""What follows from matches: every combination of what a set may say."""

from itertools import product

import pytest

from polit.match.matcher import Verdict, verdict
from polit.model.matching import Match

GOOD, UNGRADED = "known-good", "uncategorised"
INDECENT, HARMLESS, OTHER_SCHEME = "uk-2014/1/A", "uk-2014/1/none", "us/1/4"


def match(
    asserted: str,
    *,
    algorithm: str = "sha256",
    alerts: bool = False,
    settles: bool = False,
    record: int = 0,
) -> Match:
    """Return a match of one content."""
    threshold = 31 if algorithm in {"pdq", "vpdq"} else 0
    variant = "full" if threshold else ""
    return Match(bytes(32), "ab" * 32, record, algorithm, variant, 0, threshold, asserted, alerts,
                 settles)  # fmt: skip


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256"])
@pytest.mark.parametrize(("alerts", "settles"), [*product((False, True), repeat=2)])
@pytest.mark.parametrize("asserted", [GOOD, INDECENT, UNGRADED, "number:7"])
def test_one_exact_match_says_what_its_record_says(
    algorithm: str, alerts: bool, settles: bool, asserted: str
) -> None:
    found = verdict([match(asserted, algorithm=algorithm, alerts=alerts, settles=settles)])

    good = "known_good" if not alerts else ""
    settled = (good if asserted == GOOD else "categorised") if settles else ""
    assert found == Verdict(alerts_exact=alerts, alerts_near=False, settled=settled)


@pytest.mark.parametrize("algorithm", ["pdq", "vpdq"])
@pytest.mark.parametrize("alerts", [False, True])
@pytest.mark.parametrize("asserted", [GOOD, INDECENT, UNGRADED])
def test_a_near_match_alerts_apart_and_never_settles(
    algorithm: str, alerts: bool, asserted: str
) -> None:
    found = verdict([match(asserted, algorithm=algorithm, alerts=alerts)])

    assert found == Verdict(alerts_exact=False, alerts_near=alerts, settled="")


@pytest.mark.parametrize("other", [
    match(INDECENT, alerts=True, record=1),
    match(UNGRADED, alerts=True, record=1),
    match("alert", alerts=True, algorithm="md5", record=1),
    match(UNGRADED, record=1),
])  # fmt: skip
@pytest.mark.parametrize("first", [True, False])
def test_known_good_does_not_settle_what_another_says_more_of(other: Match, first: bool) -> None:
    good = match(GOOD, settles=True)

    found = verdict([good, other] if first else [other, good])

    assert found.settled == ""
    assert found.alerts_exact is other.alerts


def test_a_category_beats_known_good() -> None:
    good, graded = match(GOOD, settles=True), match(HARMLESS, settles=True, record=1)

    assert verdict([good, graded]).settled == "categorised"


def test_a_near_alert_leaves_known_good_settled_and_is_told() -> None:
    found = verdict([match(GOOD, settles=True), match("alert", algorithm="pdq", alerts=True)])

    assert found == Verdict(alerts_exact=False, alerts_near=True, settled="known_good")


def test_categories_of_one_scheme_that_differ_settle_nothing() -> None:
    one, other = match(INDECENT, settles=True), match(HARMLESS, settles=True, record=1)

    assert verdict([one, other]).settled == ""


def test_a_category_that_settles_nothing_by_itself_differs_all_the_same() -> None:
    one, other = match(INDECENT, settles=True), match("uk-2014/1/age-difficult", record=1)

    assert verdict([one, other]).settled == ""
    assert verdict([one, match("words:uk-2014/1/C", record=1)]).settled == "categorised"


def test_categories_of_two_schemes_settle_together() -> None:
    one, other = match(INDECENT, settles=True), match(OTHER_SCHEME, settles=True, record=1)

    assert verdict([one, one, other]).settled == "categorised"


def test_a_category_that_would_not_alert_does_not_settle_what_alerts() -> None:
    harmless, wanted = match(HARMLESS, settles=True), match("alert", alerts=True, record=1)
    graded = match(OTHER_SCHEME, alerts=True, settles=True, record=2)

    assert verdict([harmless, wanted]).settled == ""
    assert verdict([harmless, graded]).settled == ""
    assert verdict([graded, wanted]).settled == "categorised"


def test_nothing_follows_from_nothing() -> None:
    assert verdict([]) == Verdict(alerts_exact=False, alerts_near=False, settled="")
