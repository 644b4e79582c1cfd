"""Unknown children: a working label, opinions, the series they are in, and who they are at last."""

from django.db import models
from django.db.models import F, Q

from polit.web.cases.models import Case
from polit.web.core.models import Appended, Record, Superseded
from polit.web.safeguarding.models import ChildRecord
from polit.web.victims.catalogue import catalogue, label_of
from polit.web.victims.models.series import Series
from polit.web.victims.rules import UnknownState


class UnknownChild(Record):
    """A child whom nobody could name when this was recorded. No name of a child stands here.

    Args:
        case: The case that looks for the child.
        number: Counts up in the force; it makes the label.
        noted_at: Since when the force knows that there is such a child.
        child: The child's record once identified; ``None`` while not.
        made_standing: Whether the identification made that record's standing.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="unknown_children")
    number = models.PositiveIntegerField(unique=True)
    state = models.CharField(max_length=20, default=UnknownState.UNIDENTIFIED.value)
    noted_at = models.DateTimeField()
    note = models.TextField(blank=True)
    child = models.ForeignKey(
        ChildRecord, on_delete=models.PROTECT, null=True, related_name="was_unknown"
    )
    made_standing = models.BooleanField(default=False)
    by = models.CharField(max_length=200)

    class Meta:
        """The table: who is identified has a record, and nobody else."""

        db_table = "victims_unknown_child"
        indexes = (
            models.Index(fields=["case", "state"], name="victims_unknown_case"),
            models.Index(fields=["noted_at", "id"], name="victims_unknown_order"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[each.value for each in UnknownState]),
                name="victims_unknown_state",
            ),
            models.CheckConstraint(
                condition=Q(state="identified", child__isnull=False)
                | (~Q(state="identified") & Q(child=None, made_standing=False)),
                name="victims_unknown_identified",
            ),
        )

    def __str__(self) -> str:
        """Return the label."""
        return self.label

    @property
    def label(self) -> str:
        """What the child is called until there is a name, and afterwards here."""
        return f"Unknown child {self.number}"

    @property
    def stands(self) -> UnknownState:
        """Where the child stands."""
        return UnknownState(self.state)


class UnknownStep(Appended):
    """One step on the way to who a child is, in order; never changed.

    Args:
        occurred_at: When it happened.
        how: How the child was identified; empty for other steps.
        by_whom: By whom the child was identified; empty for other steps.
        child: The record that the child was held to be, by an identification or its withdrawal.
    """

    unknown = models.ForeignKey(UnknownChild, on_delete=models.PROTECT, related_name="steps")
    action = models.CharField(max_length=30)
    occurred_at = models.DateTimeField()
    how = models.TextField(blank=True)
    by_whom = models.CharField(max_length=200, blank=True)
    child = models.ForeignKey(
        ChildRecord, on_delete=models.PROTECT, null=True, related_name="unknown_steps"
    )
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """The table, and that a step says why."""

        db_table = "victims_unknown_step"
        indexes = (models.Index(fields=["unknown", "recorded_at"], name="victims_unknown_steps"),)
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="victims_unknown_step_reason"),
        )

    def __str__(self) -> str:
        """Return what was done."""
        return self.action


class AgeOpinion(Superseded):
    """What somebody holds of a child's age and sex, by what is to be seen: an opinion."""

    unknown = models.ForeignKey(UnknownChild, on_delete=models.PROTECT, related_name="opinions")
    age_from = models.PositiveSmallIntegerField()
    age_to = models.PositiveSmallIntegerField()
    sex = models.CharField(max_length=20)
    whose = models.CharField(max_length=200)
    formed_on = models.DateField()
    grounds = models.TextField(blank=True)
    catalogue = models.CharField(max_length=60)
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """The table: the ages are a range, and it is somebody's."""

        db_table = "victims_opinion"
        indexes = (models.Index(fields=["unknown", "formed_on"], name="victims_opinions"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(age_to__gte=F("age_from")), name="victims_opinion_range"
            ),
            models.CheckConstraint(
                condition=~Q(whose="") & ~Q(reason=""), name="victims_opinion_says"
            ),
        )

    def __str__(self) -> str:
        """Return the opinion."""
        return self.text

    @property
    def text(self) -> str:
        """The opinion in words: "8 to 10 years, apparently female"."""
        sex = label_of(catalogue(self.catalogue).sexes, self.sex).lower()
        ages = f"{self.age_from} to {self.age_to}" if self.age_to > self.age_from else self.age_to
        return f"{ages} years, {'sex not clear' if self.sex == 'not_clear' else sex}"


class Appearance(Superseded):
    """That an unknown child appears in a series."""

    unknown = models.ForeignKey(UnknownChild, on_delete=models.PROTECT, related_name="appearances")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="appearances")
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """The table."""

        db_table = "victims_appearance"
        indexes = (
            models.Index(fields=["unknown", "recorded_at"], name="victims_appearances"),
            models.Index(fields=["series", "unknown"], name="victims_appearing"),
        )
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="victims_appearance_reason"),
        )

    def __str__(self) -> str:
        """Return its identifier."""
        return str(self.pk)
