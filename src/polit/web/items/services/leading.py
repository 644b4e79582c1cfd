"""Puts items behind the leads of their stacks, and all in the order of what matters."""

import numpy as np
from django.db import connection

from polit.web.items.columns import Array
from polit.web.items.rules import NO_DAY, Matter, Weighed, matter_of, place_of
from polit.web.items.services.facts import Facts
from polit.web.matching.models import StackRun
from polit.web.matching.rules import ALERTING
from polit.web.media.rules import rows_of

MEMBERS_AT_ONCE = 50_000
_MEMBERS_SQL = """
SELECT m.id, m.stack_id, p.item_id FROM matching_stack_member m
JOIN items_place p ON p.id = m.content_id
WHERE m.id > %s AND m.id <= %s ORDER BY m.id LIMIT %s
"""
_ALERTING = tuple(int(each) for each in ALERTING)


def leads_find(facts: Facts, run: StackRun | None) -> None:
    """Put each item of a stack behind the first that may lead it.

    The best copy leads. What alerts, what is settled, what no package holds any longer and what an
    officer took out stands in no stack, whatever the run says.
    """
    if run is None:
        return
    first, last = rows_of(run.pk)
    after, stack, lead = first - 1, 0, 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_MEMBERS_SQL, [after, last, MEMBERS_AT_ONCE])
            rows = cursor.fetchall()
        if not rows:
            return
        for number, stack_id, item_id in rows:
            place = place_of(item_id)
            if not _may_stack(facts, place):
                continue
            if stack_id != stack:
                stack, lead = stack_id, place
                continue
            facts["lead"][place], facts["order"][place] = lead, number - first + 1
            facts["stack"][lead] += 1
        after = rows[-1][0]


def _may_stack(facts: Facts, place: int) -> bool:
    is_apart = facts["settled"][place] or facts["split"][place] or not facts["present"][place]
    return not is_apart and facts["verdict"][place] not in _ALERTING


def ranks_find(facts: Facts) -> None:
    """Number all items in the order of what matters (``rules.matter_of``).

    Among those that matter alike the higher first-generation score comes first, then among
    videos and large stacks the larger stack; then they go by folder and time, so that
    neighbours were made together. The members of a stack follow their lead.
    """
    columns = {name: _view(facts, name) for name in ("lead", "stack", "first_generation", "folder",
                                                     "taken_day", "order")}  # fmt: skip
    lead = columns["lead"]
    matter = _matters(facts)
    large = np.where(matter == Matter.LARGE, -columns["stack"], 0)
    day = np.where(columns["taken_day"] == NO_DAY, np.iinfo(np.int32).max, columns["taken_day"])
    keys = (matter, -columns["first_generation"], large, columns["folder"], day)
    by_lead = [each[lead] for each in keys]
    ordered = np.lexsort((columns["order"], lead, *reversed(by_lead)))
    ordered = ordered[ordered != 0]
    _view(facts, "rank")[ordered] = np.arange(1, len(ordered) + 1)


def _matters(facts: Facts) -> Array:
    """Return how much each item matters, computed once for each combination that occurs."""
    named = ("verdict", "settled", "present", "tile", "kind", "first_generation")
    parts = [_view(facts, name) for name in named]
    parts.append(np.minimum(_view(facts, "stack"), 1000))
    mixed = np.zeros(facts.last_place + 1, np.int64)
    for part in parts:
        mixed = (mixed << 10) | part if part is parts[-1] else (mixed << 7) | part
    kinds, inverse = np.unique(mixed, return_inverse=True)
    return np.array([_matter(int(each)) for each in kinds], np.int64)[inverse]


def _matter(mixed: int) -> Matter:
    stack, rest = mixed & 1023, mixed >> 10
    values = []
    for _ in range(6):
        values.append(rest & 127)
        rest >>= 7
    score, kind, tile, present, settled, verdict = values
    return matter_of(
        Weighed(
            verdict=verdict, is_settled=settled > 0, is_present=present > 0, has_tile=tile > 0,
            is_video=kind == 2, first_generation=score, stack_items=stack,
        )
    )  # fmt: skip


def _view(facts: Facts, name: str) -> Array:
    return np.frombuffer(facts[name], np.int64)
