"""Exposures: one row for each stack that a look uncovered, never changed."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from polit.web.cases.models import Case
from polit.web.core.models import Appended
from polit.web.welfare.models.sessions import ReviewSession
from polit.web.welfare.rules import Rung, What


class Exposure(Appended):
    """One stack that one look uncovered.

    Args:
        stack_sha256: The digest of the lead of its stack.
        content_sha256: The digest of what was shown.
        kind: ``still``, ``video`` or ``text``: what the file is.
        what: A ``What``: what was asked for.
        rung: A ``Rung``.
        length_ms: Of sound, how much was asked for.
        is_repeat: Whether the officer had seen as much of it before.
        is_avoidable: Whether it was graded or settled when it was uncovered.
        is_urgent: Whether the override for a threat to a child was used.
    """

    session = models.ForeignKey(ReviewSession, on_delete=models.PROTECT, related_name="exposures")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    stack_sha256 = models.BinaryField(max_length=32)
    content_sha256 = models.BinaryField(max_length=32)
    kind = models.CharField(max_length=10)
    what = models.CharField(max_length=10)
    rung = models.SmallIntegerField()
    length_ms = models.BigIntegerField(default=0)
    is_repeat = models.BooleanField()
    is_avoidable = models.BooleanField()
    is_urgent = models.BooleanField(default=False)

    class Meta:
        """The table."""

        db_table = "welfare_exposure"
        indexes = (
            models.Index(fields=["officer", "stack_sha256"], name="welfare_exposure_stack"),
            models.Index(fields=["case", "officer", "stack_sha256"], name="welfare_exposure_case"),
            models.Index(fields=["officer", "content_sha256"], name="welfare_exposure_content"),
            models.Index(fields=["officer", "recorded_at"], name="welfare_exposure_of"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(what__in=[each.value for each in What]), name="welfare_exposure_what"
            ),
            models.CheckConstraint(
                condition=Q(rung__in=[each.value for each in Rung]), name="welfare_exposure_rung"
            ),
        )

    def __str__(self) -> str:
        """Return what was asked for."""
        return self.what


class ExposureSeen(Appended):
    """How long something stood uncovered on the screen, as the page tells afterwards."""

    exposure = models.ForeignKey(Exposure, on_delete=models.PROTECT, related_name="seen")
    shown_ms = models.PositiveIntegerField()

    class Meta:
        """The table."""

        db_table = "welfare_seen"

    def __str__(self) -> str:
        """Return the milliseconds."""
        return str(self.shown_ms)


class ExposureUnshown(Appended):
    """An exposure that came to nothing: what was asked for could not be shown, and why."""

    exposure = models.OneToOneField(Exposure, on_delete=models.PROTECT, related_name="unshown")
    code = models.CharField(max_length=30)

    class Meta:
        """The table."""

        db_table = "welfare_unshown"

    def __str__(self) -> str:
        """Return why."""
        return self.code
