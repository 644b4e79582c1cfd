"""Cases, who has access to them, and for what purpose."""

from django.conf import settings
from django.db import models

from polit.web.cases.rules import CaseStatus
from polit.web.core.models import Record
from polit.web.core.rules import Purpose


class Case(Record):
    """One investigation."""

    reference = models.CharField(max_length=100, unique=True)
    title = models.CharField(max_length=200)
    status = models.CharField(max_length=20, default=CaseStatus.OPEN.value)

    class Meta:
        """The table."""

        db_table = "cases_case"

    def __str__(self) -> str:
        """Return the reference."""
        return self.reference


class CaseMember(Record):
    """A person's access to a case, for a purpose, until it was ended."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="case_memberships"
    )
    purpose = models.CharField(max_length=30, choices=[(p.value, p.label) for p in Purpose])
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """The table, and that nobody is a member twice."""

        db_table = "cases_member"
        constraints = (
            models.UniqueConstraint(
                fields=["case", "user"],
                condition=models.Q(ended_at=None),
                name="cases_member_once",
            ),
        )

    def __str__(self) -> str:
        """Return the purpose."""
        return self.purpose
