"""Bases of all records: what can be written only inside an act, and what can never be changed."""

from collections.abc import Iterable
from functools import cache
from typing import Any, NoReturn, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from polit.base.clock import now_utc
from polit.base.errors import UsageError
from polit.base.ids import new_uuid
from polit.web.core.acting import check_in_act
from polit.web.core.searching import is_searched, rows_written

Kept = TypeVar("Kept", bound=models.Model)


def fresh_id() -> UUID:
    """Return a new random identifier."""
    return UUID(new_uuid())


class GuardedQuerySet(models.QuerySet[Kept]):
    """A query whose writes need an act, as those of single records do."""

    def update(self, **values: Any) -> int:
        """Change all records; inside an act only."""
        check_in_act()
        if not is_searched(self.model):
            return super().update(**values)
        keys = list(self.order_by().values_list("pk", flat=True))
        changed = super().update(**values)
        rows_written(self.model, self.model._default_manager.filter(pk__in=keys))  # noqa: SLF001 - Django documents it
        return changed

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete all records; inside an act only."""
        check_in_act()
        return super().delete()

    def bulk_create(self, objs: Iterable[Kept], *args: Any, **options: Any) -> list[Kept]:
        """Keep many records; inside an act only."""
        check_in_act()
        kept = super().bulk_create(objs, *args, **options)
        if is_searched(self.model):
            rows_written(self.model, kept)
        return kept

    def _raw_delete(self, using: str | None) -> int:
        check_in_act()
        deleted: int = super()._raw_delete(using)
        return deleted


class AppendedQuerySet(GuardedQuerySet[Kept]):
    """A query of what is never changed and never deleted, by an act neither."""

    def update(self, **_values: Any) -> NoReturn:
        """Refuse: they stay as they are."""
        _refuse(self.model)

    def delete(self) -> NoReturn:
        """Refuse: they stay."""
        _refuse(self.model)

    def _raw_delete(self, using: str | None) -> NoReturn:
        del using
        _refuse(self.model)


class Record(models.Model):
    """A record with a random identifier and the instant it was kept."""

    id = models.UUIDField(primary_key=True, default=fresh_id, editable=False)
    recorded_at = models.DateTimeField(default=now_utc, editable=False)

    objects = GuardedQuerySet.as_manager()

    class Meta:
        """No table of its own; ``case.members.add(…)`` and its like ask the guarded query too."""

        abstract = True
        base_manager_name = "objects"

    def save_base(self, *args: Any, **options: Any) -> None:
        """Keep the record, as every way to save it ends here; inside an act only."""
        check_in_act()
        super().save_base(*args, **options)

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        """Delete the record; inside an act only."""
        check_in_act()
        return super().delete(*args, **options)


class Appended(Record):
    """A record that is never changed and never deleted; a correction is a further record."""

    objects = AppendedQuerySet.as_manager()  # type: ignore[misc]  # a narrower one

    class Meta:
        """No table of its own."""

        abstract = True

    def save_base(self, *args: Any, **options: Any) -> None:
        """Keep a new record.

        Raises:
            UsageError: It is kept already.
        """
        if not self._state.adding:
            _refuse(type(self))
        options["force_insert"] = True
        super().save_base(*args, **options)

    def delete(self, *_args: Any, **_options: Any) -> NoReturn:
        """Refuse: it stays."""
        _refuse(type(self))


@cache
def _stands(model: type[models.Model]) -> Q:
    """Return the condition of what holds; made once of each table, as a page asks for dozens."""
    # Not "corrected_by is null": PostgreSQL takes that for a row or two, and plans for them.
    correction: QuerySet[models.Model] = QuerySet(model).filter(corrects=OuterRef("pk"))
    return Q(~Exists(correction), is_withdrawal=False)


class SupersededQuerySet(AppendedQuerySet[Kept]):
    """A query of appended records that later ones may correct or withdraw."""

    def standing(self) -> "SupersededQuerySet[Kept]":
        """Return what holds now: nothing corrects it, and it withdraws nothing."""
        return self.filter(_stands(self.model))


class Superseded(Appended):
    """An appended record of something that happened.

    A correction is a further whole record that names what it ``corrects``; one that says that it
    never happened is a withdrawal. Who withdraws a correction withdraws the whole: what it
    corrected does not hold again, and is recorded anew where it should. What holds is
    ``objects.standing()``: figures and lists ask for that, a record's page shows all of them.
    """

    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="corrected_by"
    )
    is_withdrawal = models.BooleanField(default=False)

    objects = SupersededQuerySet.as_manager()  # type: ignore[misc, unused-ignore]  # a narrower one

    class Meta:
        """No table of its own."""

        abstract = True


def _refuse(model: type[models.Model]) -> NoReturn:
    name = model._meta.verbose_name  # noqa: SLF001 - Django documents it
    raise UsageError(f"a {name} is never changed: append a correction")
