"""The items of a case's review: computed by the worker, and where grading put each of them.

An item is a distinct content of the case, so that a decision on it is one on every exact copy.
Not a record: it follows from the rows of packages, from matches and stacks, and from decisions
(``polit.web.grading``). An item keeps its place for ever, whatever packages come and go.
"""

from django.db import models

from polit.web.cases.models import Case
from polit.web.examinations.models import Examination
from polit.web.media.models.packages import RowNumber


class ReviewSet(models.Model):
    """The items of one case.

    Args:
        basis: What it was built from, as a digest.
        revision: Grows by one whenever an item changed; an item bears the one of its last change.
        media_files: Pictures and videos of the case, copies included; figures are per 1,000.
        run: The run of stacks it was built from; 0 for none.
        last_place: The last place that was given.
        told_place: The last place that others were told of, with the last build that ended.
        fence: Counts the builds that took it up; only the last one may write.
        stamp: Random, made with each build: the columns of the same stamp belong together.
    """

    id = models.AutoField(primary_key=True)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="review_set")
    basis = models.CharField(max_length=64, blank=True)
    revision = models.BigIntegerField(default=0)
    media_files = models.BigIntegerField(default=0)
    run = models.BigIntegerField(default=0)
    last_place = models.BigIntegerField(default=0)
    told_place = models.BigIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    stamp = models.CharField(max_length=32, blank=True)
    built_at = models.DateTimeField(null=True)

    class Meta:
        """The table."""

        db_table = "items_set"

    def __str__(self) -> str:
        """Return its number."""
        return str(self.pk)


class Item(models.Model):
    """One distinct picture or video of a case.

    Args:
        content_id: The content row that stands for it: its tile, its facts, its entries; 0 as long
            as only a running examination told of it.
        lead_place: The place of the item that leads its stack; its own where it leads or is alone.
        stack_items: On a lead, how many items its stack holds, itself included; else 1.
        rank: Its place in the order of what matters; the least comes first.
        state: An ``ItemState``.
        grade: The place of its category in the case's scheme, from 1; 0 for none.
        flags: ``Flag`` bits as decided.
        likeness: 0 to 255: how near known material it is, for ordering alone.
        first_generation: 0 to 100: how much speaks for a device of the case having made it.
        burst: Items of one burst of one camera share a number; 0 for none.
        taken_day: Days since 1970 of when it says it was taken, else modified; ``None`` unknown.
        is_present: Whether a package that is not withdrawn holds it.
        is_split: Whether an officer took it out of its stack.
    """

    id = RowNumber(primary_key=True)
    review_set = models.ForeignKey(
        ReviewSet, on_delete=models.PROTECT, related_name="items", db_index=False
    )
    sha256 = models.BinaryField()
    content_id = models.BigIntegerField()
    kind = models.SmallIntegerField()
    verdict = models.SmallIntegerField(default=0)
    settled = models.SmallIntegerField(default=0)
    occurrences = models.BigIntegerField()
    size_bytes = models.BigIntegerField()
    pixels = models.BigIntegerField(default=0)
    duration_ms = models.BigIntegerField(null=True)
    taken_day = models.IntegerField(null=True)
    camera = models.IntegerField(default=0)
    folder_id = models.BigIntegerField(null=True)
    has_tile = models.BooleanField(default=False)
    lead_place = models.BigIntegerField()
    stack_items = models.IntegerField(default=1)
    rank = models.BigIntegerField(default=0)
    likeness = models.SmallIntegerField(default=0)
    first_generation = models.SmallIntegerField(default=0)
    burst = models.IntegerField(default=0)
    is_present = models.BooleanField(default=True)
    is_split = models.BooleanField(default=False)

    state = models.SmallIntegerField(default=0)
    grade = models.SmallIntegerField(default=0)
    flags = models.IntegerField(default=0)
    graded_by = models.UUIDField(null=True)
    revision = models.BigIntegerField(default=0)

    class Meta:
        """The table: a content stands once in a case."""

        db_table = "items_item"
        indexes = (
            models.Index(fields=["review_set", "lead_place"], name="items_item_lead"),
            models.Index(fields=["review_set", "revision"], name="items_item_revision"),
        )
        constraints = (
            models.UniqueConstraint(fields=["sha256", "review_set"], name="items_item_once"),
        )

    def __str__(self) -> str:
        """Return its number."""
        return str(self.pk)


class Following(models.Model):
    """How far a running examination was read for whoever reviews what it found so far.

    Args:
        package: The place of its package below the packages root; empty where nothing was read.
        after: The digest behind which is read next; empty for the first ones again.
        read_at: When it was read last.
    """

    examination = models.OneToOneField(
        Examination, on_delete=models.CASCADE, primary_key=True, related_name="following"
    )
    review_set = models.ForeignKey(ReviewSet, on_delete=models.CASCADE, related_name="followings")
    package = models.TextField(blank=True)
    after = models.CharField(max_length=64, blank=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        """The table."""

        db_table = "items_following"

    def __str__(self) -> str:
        """Return its number."""
        return str(self.pk)


class FollowedItem(models.Model):
    """That a running examination found an item; gone once its package is in the record.

    Args:
        alerts: 2 where it alerts by a digest there, 1 where it resembles what alerts, else 0.
    """

    id = models.BigAutoField(primary_key=True)
    following = models.ForeignKey(
        Following, on_delete=models.CASCADE, related_name="items", db_index=False
    )
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="followed")
    alerts = models.SmallIntegerField(default=0)
    has_tile = models.BooleanField(default=False)

    class Meta:
        """The table."""

        db_table = "items_followed"
        constraints = (
            models.UniqueConstraint(fields=["following", "item"], name="items_followed_once"),
        )

    def __str__(self) -> str:
        """Return its number."""
        return str(self.pk)


class ItemPlace(models.Model):
    """That a package holds an item, as which content: an item may lie on several exhibits."""

    id = RowNumber(primary_key=True)
    """The content's own number, so that a package is a range of it."""
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="places")

    class Meta:
        """The table."""

        db_table = "items_place"

    def __str__(self) -> str:
        """Return its number."""
        return str(self.pk)


class ItemColumns(models.Model):
    """The columns of some ten thousand items, as the order of a review reads them at once.

    Written by a build under its stamp and seen once the set bears that stamp. ``data`` is an array
    of ``polit.web.items.columns.ROW``; ``revision`` says how old the decisions in it are: what
    changed since is read from the items.
    """

    id = models.BigAutoField(primary_key=True)
    review_set = models.ForeignKey(
        ReviewSet, on_delete=models.CASCADE, related_name="columns", db_index=False
    )
    stamp = models.CharField(max_length=32)
    number = models.IntegerField()
    revision = models.BigIntegerField()
    data = models.BinaryField()

    class Meta:
        """The table."""

        db_table = "items_columns"
        constraints = (
            models.UniqueConstraint(
                fields=["review_set", "stamp", "number"], name="items_columns_once"
            ),
        )

    def __str__(self) -> str:
        """Return its number."""
        return str(self.number)


class ItemFolder(models.Model):
    """How many items a folder holds, those of the folders below included, each once.

    Args:
        items: How many distinct items.
        begin: Where its own places, and those of the folders below, begin in ``FolderPlaces``.
        end: Where they end.
    """

    id = RowNumber(primary_key=True)
    """The folder's own number, so that a package is a range of it."""
    items = models.BigIntegerField()
    begin = models.BigIntegerField()
    end = models.BigIntegerField()

    class Meta:
        """The table."""

        db_table = "items_folder"

    def __str__(self) -> str:
        """Return its number."""
        return str(self.pk)


class FolderPlaces(models.Model):
    """Places of items in the order of a package's folders, each folder before those below it.

    So what lies in a folder and below is one piece, which is read without walking the tree.
    ``data`` holds uint32, little-endian, ``columns.CHUNK_PLACES`` of them in all but the last.
    Written once: neither the folders of a package nor the places of items ever change.
    """

    id = models.BigAutoField(primary_key=True)
    package_number = models.IntegerField()
    number = models.IntegerField()
    data = models.BinaryField()

    class Meta:
        """The table."""

        db_table = "items_folder_places"
        constraints = (
            models.UniqueConstraint(fields=["package_number", "number"], name="items_folder_piece"),
        )

    def __str__(self) -> str:
        """Return its number."""
        return str(self.number)
