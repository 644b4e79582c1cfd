"""Exhibits."""

from django.db import models
from django.db.models.functions import Lower

from polit.web.cases.models import Case
from polit.web.core.models import Record
from polit.web.exhibits.rules import DeviceKind, Power, safe_name


class Exhibit(Record):
    """One seized thing, or a part of one that was split off it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="exhibits")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="sub_exhibits"
    )
    reference = models.CharField(max_length=100)
    description = models.TextField()
    producer_name = models.CharField(max_length=150)
    producer_number = models.CharField(max_length=50, blank=True)

    device_kind = models.CharField(max_length=20, choices=[(k.value, k.label) for k in DeviceKind])
    finer_kind = models.CharField(max_length=40, blank=True)
    make = models.CharField(max_length=100, blank=True)
    model = models.CharField(max_length=100, blank=True)
    marks = models.CharField(max_length=300, blank=True)
    capacity = models.CharField(max_length=50, blank=True)
    serial = models.CharField(max_length=100, blank=True)
    imei = models.CharField(max_length=15, blank=True)
    is_imei_unreadable = models.BooleanField(default=False)
    identifiers = models.TextField(blank=True)
    condition = models.TextField(blank=True)
    powered = models.CharField(max_length=10, choices=[(p.value, p.label) for p in Power])
    quantity = models.PositiveIntegerField(default=1)
    containers = models.CharField(max_length=300, blank=True)
    owner_text = models.CharField(max_length=200, blank=True)

    seized_at = models.DateTimeField()
    seized_place = models.CharField(max_length=300)
    power_code = models.CharField(max_length=60)
    power_reference = models.CharField(max_length=200, blank=True)
    agreement = models.TextField(blank=True)
    scope = models.TextField(blank=True)

    class Meta:
        """The table, and what its rows must hold."""

        db_table = "exhibits_exhibit"
        indexes = (
            models.Index(fields=["serial"], name="exhibits_serial"),
            models.Index(fields=["imei"], name="exhibits_imei"),
            models.Index(fields=["reference"], name="exhibits_reference"),
        )
        constraints = (
            models.UniqueConstraint("case", Lower("reference"), name="exhibits_reference_once"),
            models.CheckConstraint(condition=~models.Q(reference=""), name="exhibits_referenced"),
            models.CheckConstraint(
                condition=models.Q(device_kind__in=[kind.value for kind in DeviceKind]),
                name="exhibits_device_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(imei="") | models.Q(is_imei_unreadable=False),
                name="exhibits_imei_read_or_not",
            ),
            models.CheckConstraint(
                condition=models.Q(quantity__gte=1), name="exhibits_at_least_one"
            ),
        )

    def __str__(self) -> str:
        """Return the reference."""
        return self.reference

    @property
    def safe_name(self) -> str:
        """The reference as a file name, the one that its package bears."""
        return safe_name(self.reference)

    @property
    def producer(self) -> str:
        """Who seized it, on one line."""
        if self.producer_number:
            return f"{self.producer_name} ({self.producer_number})"
        return self.producer_name
