"""Orders and what happens under them; what happened is appended alone."""

import django.db.models.deletion
import polit.base.clock
import polit.web.core.models
from django.conf import settings
from django.db import migrations, models

from polit.web.core.append_only import AppendOnly


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("cases", "0003_units"),
        ("court", "0001_initial"),
        ("exhibits", "0003_execution"),
        ("people", "0002_merged"),
    ]

    operations = [
        migrations.CreateModel(
            name="Order",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=polit.web.core.models.fresh_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(default=polit.base.clock.now_utc, editable=False),
                ),
                ("law", models.CharField(max_length=60)),
                ("kind", models.CharField(max_length=40)),
                ("rules", models.CharField(max_length=60)),
                ("policy", models.CharField(max_length=60)),
                ("reference", models.CharField(max_length=100)),
                ("national_reference", models.CharField(blank=True, max_length=100)),
                ("court", models.CharField(blank=True, max_length=200)),
                ("made_on", models.DateField()),
                ("begins_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                ("sentence", models.CharField(blank=True, max_length=40)),
                ("is_under_18", models.BooleanField(default=False)),
                ("state", models.CharField(default="in_force", max_length=10)),
                ("end_kind", models.CharField(blank=True, max_length=20)),
                ("ended_on", models.DateField(null=True)),
                ("risk_level", models.CharField(blank=True, max_length=10)),
                ("added_by", models.CharField(max_length=200)),
                ("visit_due_on", models.DateField(null=True)),
                ("device_due_on", models.DateField(null=True)),
                ("review_due_on", models.DateField(null=True)),
                ("notify_due_at", models.DateTimeField(null=True)),
                ("notify_rule", models.CharField(blank=True, max_length=40)),
                ("visit_sort", models.DateField()),
                ("end_sort", models.DateField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="cases.case",
                    ),
                ),
                (
                    "court_result",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="court.courtresult",
                    ),
                ),
                (
                    "manager",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="people.caseperson",
                    ),
                ),
            ],
            options={
                "db_table": "orders_order",
                "indexes": [
                    models.Index(fields=["visit_sort", "id"], name="orders_by_visit"),
                    models.Index(fields=["end_sort", "id"], name="orders_by_end"),
                    models.Index(fields=["device_due_on"], name="orders_by_device"),
                    models.Index(fields=["review_due_on"], name="orders_by_review"),
                    models.Index(fields=["notify_due_at", "id"], name="orders_by_notification"),
                    models.Index(fields=["recorded_at", "id"], name="orders_by_recorded"),
                    models.Index(fields=["case", "recorded_at"], name="orders_of_case"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("case", "reference"), name="orders_reference_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reference", ""), _negated=True),
                        name="orders_referenced",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on", None),
                            ("ends_on__gte", models.F("begins_on")),
                            _connector="OR",
                        ),
                        name="orders_end_after",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("risk_level__in", ["", "very_high", "high", "medium", "low"])
                        ),
                        name="orders_level_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("end_kind", ""), ("ended_on", None), ("state", "in_force")),
                            models.Q(
                                ("ended_on__isnull", False),
                                ("state", "ended"),
                                models.Q(("end_kind", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="orders_ended_how",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderCondition",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=polit.web.core.models.fresh_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(default=polit.base.clock.now_utc, editable=False),
                ),
                ("kind", models.CharField(max_length=20)),
                ("code", models.CharField(max_length=40)),
                ("text", models.TextField()),
                ("begins_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                ("added_by", models.CharField(max_length=200)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conditions",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "db_table": "orders_condition",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["prohibition", "requirement"])),
                        name="orders_condition_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on", None),
                            ("ends_on__gte", models.F("begins_on")),
                            _connector="OR",
                        ),
                        name="orders_condition_days",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderVariation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=polit.web.core.models.fresh_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(default=polit.base.clock.now_utc, editable=False),
                ),
                ("is_withdrawal", models.BooleanField(default=False)),
                ("varied_on", models.DateField()),
                ("court", models.CharField(blank=True, max_length=200)),
                ("text", models.TextField()),
                ("changes_end", models.BooleanField(default=False)),
                ("ends_on", models.DateField(null=True)),
                ("by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="orders.ordervariation",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="variations",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "db_table": "orders_variation",
            },
        ),
        migrations.CreateModel(
            name="Assessment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=polit.web.core.models.fresh_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(default=polit.base.clock.now_utc, editable=False),
                ),
                ("is_withdrawal", models.BooleanField(default=False)),
                ("occurred_at", models.DateTimeField()),
                ("by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                ("tool", models.CharField(max_length=40)),
                ("tool_version", models.CharField(blank=True, max_length=60)),
                ("level", models.CharField(max_length=10)),
                ("rationale", models.TextField(blank=True)),
                ("review_on", models.DateField(null=True)),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="orders.assessment",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.caseperson",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "db_table": "orders_assessment",
                "indexes": [
                    models.Index(fields=["place", "occurred_at"], name="orders_assessments")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("level__in", ["very_high", "high", "medium", "low"])),
                        name="orders_assessment_level",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=polit.web.core.models.fresh_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(default=polit.base.clock.now_utc, editable=False),
                ),
                ("is_withdrawal", models.BooleanField(default=False)),
                ("occurred_at", models.DateTimeField()),
                ("by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                ("was_announced", models.BooleanField(default=False)),
                ("was_seen", models.BooleanField()),
                ("visitors", models.CharField(blank=True, max_length=300)),
                ("found", models.TextField(blank=True)),
                ("due_on", models.DateField(null=True)),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="orders.visit",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="orders.order",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.caseperson",
                    ),
                ),
            ],
            options={
                "db_table": "orders_visit",
                "indexes": [models.Index(fields=["place", "occurred_at"], name="orders_visits")],
            },
        ),
        migrations.CreateModel(
            name="DeviceCheck",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=polit.web.core.models.fresh_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(default=polit.base.clock.now_utc, editable=False),
                ),
                ("is_withdrawal", models.BooleanField(default=False)),
                ("occurred_at", models.DateTimeField()),
                ("by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                ("device", models.CharField(max_length=300)),
                ("tool", models.CharField(blank=True, max_length=200)),
                ("tool_version", models.CharField(blank=True, max_length=60)),
                ("result", models.CharField(max_length=20)),
                ("found", models.TextField(blank=True)),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="orders.devicecheck",
                    ),
                ),
                (
                    "exhibit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="device_checks",
                        to="exhibits.exhibit",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.caseperson",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "db_table": "orders_device_check",
                "indexes": [
                    models.Index(fields=["place", "occurred_at"], name="orders_device_checks")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("result__in", ["nothing", "concern", "seized", "refused", "not_done"])
                        ),
                        name="orders_check_result",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("exhibit", None), ("result", "seized"), _connector="OR"
                        ),
                        name="orders_check_exhibit",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NotifiableEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=polit.web.core.models.fresh_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(default=polit.base.clock.now_utc, editable=False),
                ),
                ("is_withdrawal", models.BooleanField(default=False)),
                ("occurred_at", models.DateTimeField()),
                ("by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                ("rule", models.CharField(max_length=40)),
                ("text", models.TextField(blank=True)),
                ("due_at", models.DateTimeField()),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="orders.notifiableevent",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.caseperson",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "db_table": "orders_notifiable",
                "indexes": [models.Index(fields=["place", "due_at"], name="orders_notifiables")],
            },
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=polit.web.core.models.fresh_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(default=polit.base.clock.now_utc, editable=False),
                ),
                ("is_withdrawal", models.BooleanField(default=False)),
                ("occurred_at", models.DateTimeField()),
                ("by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                ("rule", models.CharField(max_length=40)),
                ("event_at", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
                ("no_residence", models.BooleanField(default=False)),
                ("station", models.CharField(blank=True, max_length=200)),
                ("text", models.TextField(blank=True)),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="orders.notification",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notifications",
                        to="orders.notifiableevent",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.caseperson",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "db_table": "orders_notification",
                "indexes": [
                    models.Index(fields=["place", "occurred_at"], name="orders_notifications")
                ],
            },
        ),
        migrations.CreateModel(
            name="Breach",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=polit.web.core.models.fresh_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(default=polit.base.clock.now_utc, editable=False),
                ),
                ("is_withdrawal", models.BooleanField(default=False)),
                ("occurred_at", models.DateTimeField()),
                ("by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                ("known_at", models.DateTimeField()),
                ("requirement", models.CharField(blank=True, max_length=40)),
                ("text", models.TextField()),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="orders.breach",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.caseperson",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="orders.order",
                    ),
                ),
                (
                    "condition",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="breaches",
                        to="orders.ordercondition",
                    ),
                ),
            ],
            options={
                "db_table": "orders_breach",
            },
        ),
        migrations.CreateModel(
            name="BreachStep",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=polit.web.core.models.fresh_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(default=polit.base.clock.now_utc, editable=False),
                ),
                ("action", models.CharField(max_length=20)),
                ("occurred_at", models.DateTimeField()),
                ("reference", models.CharField(blank=True, max_length=200)),
                ("by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                (
                    "breach",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="orders.breach",
                    ),
                ),
            ],
            options={
                "db_table": "orders_breach_step",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "action__in",
                                ["warning", "arrest", "charge", "return_to_court", "no_action"],
                            )
                        ),
                        name="orders_breach_action",
                    )
                ],
            },
        ),
        AppendOnly("orders_variation"),
        AppendOnly("orders_assessment"),
        AppendOnly("orders_visit"),
        AppendOnly("orders_device_check"),
        AppendOnly("orders_notifiable"),
        AppendOnly("orders_notification"),
        AppendOnly("orders_breach"),
        AppendOnly("orders_breach_step"),
    ]
