"""Hash sets and matches of packages and their supplements, and what they come to."""

from django.db import models
from django.db.models import Q

from polit.web.core.models import Record
from polit.web.matching.rules import FIRST_SUPPLEMENT, SOURCE_STATES, Settled, Verdict
from polit.web.media.models import Content, Package, PackageRow
from polit.web.media.models.packages import RowNumber, package_column, word_of


class MatchSource(Record):
    """Where matches of a package come from: the package itself, or one of its supplements.

    A later one supersedes an earlier as what is known today, or where only some sets were asked by
    name adds to it (``polit.model.knowledge``); the rows of the earlier stay.
    ``fence`` counts the imports that took it up; only the last one may write.
    """

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="match_sources")
    number = models.PositiveIntegerField(unique=True)
    supplement = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, default=SOURCE_STATES.initial)
    made_at = models.CharField(max_length=40)
    fence = models.PositiveIntegerField(default=0)
    manifest_sha256 = models.CharField(max_length=64, blank=True)
    rows_sha256 = models.CharField(max_length=64, blank=True)
    signer_sha256 = models.CharField(max_length=64, blank=True)
    terms = models.TextField(default="{}")
    all_sets = models.BooleanField(default=True)
    checks = models.TextField(default="[]")
    sets = models.IntegerField(default=0)
    matches = models.BigIntegerField(default=0)
    alerts_raised = models.BigIntegerField(default=0)
    imported_at = models.DateTimeField(null=True)

    class Meta:
        """The table, and what its rows must hold."""

        db_table = "matching_source"
        constraints = (
            models.UniqueConstraint(fields=["package", "supplement"], name="matching_source_once"),
            models.CheckConstraint(
                condition=Q(state__in=SOURCE_STATES.states), name="matching_source_state"
            ),
            models.CheckConstraint(
                condition=~Q(state="imported") | Q(imported_at__isnull=False),
                name="matching_source_imported",
            ),
            models.CheckConstraint(
                condition=Q(supplement=0, number__lt=FIRST_SUPPLEMENT)
                | Q(supplement__gt=0, number__gte=FIRST_SUPPLEMENT),
                name="matching_source_number",
            ),
        )

    def __str__(self) -> str:
        """Return what it is, in words."""
        return f"supplement {self.supplement}" if self.supplement else "the package itself"


class MatchSet(PackageRow):
    """A hash set that a package or supplement was matched with, as it states it."""

    package = package_column()
    set_sha256 = models.BinaryField()
    name = models.TextField()
    status = models.SmallIntegerField()
    scheme = models.TextField()
    provider = models.TextField()
    jurisdiction = models.TextField()
    version = models.TextField()
    format = models.TextField()
    file_sha256 = models.TextField()
    records = models.BigIntegerField()
    keys = models.TextField()

    class Meta:
        """The table."""

        db_table = "matching_set"

    def __str__(self) -> str:
        """Return its number."""
        return str(self.pk)


class ContentMatch(PackageRow):
    """That a content is, or resembles, what one record of a hash set names."""

    package = package_column()
    content = models.ForeignKey(Content, on_delete=models.PROTECT, related_name="matches")
    match_set = models.ForeignKey(
        MatchSet, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    record = models.BigIntegerField()
    algorithm = models.SmallIntegerField()
    variant = word_of()
    asserted = word_of()
    distance_bits = models.SmallIntegerField()
    threshold_bits = models.SmallIntegerField()
    alerts = models.BooleanField()
    settles = models.BooleanField()
    contradicted = models.BooleanField()
    others = models.BigIntegerField()
    covered_here_percent = models.SmallIntegerField(null=True)
    covered_known_percent = models.SmallIntegerField(null=True)

    class Meta:
        """The table."""

        db_table = "matching_match"

    def __str__(self) -> str:
        """Return its number."""
        return str(self.pk)


class KnownContent(models.Model):
    """What the matches that count today come to; written anew with each source.

    ``id`` is the content's own number, so that a package is a range of it. Not a record: it
    follows from the rows. ``settled`` is the number of a ``Settled``.
    """

    id = RowNumber(primary_key=True)
    verdict = models.SmallIntegerField()
    settled = models.SmallIntegerField()
    source_number = models.PositiveIntegerField()
    matches = models.BigIntegerField()
    sets = models.IntegerField()

    class Meta:
        """The table, and the order in which pages list it."""

        db_table = "matching_known"
        indexes = (models.Index(fields=["verdict", "id"], name="matching_known_verdict"),)

    def __str__(self) -> str:
        """Return the verdict in words."""
        return Verdict(self.verdict).label

    @property
    def settled_label(self) -> str:
        """Whether and by what it is settled, in words."""
        return Settled(self.settled).label
