"""Brings the items of a case in line with its packages, matches and stacks. Run by the worker.

Whatever is built may be built again: the same packages, matches and stacks give the same items.
Decisions are never written here, and places never change. Of two builds at once the later one
takes over: the earlier sees its fence gone at its next step and ends. Pages see the columns of
the last build that ended (``publishing``).
"""

import hashlib
import json
from uuid import UUID

from django.db.models import Max

from polit.base.clock import now_utc
from polit.web.items.models import ReviewSet
from polit.web.items.queries.suggested import devices_of
from polit.web.items.services.facts import facts_gather
from polit.web.items.services.folding import folders_count
from polit.web.items.services.following import followings_end
from polit.web.items.services.holding import Hold, Overtaken
from polit.web.items.services.leading import leads_find, ranks_find
from polit.web.items.services.placing import places_bring
from polit.web.items.services.publishing import columns_publish
from polit.web.items.services.suggested import suggestions_find
from polit.web.items.services.writing import facts_write
from polit.web.items.signals import items_built
from polit.web.matching.models import MatchSource, StackRun
from polit.web.media.models import Package
from polit.web.media.rules import PackageState

_VERSION = 3
"""Of what is built; a new one builds all anew."""


def items_build(case_id: UUID) -> ReviewSet | None:
    """Bring a case's items in line, unless they are.

    Returns:
        The review set; ``None`` where the case never had a package, or a later build took over.
    """
    packages = _packages(case_id)
    review_set = ReviewSet.objects.filter(case_id=case_id).first()
    if review_set is None:
        if not packages:
            return None
        review_set, _ = ReviewSet.objects.get_or_create(case_id=case_id)
    run = _run(case_id)
    basis = _basis(case_id, packages, run)
    if review_set.basis == basis:
        return review_set
    hold = Hold(review_set)
    try:
        _build(hold, packages, run)
        _end(hold, basis, run)
    except Overtaken:
        return None
    review_set.refresh_from_db()
    return review_set


def _build(hold: Hold, packages: list[int], run: StackRun | None) -> None:
    last_place = places_bring(hold, packages)
    facts = facts_gather(hold.review_set.pk, packages, last_place=last_place)
    suggestions_find(facts, hold.review_set.case_id, packages)
    leads_find(facts, run)
    ranks_find(facts)
    facts_write(hold, facts)
    folders_count(hold, packages)
    with hold.step():
        ReviewSet.objects.filter(pk=hold.review_set.pk).update(media_files=facts.media_files)
    hold.review_set.refresh_from_db()
    columns_publish(hold)


def _end(hold: Hold, basis: str, run: StackRun | None) -> None:
    """Tell others of the new places, then note what was built: a build that was cut off is not."""
    review_set = hold.review_set
    review_set.refresh_from_db()
    fresh = range(review_set.told_place + 1, review_set.last_place + 1)
    items_built.send(sender=ReviewSet, review_set=review_set, fresh_places=fresh)
    with hold.step():
        ReviewSet.objects.filter(pk=review_set.pk).update(
            basis=basis, run=run.pk if run is not None else 0, told_place=review_set.last_place,
            built_at=now_utc(),
        )  # fmt: skip
        followings_end(review_set)


def _packages(case_id: UUID) -> list[int]:
    rows = Package.objects.filter(case_id=case_id, state=PackageState.IMPORTED.value)
    return list(rows.order_by("number").values_list("number", flat=True))


def _run(case_id: UUID) -> StackRun | None:
    rows = StackRun.objects.filter(case_id=case_id, package=None, is_ready=True)
    return rows.order_by("-id").first()


def _basis(case_id: UUID, packages: list[int], run: StackRun | None) -> str:
    """Return a digest of what items are built from."""
    rows = MatchSource.objects.filter(package__number__in=packages, state="imported").order_by()
    latest = rows.values_list("package__number").annotate(latest=Max("supplement"))
    devices = [(each.exhibit, each.make, each.model, each.serials) for each in devices_of(case_id)]
    stacks = run.pk if run is not None else 0
    text = json.dumps([_VERSION, packages, sorted(latest), stacks, devices])
    return hashlib.sha256(text.encode()).hexdigest()
