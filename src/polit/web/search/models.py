"""What can be found. Derived from the records, and made anew from them at any time."""

from django.db import models

from polit.web.core.rules import Role
from polit.web.search.rules import mask_roles


class SearchEntry(models.Model):
    """What the index keeps of one record in one case for some readers.

    The databases' own indexes of words follow ``folded`` by triggers (see the first migration).
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    record_id = models.UUIDField()
    case_id = models.UUIDField(null=True)
    readers = models.PositiveIntegerField()
    title = models.TextField()
    text = models.TextField(blank=True)
    url = models.TextField()
    folded = models.TextField(blank=True)

    class Meta:
        """The table, by record for keeping it and by case for those who may read little."""

        db_table = "search_entry"
        indexes = (
            models.Index(fields=["kind", "record_id"], name="search_entry_record"),
            models.Index(fields=["case_id"], name="search_entry_case"),
        )

    def __str__(self) -> str:
        """Return the kind: a title may be a name."""
        return self.kind

    @property
    def reader_roles(self) -> frozenset[Role]:
        """The roles that may find it."""
        return mask_roles(self.readers)
