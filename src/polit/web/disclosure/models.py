"""What was served and never changes, what is said of its lines, unused material, viewings."""

from django.db import models
from django.db.models import F, Q

from polit.web.arrests.anchored import Anchored
from polit.web.cases.models import Case
from polit.web.core.models import Appended
from polit.web.court.models import Charge
from polit.web.disclosure.law import ScheduleKind, disclosure_law
from polit.web.disclosure.rules import Accessible
from polit.web.exhibits.models import Exhibit
from polit.web.people.models import CasePerson


class OfDefendant(models.Model):
    """Something of a defendant's disclosure: who recorded it, and why."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey(CasePerson, on_delete=models.PROTECT, related_name="+")
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """No table of its own."""

        abstract = True


class Served(Appended, OfDefendant):
    """One served version of a schedule or document; its lines are ``ServedLine``.

    Args:
        law: The version of the kinds that it was served under.
        kind: A code of them.
        version: From 1 for each kind of a defendant.
        reference: How people call it; no two have the same in a case.
        count: How many lines it has.
        last_number: The greatest number that it or any earlier version gave to a line.
        sha256: Digest of its canonical CSV, lower-case hex.
        columns: The heads of its columns, as canonical JSON.
        summary: Of images, counts by category, kind and exhibits, as canonical JSON.
        changes: What differs from the version before it, as canonical JSON of ``Differences``.
    """

    law = models.CharField(max_length=60)
    kind = models.CharField(max_length=20)
    is_sensitive = models.BooleanField()
    version = models.PositiveIntegerField()
    reference = models.CharField(max_length=200)
    served_to = models.CharField(max_length=300)
    served_at = models.DateTimeField()
    means = models.CharField(max_length=40)
    count = models.PositiveIntegerField()
    last_number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    columns = models.TextField()
    summary = models.TextField(default="[]")
    changes = models.TextField(default="{}")

    class Meta:
        """The table, and what its rows must hold."""

        db_table = "disclosure_served"
        indexes = (models.Index(fields=["case", "served_at"], name="disclosure_served_case"),)
        constraints = (
            models.UniqueConstraint(
                fields=["place", "kind", "version"], name="disclosure_served_once"
            ),
            models.CheckConstraint(
                condition=~Q(served_to="") & ~Q(reason="") & Q(version__gte=1),
                name="disclosure_served_says",
            ),
        )

    def __str__(self) -> str:
        """Return the reference."""
        return self.reference

    @property
    def schedule(self) -> ScheduleKind:
        """What it is a version of."""
        return disclosure_law(self.law).schedule(self.kind)

    @property
    def means_label(self) -> str:
        """How it was served, in words."""
        return disclosure_law(self.law).way(self.means).label


class ServedLine(Appended):
    """A line of a served version; ``cells`` is a canonical JSON list of text."""

    served = models.ForeignKey(
        Served, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=100)
    cells = models.TextField()

    class Meta:
        """The table: numbers and keys stand once in a version."""

        db_table = "disclosure_served_line"
        constraints = (
            models.UniqueConstraint(fields=["served", "number"], name="disclosure_line_once"),
            models.UniqueConstraint(fields=["served", "key"], name="disclosure_key_once"),
        )

    def __str__(self) -> str:
        """Return its number."""
        return str(self.number)


class Opinion(Appended, OfDefendant):
    """What an examiner thinks of whether contents were accessible; the last on a content holds."""

    examiner = models.CharField(max_length=200)
    opined_on = models.DateField()
    accessible = models.CharField(max_length=10)
    why = models.TextField()
    downloaded_on = models.DateField(null=True)

    class Meta:
        """The table, and what its rows must hold."""

        db_table = "disclosure_opinion"
        indexes = (models.Index(fields=["place", "recorded_at"], name="disclosure_opinion_of"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(accessible__in=[each.value for each in Accessible])
                & ~Q(why="") & ~Q(examiner=""),
                name="disclosure_opinion_says",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        """Return the opinion."""
        return self.accessible

    @property
    def label(self) -> str:
        """The opinion in words."""
        return Accessible(self.accessible).label


class OpinionContent(Appended):
    """That an opinion is on a content."""

    opinion = models.ForeignKey(
        Opinion, on_delete=models.PROTECT, related_name="contents", db_index=False
    )
    sha256 = models.BinaryField()

    class Meta:
        """The table: an opinion is once on a content."""

        db_table = "disclosure_opinion_content"
        constraints = (
            models.UniqueConstraint(fields=["opinion", "sha256"], name="disclosure_opinion_once"),
        )

    def __str__(self) -> str:
        """Return its identifier."""
        return str(self.pk)


class Support(Appended, OfDefendant):
    """Which count contents support; the last on a content holds, ``charge`` of ``None`` none."""

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        """The table."""

        db_table = "disclosure_support"
        indexes = (models.Index(fields=["place", "recorded_at"], name="disclosure_support_of"),)

    def __str__(self) -> str:
        """Return its identifier."""
        return str(self.pk)


class SupportContent(Appended):
    """That a content supports a count."""

    support = models.ForeignKey(
        Support, on_delete=models.PROTECT, related_name="contents", db_index=False
    )
    sha256 = models.BinaryField()

    class Meta:
        """The table: once for each content."""

        db_table = "disclosure_support_content"
        constraints = (
            models.UniqueConstraint(fields=["support", "sha256"], name="disclosure_support_once"),
        )

    def __str__(self) -> str:
        """Return its identifier."""
        return str(self.pk)


class UnusedItem(Anchored, OfDefendant):
    """An item of unused material; a correction is a further whole row with the same number."""

    law = models.CharField(max_length=60)
    schedule = models.CharField(max_length=20)
    is_sensitive = models.BooleanField()
    number = models.PositiveIntegerField()
    description = models.TextField()
    held_where = models.CharField(max_length=300)
    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_by = models.CharField(max_length=200, blank=True)
    reviewed_on = models.DateField(null=True)
    decision = models.CharField(max_length=40, blank=True)
    why = models.TextField(blank=True)

    class Meta:
        """The table, and what its rows must hold."""

        db_table = "disclosure_unused"
        indexes = (
            models.Index(fields=["place", "schedule", "number"], name="disclosure_unused_of"),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(description="") & ~Q(held_where="") & ~Q(reason=""),
                name="disclosure_unused_says",
            ),
            models.CheckConstraint(
                condition=Q(decision="", reviewed_by="", reviewed_on=None)
                | (~Q(decision="") & ~Q(reviewed_by="") & ~Q(why="")
                   & Q(reviewed_on__isnull=False)),
                name="disclosure_unused_review",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        """Return its number."""
        return str(self.number)

    @property
    def decision_label(self) -> str:
        """The decision in words; empty for none yet."""
        if not self.decision:
            return ""
        return disclosure_law(self.law).decision(self.decision).label

    @property
    def schedule_kind(self) -> ScheduleKind:
        """On which schedule it stands."""
        return disclosure_law(self.law).schedule(self.schedule)


class ManagementText(Appended, OfDefendant):
    """A version of the disclosure management document; the greatest holds, none is changed."""

    version = models.PositiveIntegerField()
    text = models.TextField()

    class Meta:
        """The table: versions are numbered once."""

        db_table = "disclosure_management"
        constraints = (
            models.UniqueConstraint(fields=["place", "version"], name="disclosure_text_once"),
            models.CheckConstraint(condition=~Q(text=""), name="disclosure_text_says"),
        )

    def __str__(self) -> str:
        """Return its version."""
        return str(self.version)


class Viewing(Anchored, OfDefendant):
    """A supervised viewing by the defence. It is a log: polit shows nothing here."""

    viewer = models.CharField(max_length=200)
    role = models.CharField(max_length=200)
    firm = models.CharField(max_length=200)
    instructed_by = models.CharField(max_length=200)
    supervised_by = models.CharField(max_length=200)
    where = models.CharField(max_length=300)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    conditions = models.TextField()
    undertaken_on = models.DateField()
    noted = models.TextField(blank=True)
    served = models.ForeignKey(Served, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        """The table, and what its rows must hold."""

        db_table = "disclosure_viewing"
        indexes = (models.Index(fields=["place", "from_at"], name="disclosure_viewing_of"),)
        constraints = (
            models.CheckConstraint(condition=Q(to_at__gt=F("from_at")),
                                   name="disclosure_viewing_time"),
            models.CheckConstraint(
                condition=~Q(viewer="") & ~Q(supervised_by="") & ~Q(conditions="")
                & ~Q(reason=""),
                name="disclosure_viewing_says",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        """Return its identifier."""
        return str(self.pk)


class ViewedExhibit(Appended):
    """That an exhibit was viewed; its reference as it was then."""

    viewing = models.ForeignKey(
        Viewing, on_delete=models.PROTECT, related_name="exhibits", db_index=False
    )
    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=100)

    class Meta:
        """The table: an exhibit stands once in a viewing."""

        db_table = "disclosure_viewed_exhibit"
        constraints = (
            models.UniqueConstraint(fields=["viewing", "exhibit"], name="disclosure_viewed_once"),
        )

    def __str__(self) -> str:
        """Return the reference."""
        return self.reference
