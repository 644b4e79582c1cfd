"""Assessments of risk, and what suspects were asked about suicide. Both are only appended."""

from django.db import models
from django.db.models import Q

from polit.web.cases.models import Case
from polit.web.core.models import Superseded
from polit.web.people.models import CasePerson
from polit.web.referrals.models import Referral
from polit.web.risk.rules import Concern, Known, Occasion, RiskLevel
from polit.web.risk.tools import tool_scheme

_LEVELS = [level.value for level in RiskLevel]
_KNOWN = [known.value for known in Known]


class RiskAssessment(Superseded):
    """One result of assessing a referral or a case; the newest that stands is the one in use.

    Args:
        level: What holds.
        override_of: What the tool said, where ``level`` overrides it; else empty.
        by: Who recorded it, where ``assessor`` made it.
    """

    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, null=True, related_name="risk_assessments"
    )
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, related_name="risk_assessments"
    )
    person = models.ForeignKey(
        CasePerson, on_delete=models.PROTECT, null=True, related_name="risk_assessments"
    )
    tool_scheme = models.CharField(max_length=60)
    tool = models.CharField(max_length=40)
    tool_name = models.CharField(max_length=100, blank=True)
    tool_version = models.CharField(max_length=50, blank=True)
    level = models.CharField(max_length=10)
    override_of = models.CharField(max_length=10, blank=True)
    override_reason = models.TextField(blank=True)
    assessed_at = models.DateTimeField()
    assessor = models.CharField(max_length=200)
    rationale = models.TextField()
    review_on = models.DateField(null=True)
    access_to_children = models.CharField(max_length=10, default=Known.NOT_KNOWN.value)
    access_words = models.TextField(blank=True)
    position_of_trust = models.CharField(max_length=10, default=Known.NOT_KNOWN.value)
    trust_words = models.TextField(blank=True)
    previous = models.CharField(max_length=10, default=Known.NOT_KNOWN.value)
    previous_words = models.TextField(blank=True)
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """The table: levels and answers are known ones, an override says why."""

        db_table = "risk_assessment"
        indexes = (
            models.Index(fields=["case", "assessed_at"], name="risk_assessment_case"),
            models.Index(fields=["assessed_at"], name="risk_assessment_order"),
            models.Index(fields=["review_on"], name="risk_assessment_review"),
            # Most are of cases: once counted, SQLite takes an index of all for useless.
            models.Index(
                fields=["referral"],
                condition=Q(referral__isnull=False),
                name="risk_assessment_of_referral",
            ),
        )
        constraints = (
            models.CheckConstraint(condition=Q(level__in=_LEVELS), name="risk_assessment_level"),
            models.CheckConstraint(
                condition=Q(referral=None, case__isnull=False)
                | Q(referral__isnull=False, case=None, person=None),
                name="risk_assessment_subject",
            ),
            models.CheckConstraint(
                condition=Q(override_of="", override_reason="")
                | (Q(override_of__in=_LEVELS) & ~Q(override_reason="")),
                name="risk_assessment_override",
            ),
            models.CheckConstraint(
                condition=Q(
                    access_to_children__in=_KNOWN,
                    position_of_trust__in=_KNOWN,
                    previous__in=_KNOWN,
                ),
                name="risk_assessment_known",
            ),
            models.CheckConstraint(
                condition=~Q(rationale="") & ~Q(assessor="") & ~Q(reason=""),
                name="risk_assessment_says_why",
            ),
            models.CheckConstraint(
                condition=Q(assessed_at__lte=models.F("recorded_at")),
                name="risk_assessment_past",
            ),
        )

    def __str__(self) -> str:
        """Return the level."""
        return self.level

    @property
    def standing_level(self) -> RiskLevel:
        """The level that holds."""
        return RiskLevel(self.level)

    @property
    def tool_level(self) -> RiskLevel | None:
        """What the tool said, where it was overridden."""
        return RiskLevel(self.override_of) if self.override_of else None

    @property
    def tool_label(self) -> str:
        """The tool and its version in words."""
        named = self.tool_name or tool_scheme(self.tool_scheme).label_of(self.tool)
        return f"{named} {self.tool_version}".strip()

    @property
    def access_known(self) -> Known:
        """Whether the suspect can reach children."""
        return Known(self.access_to_children)

    @property
    def trust_known(self) -> Known:
        """Whether they stand in a position of trust."""
        return Known(self.position_of_trust)

    @property
    def previous_known(self) -> Known:
        """Whether there are convictions or intelligence."""
        return Known(self.previous)


class SuicideRiskPrompt(Superseded):
    """That a suspect was asked about suicide on one occasion, and what came of it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="suicide_risk_prompts")
    place = models.ForeignKey(
        CasePerson, on_delete=models.PROTECT, related_name="suicide_risk_prompts"
    )
    occasion = models.CharField(max_length=10)
    occurred_at = models.DateTimeField()
    concern = models.CharField(max_length=10)
    asked = models.TextField()
    action = models.TextField(blank=True)
    support_suspect = models.TextField(blank=True)
    support_family = models.TextField(blank=True)
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """The table: it says what was asked, and of a concern what was done."""

        db_table = "risk_suicide_prompt"
        indexes = (models.Index(fields=["case", "occurred_at"], name="risk_suicide_case"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(occasion__in=[each.value for each in Occasion]),
                name="risk_suicide_occasion",
            ),
            models.CheckConstraint(
                condition=Q(concern__in=[each.value for each in Concern])
                & (~Q(concern="yes") | ~Q(action="")),
                name="risk_suicide_concern",
            ),
            models.CheckConstraint(
                condition=~Q(asked="") & ~Q(reason=""), name="risk_suicide_says"
            ),
            models.CheckConstraint(
                condition=Q(occurred_at__lte=models.F("recorded_at")), name="risk_suicide_past"
            ),
        )

    def __str__(self) -> str:
        """Return the occasion."""
        return self.occasion

    @property
    def occasion_at(self) -> Occasion:
        """On which occasion."""
        return Occasion(self.occasion)

    @property
    def found(self) -> Concern:
        """What it came to."""
        return Concern(self.concern)


class ResponseCovered(Superseded):
    """That what answered a case covers a referral that came in later; withdrawn where it does not.

    Args:
        by: Who says so.
        reason: Why.
    """

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="covers")
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """The table, and that it says why."""

        db_table = "risk_response_covered"
        constraints = (models.CheckConstraint(condition=~Q(reason=""), name="risk_covered_says"),)

    def __str__(self) -> str:
        """Return why."""
        return self.reason
