"""Packages in the record, and the base of their rows: written by the intake, never changed."""

from typing import Any, NoReturn

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q

from polit.base.errors import UsageError
from polit.web.cases.models import Case
from polit.web.core.models import Record
from polit.web.examinations.models import Examination
from polit.web.exhibits.models import Exhibit
from polit.web.media.rules import PACKAGE_STATES, PackageState


class Package(Record):
    """One sealed package. Its rows are seen only while its state is ``imported``."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="packages")
    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="packages")
    examination = models.OneToOneField(
        Examination, on_delete=models.PROTECT, null=True, related_name="findings"
    )
    number = models.PositiveIntegerField(unique=True)
    package_id = models.CharField(max_length=100)
    place = models.TextField()
    state = models.CharField(max_length=10, default=PACKAGE_STATES.initial)
    rows_sha256 = models.CharField(max_length=64, blank=True)
    findings_sha256 = models.CharField(max_length=64, blank=True)
    signer_sha256 = models.CharField(max_length=64, blank=True)
    manifest = models.TextField(default="{}")
    checks = models.TextField(default="[]")
    tile_key = models.BinaryField(null=True)
    entries = models.BigIntegerField(default=0)
    mismatch_reason = models.TextField(blank=True)
    imported_at = models.DateTimeField(null=True)

    class Meta:
        """The table, and what its rows must hold."""

        db_table = "media_package"
        constraints = (
            models.UniqueConstraint(fields=["exhibit", "package_id"], name="media_package_once"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in PackageState]),
                name="media_package_state",
            ),
            models.CheckConstraint(
                condition=~Q(state=PackageState.IMPORTED.value) | Q(imported_at__isnull=False),
                name="media_package_imported",
            ),
        )

    def __str__(self) -> str:
        """Return the state."""
        return self.state


class Word(models.Model):
    """A text that many rows share: a reason, a media type, a maker."""

    id = models.AutoField(primary_key=True)
    word = models.TextField(unique=True)

    class Meta:
        """The table."""

        db_table = "media_word"

    def __str__(self) -> str:
        """Return the text."""
        return self.word


def word_of(**options: Any) -> Any:
    """Return a column that holds a word; no index, no reverse name."""
    return models.ForeignKey(
        Word, on_delete=models.PROTECT, related_name="+", db_index=False, **options
    )


class RowNumber(models.BigIntegerField[int, int]):
    """A row's number, which on SQLite is the very place of the row.

    A key declared ``bigint`` has an index of its own beside the table there: each row would be
    written twice, and found through it.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        """Return the column's type."""
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)

    def rel_db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        """Return the type of columns that refer to it."""
        return super().db_type(connection)


class PackageRow(models.Model):
    """A row of a package. Its number begins with the package's, so that pages go by it alone."""

    id = RowNumber(primary_key=True)

    class Meta:
        """No table of its own."""

        abstract = True

    def save(self, *_args: Any, **_options: Any) -> NoReturn:
        """Refuse: rows come from packages alone."""
        raise UsageError("a row of a package is never changed: it comes from its package alone")

    def delete(self, *_args: Any, **_options: Any) -> NoReturn:
        """Refuse: rows go with their package alone."""
        raise UsageError("a row of a package is never deleted alone")


def package_column() -> Any:
    """Return the column that names a row's package; the row's number begins with it."""
    return models.ForeignKey(
        Package, on_delete=models.PROTECT, to_field="number", related_name="+", db_index=False
    )
