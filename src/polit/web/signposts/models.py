"""Signposts: where people find help, until they are ended."""

from django.db import models
from django.db.models import Q

from polit.web.core.models import Record
from polit.web.signposts.rules import Audience


class Signpost(Record):
    """One place of help."""

    name = models.CharField(max_length=150)
    purpose = models.TextField()
    telephone = models.CharField(max_length=50, blank=True)
    website = models.CharField(max_length=200, blank=True)
    hours = models.CharField(max_length=200, blank=True)
    for_suspect = models.BooleanField(default=False)
    for_family = models.BooleanField(default=False)
    for_carer = models.BooleanField(default=False)
    for_worried = models.BooleanField(default=False)
    for_officer = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, blank=True)

    class Meta:
        """The table: of those that hold a name stands once, and each is for somebody."""

        db_table = "signposts_signpost"
        indexes = (models.Index(fields=["name", "id"], name="signposts_order"),)
        constraints = (
            models.UniqueConstraint(
                fields=["name"], condition=Q(ended_at=None), name="signposts_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="signposts_name"),
            models.CheckConstraint(
                condition=Q(for_suspect=True) | Q(for_family=True) | Q(for_carer=True)
                | Q(for_worried=True) | Q(for_officer=True),
                name="signposts_for",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by="")
                | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
                name="signposts_end",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    @property
    def audiences(self) -> tuple[Audience, ...]:
        """Whom it is for."""
        return tuple(each for each in Audience if getattr(self, f"for_{each.value}"))
