"""Entries, the longest table of the record, and what stands beside them."""

from django.db import models
from django.db.models import Q

from polit.web.media.models.contents import Content, Folder
from polit.web.media.models.packages import Package, PackageRow, package_column, word_of


class Entry(PackageRow):
    """One name that was met: an occurrence of its content, where it has one.

    Lists go by ``id``, which is the order of the locators within a package. Each index serves
    one filter of the list; those of rare values hold the rare rows alone.
    """

    package = package_column()
    content = models.ForeignKey(
        Content, on_delete=models.PROTECT, null=True, related_name="entries"
    )
    folder = models.ForeignKey(
        Folder, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    within = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="embedded", db_index=False
    )
    entry_type = models.SmallIntegerField()
    state = models.SmallIntegerField()
    is_overwritten = models.BooleanField()
    outcome = models.SmallIntegerField()
    reason = word_of(null=True)
    kind = models.SmallIntegerField(null=True)
    extension_agrees = models.BooleanField(null=True)
    size_bytes = models.BigIntegerField()
    created_ns = models.BigIntegerField(null=True)
    modified_ns = models.BigIntegerField(null=True)
    accessed_ns = models.BigIntegerField(null=True)
    changed_ns = models.BigIntegerField(null=True)
    deleted_ns = models.BigIntegerField(null=True)
    members = models.BigIntegerField(null=True)
    record = models.TextField()
    raw_name = models.BinaryField()
    link_target = models.BinaryField(null=True)
    path = models.TextField()
    locator = models.TextField()

    class Meta:
        """The table and one index for each filter."""

        db_table = "media_entry"
        indexes = (
            models.Index(fields=["kind", "id"], name="media_entry_kind"),
            models.Index(fields=["folder", "id"], name="media_entry_folder"),
            models.Index(
                fields=["outcome", "id"], name="media_entry_outcome", condition=Q(outcome__gt=1)
            ),
            models.Index(
                fields=["reason", "id"],
                name="media_entry_reason",
                condition=Q(reason__isnull=False),
            ),
            models.Index(
                fields=["state", "id"], name="media_entry_state", condition=Q(state__gt=1)
            ),
            models.Index(
                fields=["id"], name="media_entry_mismatch", condition=Q(extension_agrees=False)
            ),
            models.Index(fields=["id"], name="media_entry_pictures", condition=Q(kind__lte=2)),
            models.Index(
                fields=["within"], name="media_entry_within", condition=Q(within__isnull=False)
            ),
        )

    def __str__(self) -> str:
        """Return its number."""
        return str(self.pk)


class Problem(PackageRow):
    """What went wrong, where, in which stage."""

    package = package_column()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="problems")
    locator = models.TextField()
    stage = word_of()
    code = word_of()
    detail = models.TextField()
    attempts = models.BigIntegerField()

    class Meta:
        """The table."""

        db_table = "media_problem"

    def __str__(self) -> str:
        """Return its number."""
        return str(self.pk)


class BadRange(PackageRow):
    """Bytes of the source that could not be read as they were acquired."""

    package = package_column()
    offset_bytes = models.BigIntegerField()
    length_bytes = models.BigIntegerField()
    code = word_of()

    class Meta:
        """The table."""

        db_table = "media_bad_range"

    def __str__(self) -> str:
        """Return its number."""
        return str(self.pk)


class Unopened(PackageRow):
    """Something inside an entry that was not opened, and why."""

    package = package_column()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="unopened")
    code = word_of()
    detail = models.TextField()

    class Meta:
        """The table."""

        db_table = "media_unopened"

    def __str__(self) -> str:
        """Return its number."""
        return str(self.pk)


class Facet(models.Model):
    """How many entries of a package share a value: counted once, when it was imported."""

    package = models.ForeignKey(
        Package, on_delete=models.PROTECT, to_field="number", related_name="facets", db_index=False
    )
    name = models.CharField(max_length=20)
    value = models.TextField()
    count = models.BigIntegerField()

    class Meta:
        """The table."""

        db_table = "media_facet"
        constraints = (
            models.UniqueConstraint(fields=["package", "name", "value"], name="media_facet_once"),
        )

    def __str__(self) -> str:
        """Return what is counted."""
        return self.name
