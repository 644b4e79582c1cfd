"""Marks a record as synthetic, for good."""

from django.db import DatabaseError

from polit.base.errors import UsageError
from polit.web.accounts.models import User
from polit.web.audit.services import act
from polit.web.cases.models import Case
from polit.web.core.acting import Actor
from polit.web.core.marked import mark_write
from polit.web.demo.models import SyntheticMark
from polit.web.referrals.models import Referral

_REAL = (("cases", Case), ("referrals", Referral), ("accounts", User))
"""What a record holds that somebody has begun to use."""


def mark_keep(actor: Actor, *, reason: str) -> SyntheticMark:
    """Mark an empty record as synthetic; nothing takes the mark off again.

    Raises:
        UsageError: The record is not empty.
    """
    with act(actor, "demo.mark", reason=reason) as deed:
        held = [words for words, model in _REAL if model._default_manager.exists()]  # noqa: SLF001 - Django documents it
        if held:
            raise UsageError(
                f"this record holds {' and '.join(held)}: name an empty data directory in"
                " POLIT_DATA, or another database in POLIT_DATABASE"
            )
        mark = SyntheticMark()
        mark.save()
        deed.about("mark", mark.pk, label="synthetic")
    mark_tell()
    return mark


def mark_tell() -> None:
    """Have the file tell every process of the mark, where the record bears it."""
    try:
        is_marked = SyntheticMark.objects.exists()
    except DatabaseError:  # not migrated yet, or no right to read: the next start tells it
        return
    if is_marked:
        mark_write()
