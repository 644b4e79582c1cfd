"""Writes what the matches that count today come to, for each content of a package.

Plain SQL in bounded steps: a package may have some hundred thousand known contents, and a model
for each would take minutes. The rows follow from the matches, so this is part of no act.
"""

from django.db import connection, transaction

from polit.model import codes
from polit.model.matching import SetStatus
from polit.web.matching.models import MatchSource
from polit.web.matching.queries import sets_known
from polit.web.matching.rules import LAST_DIGEST, Settled, Verdict
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
_EXACT = f"m.algorithm <= {LAST_DIGEST}"
_CATEGORY = f"{_EXACT} AND m.settles AND w.word <> '{SetStatus.KNOWN_GOOD.value}'"
# The part of "scheme/version/code" up to its last slash, as both databases can say it.
_SCHEME = "rtrim(w.word, replace(w.word, '/', ''))"
_SETTLED = f"""
CASE WHEN COUNT(DISTINCT CASE WHEN {_CATEGORY} THEN m.asserted_id END) > 0 THEN
  CASE WHEN COUNT(DISTINCT CASE WHEN {_CATEGORY} THEN m.asserted_id END)
         = COUNT(DISTINCT CASE WHEN {_CATEGORY} THEN {_SCHEME} END)
   AND (MAX(CASE WHEN {_EXACT} AND m.alerts THEN 1 ELSE 0 END) = 0
        OR MIN(CASE WHEN NOT ({_CATEGORY}) OR m.alerts THEN 1 ELSE 0 END) = 1)
  THEN {Settled.CATEGORISED:d} ELSE {Settled.NOT:d} END
WHEN MAX(CASE WHEN {_EXACT} AND m.settles THEN 1 ELSE 0 END) = 1
 AND MAX(CASE WHEN {_EXACT} AND (m.alerts OR w.word <> '{SetStatus.KNOWN_GOOD.value}')
         THEN 1 ELSE 0 END) = 0
THEN {Settled.KNOWN_GOOD:d} ELSE {Settled.NOT:d} END
"""
"""As ``polit.match.matcher.verdict`` decides; a test compares the two."""
# ruff: noqa: S608 - constants of this module only
_WRITE_SQL = f"""
INSERT INTO matching_known (id, verdict, settled, source_number, matches, sets)
SELECT m.content_id, {_VERDICT}, {_SETTLED}, %s, COUNT(*), COUNT(DISTINCT m.match_set_id)
FROM matching_match m JOIN matching_set s ON s.id = m.match_set_id
JOIN media_word w ON w.id = m.asserted_id
WHERE m.content_id BETWEEN %s AND %s AND m.match_set_id IN (SETS)
GROUP BY m.content_id
"""


def known_write(package_number: int, source: MatchSource | None = None) -> None:
    """Write what is known of a package's contents anew.

    An alert by a digest beats known-good: such a content is settled by a category alone, and by
    none that would not alert itself.

    Args:
        package_number: The package.
        source: The supplement whose rows are here now; ``None`` for the package itself.
    """
    first, last = rows_of(package_number)
    known_drop(package_number)
    sets = sorted(sets_known(package_number, source))
    if not sets:
        return
    number = package_number if source is None else source.number
    sql = _WRITE_SQL.replace("SETS", ", ".join(["%s"] * len(sets)))
    end = _last_content(first, last)
    for begin in range(first, end + 1, _CONTENTS_AT_ONCE):
        some = (begin, min(begin + _CONTENTS_AT_ONCE - 1, end))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [number, *some, *sets])


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
