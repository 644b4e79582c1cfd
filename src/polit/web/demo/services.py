"""Marks a record as synthetic, for good."""

from django.db import DatabaseError

from polit.base.errors import UsageError
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.core.acting import Actor
from polit.web.core.marked import mark_file
from polit.web.demo.models import SyntheticMark


def mark_keep(actor: Actor, *, reason: str) -> SyntheticMark:
    """Mark an empty record as synthetic; nothing takes the mark off again.

    Raises:
        UsageError: The record holds cases already.
    """
    with act(actor, "demo.mark", reason=reason) as deed:
        if Case.objects.exists():
            raise UsageError("this record holds cases: name another database in POLIT_DATABASE")
        mark = SyntheticMark()
        mark.save()
        deed.about("mark", mark.pk, label="synthetic")
    mark_tell()
    return mark


def mark_tell() -> None:
    """Make the file that tells every process of the mark, where the record bears it."""
    try:
        is_marked = SyntheticMark.objects.exists()
    except DatabaseError:  # not migrated yet, or no right to read: the next start tells it
        return
    if is_marked:
        mark_file().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mark_file().touch(mode=0o600)
