"""Decisions to tell an employer or a designated officer of a suspect's risk to children."""

from django.db import models
from django.db.models import Q

from polit.web.cases.models import Case
from polit.web.core.models import Superseded
from polit.web.people.models import CasePerson
from polit.web.safeguarding.children_law import Catalogue, catalogue, label_in


class EmployerDisclosure(Superseded):
    """A decision to tell somebody, or not to, of a suspect who works with children.

    It rests on the police's common law powers: a pressing social need, weighed and reasoned.

    Args:
        position: The position of trust.
        needs: The grounds of the need, codes of the catalogue.
        told_at: When it was told; ``None`` while it was not.
        by: Who recorded it.
        reason: Why it was recorded, corrected or withdrawn.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="disclosures")
    suspect = models.ForeignKey(CasePerson, on_delete=models.PROTECT, related_name="disclosures")
    position = models.TextField()
    is_disclosed = models.BooleanField()
    occurred_at = models.DateTimeField()
    authorised_by = models.CharField(max_length=200)
    needs = models.JSONField(default=list)
    reasons = models.TextField()
    recipient_kind = models.CharField(max_length=30, blank=True)
    recipient = models.CharField(max_length=300, blank=True)
    told_at = models.DateTimeField(null=True)
    told = models.TextField(blank=True)
    catalogue = models.CharField(max_length=60)
    by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        """The table: what is told is told to somebody, after it was decided to."""

        db_table = "safeguarding_disclosure"
        indexes = (models.Index(fields=["case", "occurred_at"], name="safeguarding_disclosed"),)
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="safeguarding_disclosure_reason"),
            models.CheckConstraint(
                condition=Q(is_withdrawal=False) | Q(corrects__isnull=False),
                name="safeguarding_disclosure_withdrawal",
            ),
            models.CheckConstraint(
                condition=Q(is_disclosed=False, recipient_kind="", recipient="", told_at=None)
                | (Q(is_disclosed=True) & ~Q(recipient_kind="") & ~Q(recipient="")),
                name="safeguarding_disclosure_whom",
            ),
            models.CheckConstraint(
                condition=Q(told_at=None, told="") | (Q(told_at__isnull=False) & ~Q(told="")),
                name="safeguarding_disclosure_told",
            ),
        )

    def __str__(self) -> str:
        """Return the decision."""
        return self.title

    @property
    def title(self) -> str:
        """The decision in words."""
        if not self.is_disclosed:
            return "Decided not to disclose"
        return "Disclosed" if self.told_at else "Decided to disclose"

    @property
    def lists(self) -> Catalogue:
        """The lists that its codes are of."""
        return catalogue(self.catalogue)

    @property
    def recipient_label(self) -> str:
        """The kind of recipient in words."""
        return label_in(self.lists.recipients, self.recipient_kind)

    @property
    def need_labels(self) -> tuple[str, ...]:
        """The grounds in words."""
        return tuple(label_in(self.lists.needs, code) for code in self.needs)
