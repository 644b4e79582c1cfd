"""Raises alerts: one task for each content of a case, whatever raises it, and however often."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.urls import reverse

from polit.base.clock import now_utc
from polit.web.audit.rules import Nature
from polit.web.audit.services import act
from polit.web.cases.models import Case, CaseMember
from polit.web.cases.rules import Duty
from polit.web.cases.services import notice_put
from polit.web.core.acting import Actor
from polit.web.matching.models import (
    Alert,
    AlertPlace,
    AlertStep,
    ContentMatch,
    KnownContent,
    MatchSource,
)
from polit.web.matching.rules import ALERTING, LAST_DIGEST, AlertState
from polit.web.media.models import Content
from polit.web.media.rules import rows_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

_CONTENTS_AT_ONCE = 500
_MOST_NAMES = 5
_TOLD = (Duty.LEAD.value, Duty.DEPUTY.value)


@dataclass(slots=True)
class Raised:
    """What one source raised.

    Args:
        exact: New alerts by a digest.
        near: New alerts by likeness alone.
        sharpened: Alerts that were there by likeness, and stand by a digest now.
    """

    exact: int = 0
    near: int = 0
    sharpened: int = 0

    @property
    def new(self) -> int:
        """How many new tasks there are."""
        return self.exact + self.near


@dataclass(slots=True)
class _Found:
    """A content that alerts, and its most telling match."""

    content_id: int
    sha256: bytes
    is_exact: bool
    asserted: str
    distance_bits: int
    names: list[str] = field(default_factory=list)


def alerts_raise(actor: Actor, *, reason: str, source: MatchSource) -> Raised:
    """Raise the alerts of a source on the case of its package: those that are new.

    A content that has an alert in the case keeps it as it stands, whatever raises it again; but
    one that was there by likeness alone is opened anew when a digest says so.

    Returns:
        How many; nothing is recorded where nothing alerts.
    """
    raised = Raised()
    case = source.package.case
    if not _waiting(source, 0).exists():
        return raised
    with act(
        actor, "matching.alerts_raise", reason=reason, case=case, nature=Nature.COMBINATION
    ) as deed:
        # Of two imports into one case the second sees what the first raised.
        Case.objects.select_for_update().get(pk=case.pk)
        for some in _alerting(source):
            _keep(actor, reason, source, some, raised)
        deed.about("match_source", source.id, label=source.package.package_id,
                   supplement=source.supplement, exact=raised.exact, near=raised.near,
                   sharpened=raised.sharpened)  # fmt: skip
        _tell(case, raised)
    return raised


def _waiting(source: MatchSource, after: int) -> "QuerySet[KnownContent]":
    first, last = rows_of(source.package.number)
    return KnownContent.objects.filter(
        verdict__in=ALERTING, id__gt=max(after, first - 1), id__lte=last
    )


def _alerting(source: MatchSource) -> Iterator[list[_Found]]:
    after = 0
    while True:
        rows = _waiting(source, after).order_by("id").values_list("id", flat=True)
        some = list(rows[:_CONTENTS_AT_ONCE])
        if some:
            yield _found(source, some)
        if len(some) < _CONTENTS_AT_ONCE:
            return
        after = some[-1]


def _found(source: MatchSource, contents: list[int]) -> list[_Found]:
    digests = dict(Content.objects.filter(id__in=contents).values_list("id", "sha256"))
    rows = ContentMatch.objects.filter(
        content_id__in=contents, alerts=True, id__range=rows_of(source.number)
    )
    found: dict[int, _Found] = {}
    # The strongest first: by a digest, then the nearest.
    named = rows.order_by("content_id", "distance_bits", "threshold_bits", "id").values_list(
        "content_id", "algorithm", "asserted__word", "distance_bits", "match_set__name"
    )
    for content_id, algorithm, asserted, distance, name in named:
        one = found.get(content_id)
        is_exact = algorithm <= LAST_DIGEST
        if one is None:
            one = _Found(content_id, bytes(digests[content_id]), is_exact, asserted, distance)
            found[content_id] = one
        if one.is_exact == is_exact and name not in one.names and len(one.names) < _MOST_NAMES:
            one.names.append(name)
    return list(found.values())


def _keep(
    actor: Actor, reason: str, source: MatchSource, some: list[_Found], raised: Raised
) -> None:
    case = source.package.case
    held = Alert.objects.select_for_update().filter(
        case=case, sha256__in=[each.sha256 for each in some]
    )
    there = {bytes(alert.sha256): alert for alert in held}
    new, steps = [], []
    for each in some:
        alert = there.get(each.sha256)
        if alert is None:
            alert = there[each.sha256] = _made(source, each)
            new.append(alert)
            steps.append(AlertStep(alert=alert, action="raise", by=actor.name, reason=reason))
            raised.exact += each.is_exact
            raised.near += not each.is_exact
        elif each.is_exact and not alert.is_exact:
            _sharpen(alert, source, each)
            steps.append(AlertStep(alert=alert, action="raise_exact", by=actor.name, reason=reason))
            raised.sharpened += 1
    Alert.objects.bulk_create(new)
    AlertStep.objects.bulk_create(steps)
    AlertPlace.objects.bulk_create(
        [
            AlertPlace(alert=there[each.sha256], package=source.package, source=source,
                       content_id=each.content_id)
            for each in some
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def _made(source: MatchSource, found: _Found) -> Alert:
    alert = Alert(case=source.package.case, sha256=found.sha256, raised_at=now_utc())
    _say(alert, source, found)
    return alert


def _sharpen(alert: Alert, source: MatchSource, found: _Found) -> None:
    alert.state = AlertState.OPEN.value
    _say(alert, source, found)
    alert.save()


def _say(alert: Alert, source: MatchSource, found: _Found) -> None:
    alert.is_exact = found.is_exact
    alert.place = f"{'1' if found.is_exact else '2'} {alert.raised_at:%Y-%m-%dT%H:%M:%S.%f}"
    alert.exhibit = source.package.exhibit
    alert.source = source
    alert.content_id = found.content_id
    alert.set_names = json.dumps(found.names)
    alert.asserted = found.asserted
    alert.distance_bits = found.distance_bits


def _tell(case: Case, raised: Raised) -> None:
    """Tell who leads the case: counts, never a name."""
    if not raised.new and not raised.sharpened:
        return
    exact = raised.exact + raised.sharpened
    text = f"{case.reference}: {exact} new alert{'' if exact == 1 else 's'} of hash sets"
    if raised.near:
        text += f", {raised.near} more by likeness alone"
    link = reverse("matching:alerts", kwargs={"case_id": case.id})
    leads = CaseMember.objects.filter(case=case, ended_at=None, duty__in=_TOLD)
    for user_id in leads.order_by("recorded_at").values_list("user_id", flat=True):
        notice_put(user_id=user_id, text=text, link=link)
