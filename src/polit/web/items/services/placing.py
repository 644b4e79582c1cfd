"""Gives each new content of a case its place, and says which package holds it.

Plain SQL in bounded steps, as what is known of contents is written.
"""

from django.db import connection

from polit.web.items.models import ReviewSet
from polit.web.items.rules import MEDIA_MOST, item_number
from polit.web.items.services.holding import Hold
from polit.web.media.models import Package
from polit.web.media.rules import PackageState, rows_of

CONTENTS_AT_ONCE = 20_000
# ruff: noqa: S608 - constants of this module only
_MEDIA = f"c.id BETWEEN %s AND %s AND c.kind BETWEEN 1 AND {MEDIA_MOST}"
_ITEMS_SQL = f"""
INSERT INTO items_item (id, review_set_id, sha256, content_id, kind, verdict, settled, occurrences,
  size_bytes, pixels, duration_ms, taken_day, camera, folder_id, has_tile, lead_place, stack_items,
  rank, likeness, first_generation, burst, is_present, is_split, state, grade, flags, graded_by,
  revision)
SELECT %s + n, %s, sha256, id, kind, 0, 0, occurrences, size_bytes, 0, NULL, NULL, 0, NULL, FALSE,
  %s + n, 1, %s + n, 0, 0, 0, FALSE, FALSE, 0, 0, 0, NULL, 0
FROM (SELECT c.*, ROW_NUMBER() OVER (ORDER BY c.id) AS n FROM media_content c
  WHERE {_MEDIA} AND NOT EXISTS (
    SELECT 1 FROM items_item i WHERE i.sha256 = c.sha256 AND i.review_set_id = %s)) fresh
"""
_PLACES_SQL = f"""
INSERT INTO items_place (id, item_id)
SELECT c.id, i.id FROM media_content c
JOIN items_item i ON i.sha256 = c.sha256 AND i.review_set_id = %s
WHERE {_MEDIA} AND NOT EXISTS (SELECT 1 FROM items_place p WHERE p.id = c.id)
"""


def places_bring(hold: Hold, packages: list[int]) -> int:
    """Add what packages hold and the set has not, and take out what withdrawn ones held.

    Returns:
        The last place of the set.
    """
    for number in packages:
        first, last = rows_of(number)
        end = _last_content(first, last)
        for begin in range(first, end + 1, CONTENTS_AT_ONCE):
            with hold.step() as review_set:
                _add(review_set, begin, min(begin + CONTENTS_AT_ONCE - 1, end))
    gone = Package.objects.filter(case_id=hold.review_set.case_id).exclude(
        state=PackageState.IMPORTED.value
    )
    for number in gone.values_list("number", flat=True):
        with hold.step(), connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM items_place WHERE id BETWEEN %s AND %s", list(rows_of(number))
            )
    return ReviewSet.objects.values_list("last_place", flat=True).get(pk=hold.review_set.pk)


def _add(review_set: ReviewSet, begin: int, end: int) -> None:
    place = review_set.last_place
    with connection.cursor() as cursor:
        cursor.execute(
            _ITEMS_SQL,
            [item_number(review_set.pk, 0) + place, review_set.pk, place, place, begin, end,
             review_set.pk],
        )  # fmt: skip
        if cursor.rowcount > 0:
            place += cursor.rowcount
            ReviewSet.objects.filter(pk=review_set.pk).update(last_place=place)
        cursor.execute(_PLACES_SQL, [review_set.pk, begin, end])


def _last_content(first: int, last: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT MAX(id) FROM media_content WHERE id BETWEEN %s AND %s", [first, last]
        )
        return int(cursor.fetchone()[0] or 0)
