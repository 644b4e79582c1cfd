"""Acts of quarantine, lists of terms, and what independent counsel decided of each entry."""

from django.db import models
from django.db.models import Q

from polit.web.cases.models import Case
from polit.web.core.models import Appended, Superseded
from polit.web.exhibits.models import Exhibit
from polit.web.media.models import QuarantinedEntry
from polit.web.media.rules import PrivilegeState
from polit.web.privilege.rules import HoldKind


class TermList(Appended):
    """A version of a case's list of terms; the last one holds for what is imported later."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="term_lists")
    version = models.PositiveIntegerField()
    terms = models.TextField()
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """The table: a case has each version once."""

        db_table = "privilege_term_list"
        constraints = (
            models.UniqueConstraint(fields=["case", "version"], name="privilege_version_once"),
            models.CheckConstraint(
                condition=~Q(terms="") & ~Q(reason=""), name="privilege_terms_say"
            ),
        )

    def __str__(self) -> str:
        """Return the version."""
        return str(self.version)


class Hold(Appended):
    """One act that quarantined something. Its figures are those of its moment.

    Args:
        exhibit: The exhibit, where the act was on one or on a folder of it.
        prefix: The folder; what is imported of the exhibit later falls under it too.
        entries: How many entries it quarantined that were not before.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="holds")
    kind = models.CharField(max_length=10)
    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, null=True, related_name="holds")
    prefix = models.TextField(blank=True)
    term_list = models.ForeignKey(
        TermList, on_delete=models.PROTECT, null=True, related_name="holds"
    )
    entries = models.PositiveBigIntegerField()
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """The table, and that an act says why."""

        db_table = "privilege_hold"
        indexes = (models.Index(fields=["case", "recorded_at"], name="privilege_hold_order"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in HoldKind]), name="privilege_hold_kind"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="privilege_hold_reason"),
        )

    def __str__(self) -> str:
        """Return the kind."""
        return self.kind

    @property
    def kind_label(self) -> str:
        """How, in words."""
        return HoldKind(self.kind).label


class CounselDecision(Superseded):
    """What independent counsel decided of one entry; the next one on it corrects this one."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="counsel_decisions")
    entry = models.ForeignKey(QuarantinedEntry, on_delete=models.PROTECT, related_name="decisions")
    batch = models.UUIDField()
    outcome = models.CharField(max_length=12)
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """The table, and what its rows must hold."""

        db_table = "privilege_decision"
        indexes = (models.Index(fields=["case", "recorded_at"], name="privilege_decision_order"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(outcome__in=[each.value for each in PrivilegeState]),
                name="privilege_decision_known",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="privilege_decision_reason"),
        )

    def __str__(self) -> str:
        """Return the outcome."""
        return self.outcome

    @property
    def outcome_label(self) -> str:
        """What was decided, in words."""
        return PrivilegeState(self.outcome).label
