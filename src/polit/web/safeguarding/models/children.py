"""Children of a case, and the contacts that are owed to them. No name of a child stands here."""

from django.db import models
from django.db.models import Q

from polit.base.clock import now_utc
from polit.web.cases.models import Case
from polit.web.core.models import Record
from polit.web.people.models import CasePerson
from polit.web.safeguarding.children_law import (
    Catalogue,
    ChildClocks,
    ContactKind,
    catalogue,
    child_clocks,
    label_in,
)
from polit.web.safeguarding.rules import ChildAccess, ChildStanding, ContactState


class ChildRecord(Record):
    """A child in a case: what puts them at risk, and since when the force knows.

    Args:
        case: The case of ``place``.
        place: Who the child is; its label is "Child 1".
        suspect: The suspect's place in the same case.
        access: How the suspect comes to the child now.
        risk_known_at: Clocks run from here.
        share_due_at: By when it is shared with children's social care.
        catalogue: The version of the lists that its codes are of.
        clocks: The version of the clocks that it runs by.
        holidays: The version of the bank holidays that its days were counted by.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="children")
    place = models.OneToOneField(CasePerson, on_delete=models.PROTECT, related_name="child_record")
    standing = models.CharField(max_length=20, default=ChildStanding.AT_RISK.value)
    identified_at = models.DateTimeField(null=True)
    identified_how = models.TextField(blank=True)
    suspect = models.ForeignKey(
        CasePerson, on_delete=models.PROTECT, null=True, related_name="children_at_risk"
    )
    relation = models.CharField(max_length=30)
    access = models.CharField(max_length=20)
    school = models.CharField(max_length=300, blank=True)
    risk_known_at = models.DateTimeField()
    share_due_at = models.DateTimeField()
    catalogue = models.CharField(max_length=60)
    clocks = models.CharField(max_length=60)
    holidays = models.CharField(max_length=60)
    by = models.CharField(max_length=200)

    class Meta:
        """The table: who was identified was so at some time and somehow."""

        db_table = "safeguarding_child"
        indexes = (
            models.Index(fields=["risk_known_at", "id"], name="safeguarding_child_known"),
            models.Index(fields=["recorded_at", "id"], name="safeguarding_child_recorded"),
        )
        constraints = (
            models.CheckConstraint(
                condition=(Q(standing="identified_victim", identified_at__isnull=False)
                           & ~Q(identified_how=""))
                | Q(standing="at_risk", identified_at=None, identified_how=""),
                name="safeguarding_child_standing",
            ),
            models.CheckConstraint(
                condition=Q(access__in=[each.value for each in ChildAccess]),
                name="safeguarding_child_access",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        """Return the identifier: who it is stands nowhere by chance."""
        return str(self.id)

    @property
    def stands(self) -> ChildStanding:
        """Where the child stands."""
        return ChildStanding(self.standing)

    @property
    def access_label(self) -> str:
        """How the suspect comes to the child, in words."""
        return ChildAccess(self.access).label

    @property
    def relation_label(self) -> str:
        """What the suspect is to the child, in words."""
        return label_in(self.lists.relations, self.relation)

    @property
    def lists(self) -> Catalogue:
        """The lists that its codes are of."""
        return catalogue(self.catalogue)

    @property
    def law(self) -> ChildClocks:
        """The clocks that it runs by."""
        return child_clocks(self.clocks)


class SupportContact(Record):
    """A contact that is owed to a child or their carer: support, or news under the Victims' Code.

    Args:
        arises_at: When what it follows happened.
        follows: The first row of the arrest, of its outcome, or of the charge that it tells of;
            ``None`` where it tells of none.
        given_at: When it was given, or said not to be wanted.
        how: How, and to whom; no name of a child.
    """

    child = models.ForeignKey(ChildRecord, on_delete=models.PROTECT, related_name="contacts")
    kind = models.CharField(max_length=30)
    catalogue = models.CharField(max_length=60)
    holidays = models.CharField(max_length=60)
    arises_at = models.DateTimeField()
    follows = models.UUIDField(null=True)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=ContactState.OWED.value)
    given_at = models.DateTimeField(null=True)
    how = models.TextField(blank=True)
    by = models.CharField(max_length=200)

    class Meta:
        """The table: a kind is owed once for one thing that it follows."""

        db_table = "safeguarding_contact"
        indexes = (
            models.Index(fields=["state", "due_at"], name="safeguarding_contact_due"),
            models.Index(fields=["child", "state"], name="safeguarding_contact_of"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["child", "kind", "arises_at"],
                condition=Q(follows=None),
                name="safeguarding_contact_once",
            ),
            models.UniqueConstraint(
                fields=["child", "kind", "follows"],
                condition=Q(follows__isnull=False),
                name="safeguarding_contact_told",
            ),
            models.CheckConstraint(
                condition=Q(state="owed", given_at=None, how="")
                | (Q(state__in=["given", "declined"], given_at__isnull=False) & ~Q(how="")),
                name="safeguarding_contact_state",
            ),
        )

    def __str__(self) -> str:
        """Return the kind."""
        return self.kind

    @property
    def stands(self) -> ContactState:
        """Where it stands."""
        return ContactState(self.state)

    @property
    def way(self) -> ContactKind:
        """Its kind, as it was when it arose."""
        lists = catalogue(self.catalogue)
        return lists.find(lists.contacts, self.kind)

    @property
    def is_overdue(self) -> bool:
        """Whether it should have been given by now."""
        return self.stands is ContactState.OWED and self.due_at <= now_utc()
