"""What is due as a source tells it whole, which is the oracle for the two steps of the list."""

from collections.abc import Sequence

from polit.web.core.due import Asking, Due, DueSource, Waiting, due_sources
from polit.web.core.rules import Role


def due_of_kind(kind: str, user: Waiting, most: int) -> Sequence[Due]:
    """Return what waits of one kind, as ``due_asked`` does."""
    (source,) = (each for each in due_sources(frozenset(Role)) if each.kind == kind)
    return due_asked(source, user, most)


def due_asked(source: DueSource, user: Waiting, most: int) -> Sequence[Due]:
    """Return what waits; fail where the times and the words that the list asks for differ."""
    rows = list(source.steps.rows(Asking(user, most)))
    times = source.steps.times(Asking(user, most))
    shown = source.steps.shown([each.key for each in times])
    assert [shown[each.key] for each in times] == rows
    assert [(each.due_at, each.owner) for each in times] == [
        (each.due_at, each.owner) for each in rows
    ]
    assert list(rows) == sorted(rows, key=lambda each: each.due_at)
    assert not source.steps.shown([])
    return rows
