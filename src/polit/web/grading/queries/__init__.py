"""What is asked of decisions, proposals, second reviews, strategies and samples."""

from polit.web.grading.queries.figures import sample_queue
from polit.web.grading.queries.histories import (
    batch_contents,
    batches_of,
    decision_list,
    histories_of,
    scheme_of,
    standings_of,
    values_read,
)
from polit.web.grading.queries.seconds import second_queue

__all__ = [
    "batch_contents",
    "batches_of",
    "decision_list",
    "histories_of",
    "sample_queue",
    "scheme_of",
    "second_queue",
    "standings_of",
    "values_read",
]
