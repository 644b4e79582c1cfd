"""What happened for a child: appended, corrected by further rows, never changed."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from polit.web.core.models import Superseded
from polit.web.safeguarding.children_law import Catalogue, catalogue, label_in
from polit.web.safeguarding.models.children import ChildRecord
from polit.web.safeguarding.rules import StepKind


def _own(name: str) -> tuple[models.BaseConstraint, ...]:
    """Return what rows of every table of steps must hold."""
    return (
        models.CheckConstraint(condition=~Q(reason=""), name=f"{name}_reason"),
        models.CheckConstraint(
            condition=Q(is_withdrawal=False) | Q(corrects__isnull=False), name=f"{name}_withdrawal"
        ),
    )


class ChildStep(Superseded):
    """One thing that happened for a child.

    Args:
        occurred_at: When it happened.
        by: Who recorded it.
        reason: Why it was recorded, corrected or withdrawn.
        note: What else.
        catalogue: The version of the lists that its codes are of.
    """

    of: ClassVar[StepKind]

    child = models.ForeignKey(ChildRecord, on_delete=models.PROTECT, related_name="%(class)s_rows")
    occurred_at = models.DateTimeField()
    by = models.CharField(max_length=200)
    reason = models.TextField()
    note = models.TextField(blank=True)
    catalogue = models.CharField(max_length=60)

    class Meta:
        """No table of its own."""

        abstract = True

    def __str__(self) -> str:
        """Return what it is."""
        return self.of.label

    @property
    def lists(self) -> Catalogue:
        """The lists that its codes are of."""
        return catalogue(self.catalogue)

    @property
    def title(self) -> str:
        """What happened, in words."""
        return self.of.label


class ProtectiveAction(ChildStep):
    """Something that was done to protect a child.

    Args:
        counts: Whether a child for whom it was taken counts as safeguarded.
        ends_at: When it ends by itself, as police protection does; ``None`` for no limit.
    """

    of = StepKind.ACTION

    kind = models.CharField(max_length=40)
    counts = models.BooleanField()
    done_by = models.CharField(max_length=200)
    agreed_by = models.CharField(max_length=200, blank=True)
    ends_at = models.DateTimeField(null=True)

    class Meta:
        """The table; the first that counts is what figures ask for."""

        db_table = "safeguarding_action"
        indexes = (
            models.Index(fields=["child", "occurred_at"], name="safeguarding_action_of"),
            models.Index(fields=["occurred_at"], name="safeguarding_action_when"),
            models.Index(fields=["ends_at"], name="safeguarding_action_ends"),
        )
        constraints = (
            *_own("safeguarding_action"),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("occurred_at")),
                name="safeguarding_action_end",
            ),
        )

    @property
    def title(self) -> str:
        """The kind in words."""
        return label_in(self.lists.actions, self.kind)


class SocialCareReferral(ChildStep):
    """A referral of a child to children's social care.

    Args:
        strategy_due_at: By when a strategy discussion is held.
    """

    of = StepKind.SHARED

    authority = models.CharField(max_length=200)
    reference = models.CharField(max_length=100, blank=True)
    made_by = models.CharField(max_length=200)
    strategy_due_at = models.DateTimeField()
    clocks = models.CharField(max_length=60)
    holidays = models.CharField(max_length=60)

    class Meta:
        """The table."""

        db_table = "safeguarding_social_care_referral"
        indexes = (
            models.Index(fields=["child", "occurred_at"], name="safeguarding_shared_of"),
            models.Index(fields=["strategy_due_at"], name="safeguarding_shared_due"),
        )
        constraints = _own("safeguarding_shared")


class StrategyDiscussion(ChildStep):
    """A strategy discussion.

    Args:
        agencies: Who took part, codes of the catalogue.
        initiates_enquiry: Whether the section 47 enquiry was initiated at it.
        conference_due_at: Then, by when the conference is held.
    """

    of = StepKind.STRATEGY

    outcome = models.CharField(max_length=40)
    agencies = models.JSONField(default=list)
    initiates_enquiry = models.BooleanField()
    conference_due_at = models.DateTimeField(null=True)
    clocks = models.CharField(max_length=60)
    holidays = models.CharField(max_length=60)

    class Meta:
        """The table: what initiates an enquiry starts the conference's clock."""

        db_table = "safeguarding_strategy_discussion"
        indexes = (
            models.Index(fields=["child", "occurred_at"], name="safeguarding_strategy_of"),
            models.Index(fields=["conference_due_at"], name="safeguarding_conference_due"),
        )
        constraints = (
            *_own("safeguarding_strategy"),
            models.CheckConstraint(
                condition=Q(initiates_enquiry=True, conference_due_at__isnull=False)
                | Q(initiates_enquiry=False, conference_due_at=None),
                name="safeguarding_strategy_clock",
            ),
        )

    @property
    def outcome_label(self) -> str:
        """How it ended, in words."""
        return label_in(self.lists.strategy_outcomes, self.outcome)

    @property
    def agency_labels(self) -> tuple[str, ...]:
        """Who took part, in words."""
        return tuple(label_in(self.lists.agencies, code) for code in self.agencies)


class Section47Enquiry(ChildStep):
    """A section 47 enquiry that began, or ended with an outcome (Children Act 1989 s.47).

    Args:
        outcome: A code of the catalogue; empty where it began.
        ends_conference_clock: Whether no conference is needed.
    """

    of = StepKind.ENQUIRY

    outcome = models.CharField(max_length=40, blank=True)
    ends_conference_clock = models.BooleanField()

    class Meta:
        """The table."""

        db_table = "safeguarding_section_47"
        indexes = (models.Index(fields=["child", "occurred_at"], name="safeguarding_s47_of"),)
        constraints = _own("safeguarding_section_47")

    @property
    def title(self) -> str:
        """What happened, in words."""
        return f"Section 47 enquiry {'ended' if self.outcome else 'began'}"

    @property
    def outcome_label(self) -> str:
        """How it ended, in words; empty where it began."""
        return label_in(self.lists.enquiry_outcomes, self.outcome) if self.outcome else ""


class ChildConference(ChildStep):
    """A child protection conference.

    Args:
        is_held: Whether it ends the clock: one that was adjourned does not.
    """

    of = StepKind.CONFERENCE

    outcome = models.CharField(max_length=40)
    is_held = models.BooleanField()

    class Meta:
        """The table."""

        db_table = "safeguarding_conference"
        indexes = (
            models.Index(fields=["child", "occurred_at"], name="safeguarding_conference_of"),
        )
        constraints = _own("safeguarding_conference")

    @property
    def outcome_label(self) -> str:
        """How it ended, in words."""
        return label_in(self.lists.conference_outcomes, self.outcome)
