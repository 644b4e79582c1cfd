"""A session of review and its stretches of work."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from polit.base.clock import now_utc
from polit.web.cases.models import Case
from polit.web.core.models import Record
from polit.web.core.rules import Purpose
from polit.web.welfare.rules import Lane, Policy, SessionState, policy_of


class ReviewSession(Record):
    """One person at work on the pictures of one case; ``recorded_at`` is its begin.

    Args:
        purpose: What for.
        lane: The lane it is in now; its stretches say which it was in.
        policy: The file of limits that it was kept under.
        consent_version: The version of the words that were agreed to, at ``consented_at``.
        limit_s: The day's limit that the officer chose; ``None`` for the force's.
        idle_s: After how long without a hand everything is covered.
        is_new: Whether the officer was in their induction.
        seen_at: When the officer was last there.
        cool_until: Until when nothing is uncovered.
        heavy_views: Full-size views of the worst lane since the officer last cooled down.
        hides: How often the officer hid everything.
        override_reason: Why they went on beyond the day's limit.
        sound_at: When they first asked for sound.
    """

    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="review_sessions"
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="review_sessions")
    purpose = models.CharField(max_length=30)
    lane = models.CharField(max_length=30)
    state = models.CharField(max_length=10, default=SessionState.WORKING.value)
    policy = models.CharField(max_length=60)
    consent_version = models.PositiveSmallIntegerField()
    consented_at = models.DateTimeField()
    limit_s = models.PositiveIntegerField(null=True)
    idle_s = models.PositiveIntegerField()
    is_new = models.BooleanField(default=False)
    seen_at = models.DateTimeField(default=now_utc)
    cool_until = models.DateTimeField(null=True)
    heavy_views = models.PositiveIntegerField(default=0)
    hides = models.PositiveIntegerField(default=0)
    override_reason = models.CharField(max_length=500, blank=True)
    override_at = models.DateTimeField(null=True)
    sound_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_why = models.CharField(max_length=30, blank=True)

    unguarded = models.Manager["ReviewSession"]()
    """For ``seen_at`` alone: that somebody is there is no act."""

    class Meta:
        """The table: a person is in one session at a time."""

        db_table = "welfare_session"
        default_manager_name = "objects"
        indexes = (
            models.Index(fields=["officer", "recorded_at"], name="welfare_session_of"),
            models.Index(fields=["case", "recorded_at"], name="welfare_session_case"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["officer"], condition=Q(ended_at=None), name="welfare_session_one"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[each.value for each in SessionState]),
                name="welfare_session_state",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_why="") & ~Q(state=SessionState.ENDED.value)
                | Q(ended_at__isnull=False, state=SessionState.ENDED.value) & ~Q(end_why=""),
                name="welfare_session_end",
            ),
            models.CheckConstraint(
                condition=Q(override_at=None, override_reason="")
                | (Q(override_at__isnull=False) & ~Q(override_reason="")),
                name="welfare_session_override",
            ),
        )

    def __str__(self) -> str:
        """Return the lane."""
        return self.lane

    @property
    def rules(self) -> Policy:
        """The limits that it was kept under."""
        return policy_of(self.policy)

    @property
    def lane_rules(self) -> Lane:
        """The lane that it is in."""
        return self.rules.lane(self.lane)

    @property
    def standing_state(self) -> SessionState:
        """Where it stands."""
        return SessionState(self.state)

    @property
    def purpose_label(self) -> str:
        """The purpose in words."""
        return Purpose(self.purpose).label


class SessionSpan(Record):
    """A stretch of work: from ``began_at`` until it was paused, left or ended."""

    session = models.ForeignKey(ReviewSession, on_delete=models.PROTECT, related_name="spans")
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    lane = models.CharField(max_length=30)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """The table: a person works on one thing at a time."""

        db_table = "welfare_span"
        indexes = (models.Index(fields=["officer", "began_at"], name="welfare_span_of"),)
        constraints = (
            models.UniqueConstraint(
                fields=["officer"], condition=Q(ended_at=None), name="welfare_span_one"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")),
                name="welfare_span_order",
            ),
        )

    def __str__(self) -> str:
        """Return the lane."""
        return self.lane
