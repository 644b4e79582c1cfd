"""Draws blind samples of what was settled without anybody looking."""

from django.db import transaction

from polit.base.canonical import canonical_json
from polit.base.errors import UsageError
from polit.base.ids import random_bytes
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.core.access import CaseAccess
from polit.web.core.acting import Actor
from polit.web.grading.agreement import drawn, sample_size
from polit.web.grading.models import BlindSample
from polit.web.items.models import Item, ReviewSet
from polit.web.items.queries.blocked import item_shown
from polit.web.items.rules import ItemState
from polit.web.matching.models import ContentMatch
from polit.web.matching.rules import Settled

_KEY_BYTES = 32


def sample_draw(actor: Actor, *, reason: str, access: CaseAccess) -> BlindSample:
    """Draw 1 % of the settled items of a case, at least 20 or all, to be graded blind.

    What an officer decided although it was settled is settled by them, and is not drawn.

    The key is random and kept with the sample: nobody chooses, and anybody can draw it again.

    Raises:
        UsageError: Nothing is settled.
    """
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=access.case.id)
        review_set = ReviewSet.objects.filter(case_id=access.case.id).first()
        rows = Item.objects.filter(
            item_shown(),
            review_set=review_set,
            settled__gt=0,
            is_present=True,
            state=int(ItemState.SETTLED),
        )
        contents = [bytes(each) for each in rows.values_list("sha256", flat=True).iterator()]
        if review_set is None or not contents:
            raise UsageError("sample: no item of this case is settled by a hash set")
        key = random_bytes(_KEY_BYTES)
        chosen = drawn(contents, key=key, most=sample_size(len(contents)))
        last = BlindSample.objects.filter(case_id=access.case.id).order_by("-version").first()
        with act(actor, "grading.sample", reason=reason, case=access.case) as deed:
            kept = BlindSample(
                case_id=access.case.id, version=last.version + 1 if last else 1,
                settled=len(contents), drawn=len(chosen), key=key.hex(), by_name=actor.name,
                members=canonical_json(_members(review_set, chosen)).decode(),
            )  # fmt: skip
            kept.save()
            deed.about("sample", kept.id, version=kept.version, settled=kept.settled,
                       drawn=kept.drawn)  # fmt: skip
    return kept


def _members(review_set: ReviewSet, chosen: list[bytes]) -> list[list[str | int]]:
    rows = Item.objects.filter(review_set=review_set, sha256__in=chosen)
    items = {bytes(each.sha256): each for each in rows}
    graded = [each.content_id for each in items.values() if each.settled != Settled.KNOWN_GOOD]
    matches = ContentMatch.objects.filter(content_id__in=graded, settles=True)
    says = dict(matches.order_by("-id").values_list("content_id", "asserted__word"))
    return [
        [sha256.hex(), items[sha256].settled, says.get(items[sha256].content_id, "")]
        for sha256 in chosen
    ]
