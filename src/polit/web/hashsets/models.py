"""What was asked of the store of hash sets, what was done to sets, and what the store holds."""

from django.db import models

from polit.base.clock import now_utc
from polit.web.core.models import Appended, Record, fresh_id
from polit.web.hashsets.rules import (
    LONGEST_NAME,
    LONGEST_TEXT,
    ORDER_STATES,
    OrderKind,
    OrderState,
    SetAct,
    SetStatus,
)

_KEY_KINDS = ("md5", "sha1", "sha256", "pdq", "vpdq")


class SetOrder(Record):
    """Something that the broker does with the store in a process of its own: an import, say."""

    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=12, default=ORDER_STATES.initial)
    errand_id = models.UUIDField(unique=True, default=fresh_id)
    reason = models.TextField()
    asked_by = models.CharField(max_length=200)

    upload_id = models.CharField(max_length=36, blank=True)
    place = models.TextField(blank=True)
    file_name = models.TextField(blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    file_size_bytes = models.BigIntegerField(default=0)

    name = models.CharField(max_length=LONGEST_NAME, blank=True)
    status = models.CharField(max_length=12, blank=True)
    scheme = models.CharField(max_length=LONGEST_TEXT, blank=True)
    provider = models.CharField(max_length=LONGEST_TEXT, blank=True)
    jurisdiction = models.CharField(max_length=LONGEST_TEXT, blank=True)
    version = models.CharField(max_length=LONGEST_TEXT, blank=True)
    format = models.CharField(max_length=LONGEST_TEXT, blank=True)

    set_sha256 = models.CharField(max_length=64, blank=True)
    message = models.TextField(blank=True)

    class Meta:
        """The table, and what its rows must hold."""

        db_table = "hashsets_order"
        indexes = (
            models.Index(fields=["kind", "-recorded_at"], name="hashsets_orders_of_kind"),
            models.Index(fields=["set_sha256"], name="hashsets_orders_of_set"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in OrderKind]),
                name="hashsets_order_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in OrderState]),
                name="hashsets_order_state",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="hashsets_order_says_why"),
            models.CheckConstraint(
                condition=~models.Q(kind=OrderKind.IMPORT.value)
                | (
                    models.Q(status__in=[status.value for status in SetStatus])
                    & ~models.Q(name="")
                    & (models.Q(upload_id="", place__gt="") | models.Q(upload_id__gt="", place=""))
                ),
                name="hashsets_import_whole",
            ),
        )

    def __str__(self) -> str:
        """Return the state."""
        return self.state

    @property
    def standing(self) -> OrderState:
        """The state as a value."""
        return OrderState(self.state)

    @property
    def way(self) -> OrderKind:
        """The kind as a value."""
        return OrderKind(self.kind)

    @property
    def meaning(self) -> SetStatus | None:
        """The status as a value, ``None`` for what is no import."""
        return SetStatus(self.status) if self.status else None


class OrderProgress(models.Model):
    """How far an order is, as the broker last told it. Counts only, not a record.

    ``turn`` counts how often the worker was told of it: a task of an earlier turn ends.
    """

    order = models.OneToOneField(
        SetOrder, on_delete=models.CASCADE, primary_key=True, related_name="progress"
    )
    turn = models.PositiveIntegerField(default=0)
    phase = models.CharField(max_length=60, blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    told_at = models.DateTimeField(default=now_utc)

    class Meta:
        """The table."""

        db_table = "hashsets_progress"

    def __str__(self) -> str:
        """Return the phase."""
        return self.phase


class HashSet(models.Model):
    """A set as the store told of it last; a copy, not a record. The store is the truth.

    ``wanted`` is what people want of it until the store agrees.
    """

    sha256 = models.CharField(max_length=64, primary_key=True)
    name = models.CharField(max_length=1000)
    status = models.CharField(max_length=12)
    scheme = models.TextField(blank=True)
    provider = models.TextField(blank=True)
    jurisdiction = models.TextField(blank=True)
    version = models.TextField(blank=True)
    format = models.TextField(blank=True)
    file_name = models.TextField(blank=True)
    file_sha256 = models.CharField(max_length=64)
    file_size_bytes = models.BigIntegerField()
    records = models.BigIntegerField()
    md5_keys = models.BigIntegerField(default=0)
    sha1_keys = models.BigIntegerField(default=0)
    sha256_keys = models.BigIntegerField(default=0)
    pdq_keys = models.BigIntegerField(default=0)
    vpdq_keys = models.BigIntegerField(default=0)
    imported_at = models.DateTimeField()
    imported_by = models.TextField()
    is_enabled = models.BooleanField()
    is_gone = models.BooleanField(default=False)
    wanted = models.CharField(max_length=10, blank=True)
    told_at = models.DateTimeField(default=now_utc)

    class Meta:
        """The table, and the index that the list follows."""

        db_table = "hashsets_set"
        indexes = (models.Index(fields=["is_gone", "name"], name="hashsets_by_name"),)

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    @property
    def meaning(self) -> SetStatus:
        """The status as a value."""
        return SetStatus(self.status)

    @property
    def keys(self) -> tuple[tuple[str, int], ...]:
        """How many keys it holds by algorithm, those that it has."""
        counts = ((kind, getattr(self, f"{kind}_keys")) for kind in _KEY_KINDS)
        return tuple((kind, count) for kind, count in counts if count)


class SetDeed(Appended):
    """That somebody switched a set on or off, or removed it; the store is told afterwards."""

    set_sha256 = models.CharField(max_length=64)
    set_name = models.CharField(max_length=1000)
    act = models.CharField(max_length=10)
    reason = models.TextField()
    by_id = models.CharField(max_length=100)
    by_name = models.CharField(max_length=200)

    class Meta:
        """The table, and what its rows must hold."""

        db_table = "hashsets_deed"
        indexes = (
            models.Index(fields=["set_sha256", "recorded_at"], name="hashsets_deeds_of_set"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(act__in=[act.value for act in SetAct]), name="hashsets_deed_act"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="hashsets_deed_says_why"),
        )

    def __str__(self) -> str:
        """Return the act."""
        return self.act

    @property
    def deed(self) -> SetAct:
        """The act as a value."""
        return SetAct(self.act)
