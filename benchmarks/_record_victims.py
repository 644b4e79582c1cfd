"""Unknown children, and the series that they are in, of the record that ``_record_rows`` makes."""

from datetime import datetime, timedelta

from benchmarks._record_rows import BY, Made
from polit.web.cases.models import Case
from polit.web.victims.models import (
    AgeOpinion,
    Appearance,
    Clue,
    ClueTie,
    Series,
    SeriesCase,
    UnknownChild,
    VictimAnswer,
    VictimEnquiry,
)

EVERY = 4
"""One case in so many looks for a child."""
_LISTS = "england-wales-1"
_SAID = {"by": BY, "reason": "a benchmark"}


def unknown_child(made: Made, case: Case, number: int, opened_at: datetime) -> None:
    """Add a child whom nobody can name, a series, a clue, and an enquiry that may be answered."""
    if number % EVERY:
        return
    unknown = made.add(
        UnknownChild, case=case, number=number // EVERY + 1, noted_at=opened_at, by=BY,
        state=("unidentified", "looked_for", "set_aside")[number // EVERY % 3],
        note=f"Speaks of {made.name()}",
    )  # fmt: skip
    series = made.add(
        Series, name=f"{made.name()} {number}", about=f"A room in {made.name()}",
        database="not_checked", catalogue=_LISTS, by=BY,
    )  # fmt: skip
    made.add(SeriesCase, series=series, case=case)
    made.add(Appearance, unknown=unknown, series=series, **_SAID)
    made.add(
        AgeOpinion, unknown=unknown, age_from=6, age_to=9, sex="not_clear", whose=BY,
        formed_on=opened_at.date(), catalogue=_LISTS, **_SAID,
    )  # fmt: skip
    clue = made.add(
        Clue, case=case, kind="place", text=f"A sign of {made.name()}", reliability="likely",
        found_by=BY, found_on=opened_at.date(), catalogue=_LISTS, **_SAID,
    )  # fmt: skip
    made.add(ClueTie, clue=clue, series=series, **_SAID)
    enquiry = made.add(
        VictimEnquiry, unknown=unknown, agency=f"{made.name()} Police", country="Example",
        what="The series", sent_at=opened_at, answer_due_at=opened_at + timedelta(days=28),
        catalogue=_LISTS, **_SAID,
    )  # fmt: skip
    if number // EVERY % 2:
        made.add(
            VictimAnswer, enquiry=enquiry, answered_at=opened_at + timedelta(days=9),
            result="not_known", catalogue=_LISTS, **_SAID,
        )  # fmt: skip
