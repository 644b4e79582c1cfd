"""Hears of every record that is written, and has it indexed when its act ends."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models.signals import post_delete, post_save

from polit.web.core.acting import register_keeper
from polit.web.core.searching import register_written, searchables
from polit.web.search.services import Marked, index_begin

_marked: ContextVar[Marked | None] = ContextVar("polit_search_marked", default=None)
_is_put_off: ContextVar[bool] = ContextVar("polit_search_put_off", default=False)


def begin_marking() -> None:
    """Hear of what is written from now on; all registers are ready."""
    register_keeper(_keep, _forget)
    register_written(_mark)
    post_save.connect(_on_write, dispatch_uid="polit.search.save")
    for searchable in searchables():
        # A receiver of all deletions would make those of unrelated tables slow.
        for model in {searchable.model, *(parent for parent, _leads in searchable.parents)}:
            post_delete.connect(_on_write, sender=model, dispatch_uid=f"polit.search.{model}")


@contextmanager
def index_put_off() -> Iterator[None]:
    """Index what a block writes at its end and at once: for who fills an empty record.

    Where the block is cut off the index holds nothing, and so the next start makes it.
    """
    token = _is_put_off.set(True)
    try:
        yield
    finally:
        _is_put_off.reset(token)
    with transaction.atomic():  # a kind that is indexed in part would stay so
        index_begin()


def _on_write(sender: type[models.Model], instance: models.Model, **_told: Any) -> None:
    _mark(sender, [instance])


def _mark(model: type[models.Model], rows: Iterable[models.Model]) -> None:
    if _is_put_off.get():
        return
    written: list[models.Model] | None = None
    for searchable in searchables():
        if model is searchable.model:
            written = list(rows) if written is None else written
            _marks().add(searchable.kind, (UUID(str(each.pk)) for each in written))
        for parent, leads in searchable.parents:
            if model is parent:
                written = list(rows) if written is None else written
                for each in written:
                    _marks().add(searchable.kind, leads(each))


def _marks() -> Marked:
    found = _marked.get()
    if found is None:
        found = Marked()
        _marked.set(found)
    return found


def _keep() -> None:
    found = _marked.get()
    if found is not None:
        found.keep()


def _forget() -> None:
    found = _marked.get()
    if found is not None:
        found.forget()
