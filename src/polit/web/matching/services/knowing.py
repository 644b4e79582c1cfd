"""Writes what the matches of one source come to, for each content of its package.

Plain SQL in bounded steps: a package may have some hundred thousand known contents, and a model
for each would take minutes. The rows follow from the matches, so this is part of no act.
"""

from django.db import connection, transaction

from polit.model import codes
from polit.web.matching.rules import LAST_DIGEST, Verdict
from polit.web.media.rules import rows_of

_CONTENTS_AT_ONCE = 50_000
_CATEGORISED = codes.SET_STATUSES.number("categorised")
_VERDICT = f"""
MIN(CASE WHEN m.alerts AND m.algorithm <= {LAST_DIGEST} THEN {Verdict.ALERT:d}
WHEN m.alerts THEN {Verdict.NEAR_ALERT:d}
WHEN m.algorithm > {LAST_DIGEST} THEN {Verdict.NEAR:d}
WHEN s.status = {_CATEGORISED} AND NOT m.contradicted THEN {Verdict.CATEGORISED:d}
WHEN m.settles THEN {Verdict.KNOWN_GOOD:d}
ELSE {Verdict.NOTED:d} END)
"""
# ruff: noqa: S608 - constants of this module only
_WRITE_SQL = f"""
INSERT INTO matching_known (id, verdict, settles, source_number, matches, sets)
SELECT m.content_id, {_VERDICT},
       MAX(CASE WHEN m.settles THEN 1 ELSE 0 END) = 1 AND {_VERDICT} <> {Verdict.ALERT:d},
       %s, COUNT(*), COUNT(DISTINCT m.match_set_id)
FROM matching_match m JOIN matching_set s ON s.id = m.match_set_id
WHERE m.content_id BETWEEN %s AND %s AND m.id BETWEEN %s AND %s
GROUP BY m.content_id
"""


def known_write(package_number: int, source_number: int) -> None:
    """Write what is known of a package's contents anew, by the matches of one source.

    An alert by a digest beats everything: such a content is settled by nothing.

    Args:
        package_number: The package.
        source_number: Whose matches count from now on.
    """
    first, last = rows_of(package_number)
    known_drop(package_number)
    own = rows_of(source_number)
    end = _last_content(first, last)
    for begin in range(first, end + 1, _CONTENTS_AT_ONCE):
        some = (begin, min(begin + _CONTENTS_AT_ONCE - 1, end))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_WRITE_SQL, [source_number, *some, *own])


def known_drop(package_number: int) -> None:
    """Forget what is known of a package's contents; their matches stay."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM matching_known WHERE id BETWEEN %s AND %s", list(rows_of(package_number))
        )


def _last_content(first: int, last: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT MAX(id) FROM media_content WHERE id BETWEEN %s AND %s",
                       [first, last])  # fmt: skip
        return int(cursor.fetchone()[0] or 0)
