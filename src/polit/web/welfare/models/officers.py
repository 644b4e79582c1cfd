"""What officers say for themselves, what supervisors are told, how cases ended."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from polit.web.cases.models import Case
from polit.web.core.models import Appended, Record
from polit.web.welfare.models.sessions import ReviewSession
from polit.web.welfare.rules import FlagKind


class WelfareProfile(Record):
    """What one person set for themselves, and since when they review.

    Args:
        limit_s: Their own limit of a day, lower than the force's; ``None`` for the force's.
        idle_s: After how long everything is covered; ``None`` for the force's.
        began_at: Their first session, from which their induction counts.
        is_inducted: Whether a supervisor ended their induction early, with a reason.
    """

    officer = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="welfare_profile"
    )
    limit_s = models.PositiveIntegerField(null=True)
    idle_s = models.PositiveIntegerField(null=True)
    began_at = models.DateTimeField(null=True)
    is_inducted = models.BooleanField(default=False)

    class Meta:
        """The table."""

        db_table = "welfare_profile"

    def __str__(self) -> str:
        """Return whose it is."""
        return str(self.officer_id)


class OptOut(Record):
    """A lane or a kind that one person does not want; no reason is asked or kept."""

    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="opt_outs"
    )
    code = models.CharField(max_length=30)
    """A lane's code, or ``kind:`` and a kind."""
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """The table, and that nobody opts out twice."""

        db_table = "welfare_opt_out"
        constraints = (
            models.UniqueConstraint(
                fields=["officer", "code"], condition=Q(ended_at=None), name="welfare_opt_out_once"
            ),
        )

    def __str__(self) -> str:
        """Return the code."""
        return self.code


class CheckIn(Appended):
    """How somebody was after a session, in their own words, for themselves alone."""

    session = models.ForeignKey(ReviewSession, on_delete=models.PROTECT, related_name="check_ins")
    text = models.TextField()

    class Meta:
        """The table."""

        db_table = "welfare_check_in"
        constraints = (models.CheckConstraint(condition=~Q(text=""), name="welfare_check_in_text"),)

    def __str__(self) -> str:
        """Return its number; the words are nobody else's."""
        return str(self.pk)


class WelfareFlag(Appended):
    """That something happened on a day which a supervisor should know; once for each day."""

    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    session = models.ForeignKey(ReviewSession, on_delete=models.PROTECT, related_name="flags")
    kind = models.CharField(max_length=20)
    on_day = models.DateField()

    class Meta:
        """The table."""

        db_table = "welfare_flag"
        indexes = (models.Index(fields=["on_day"], name="welfare_flag_day"),)
        constraints = (
            models.UniqueConstraint(fields=["officer", "kind", "on_day"], name="welfare_flag_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[each.value for each in FlagKind]), name="welfare_flag_kind"
            ),
        )

    def __str__(self) -> str:
        """Return the kind."""
        return self.kind

    @property
    def label(self) -> str:
        """The flag in words."""
        return FlagKind(self.kind).label


class Outcome(Appended):
    """How a case went on, told to those who reviewed it: knowing the outcome helped."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="outcomes")
    text = models.CharField(max_length=500)
    by = models.CharField(max_length=200)

    class Meta:
        """The table."""

        db_table = "welfare_outcome"
        constraints = (models.CheckConstraint(condition=~Q(text=""), name="welfare_outcome_text"),)

    def __str__(self) -> str:
        """Return who told it."""
        return self.by
