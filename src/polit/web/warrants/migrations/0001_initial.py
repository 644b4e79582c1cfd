"""Warrants, their premises and executions; executions are appended alone."""

import django.db.models.deletion
import polit.base.clock
import polit.web.core.append_only
import polit.web.core.models
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0003_units"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Warrant",
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
                ("reference", models.CharField(max_length=100)),
                ("power_scheme", models.CharField(max_length=50)),
                ("power_version", models.PositiveSmallIntegerField()),
                ("power_code", models.CharField(max_length=50)),
                ("court", models.CharField(max_length=200)),
                ("applicant", models.CharField(max_length=200)),
                ("applied_at", models.DateTimeField()),
                ("granted_at", models.DateTimeField(null=True)),
                ("refused_at", models.DateTimeField(null=True)),
                ("expires_on", models.DateField(null=True)),
                ("expiry_reason", models.TextField(blank=True)),
                ("kind", models.CharField(default="specific", max_length=20)),
                ("entries", models.CharField(default="single", max_length=10)),
                ("state", models.CharField(default="applied", max_length=10)),
                ("executed_at", models.DateTimeField(null=True)),
                ("by", models.CharField(max_length=200)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="warrants",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "db_table": "warrants_warrant",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("case", "reference"), name="warrants_reference_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["applied", "granted", "refused", "executed", "withdrawn"],
                            )
                        ),
                        name="warrants_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["specific", "all_premises"]),
                            ("entries__in", ["single", "multiple"]),
                            models.Q(("reference", ""), _negated=True),
                        ),
                        name="warrants_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("expires_on", None),
                                ("granted_at", None),
                                models.Q(("state__in", ("granted", "executed")), _negated=True),
                            ),
                            models.Q(
                                ("expires_on__isnull", False),
                                ("granted_at__gte", models.F("applied_at")),
                                ("state__in", ["granted", "executed", "withdrawn"]),
                            ),
                            _connector="OR",
                        ),
                        name="warrants_granted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("refused_at__isnull", False), ("state", "refused")),
                            models.Q(
                                models.Q(("state", "refused"), _negated=True), ("refused_at", None)
                            ),
                            _connector="OR",
                        ),
                        name="warrants_refused",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("executed_at__isnull", False), ("state", "executed")),
                            models.Q(
                                models.Q(("state", "executed"), _negated=True),
                                ("executed_at", None),
                            ),
                            _connector="OR",
                        ),
                        name="warrants_executed_when",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["case", "applied_at"], name="warrants_of_case"),
                    models.Index(fields=["applied_at"], name="warrants_applied"),
                    models.Index(fields=["state", "expires_on"], name="warrants_expiry"),
                    models.Index(fields=["executed_at"], name="warrants_executed"),
                ],
            },
        ),
        migrations.CreateModel(
            name="WarrantPremises",
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
                ("number", models.PositiveSmallIntegerField()),
                ("address", models.TextField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, max_length=200)),
                (
                    "place",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="warrant_premises",
                        to="people.caseperson",
                    ),
                ),
                (
                    "warrant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="premises",
                        to="warrants.warrant",
                    ),
                ),
            ],
            options={
                "db_table": "warrants_premises",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("warrant", "number"), name="warrants_premises_order"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("address", ""), _negated=True),
                        name="warrants_premises_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("ended_by", "")),
                            models.Q(
                                ("ended_at__isnull", False),
                                models.Q(("ended_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="warrants_premises_end",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WarrantExecution",
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
                ("outcome", models.CharField(max_length=40)),
                ("counts", models.BooleanField()),
                ("place", models.CharField(max_length=500)),
                ("officer", models.CharField(max_length=200)),
                ("others_present", models.TextField(blank=True)),
                ("authority", models.TextField(blank=True)),
                ("notes", models.TextField(blank=True)),
                ("by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="warrants.warrantexecution",
                    ),
                ),
                (
                    "warrant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="executions",
                        to="warrants.warrant",
                    ),
                ),
                (
                    "premises",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="executions",
                        to="warrants.warrantpremises",
                    ),
                ),
            ],
            options={
                "db_table": "warrants_execution",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("place", ""), _negated=True),
                            models.Q(("officer", ""), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                        ),
                        name="warrants_execution_says",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="warrants_execution_past",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["warrant", "occurred_at"], name="warrants_executions")
                ],
            },
        ),
        migrations.CreateModel(
            name="ExecutionPresence",
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
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="warrant_presences",
                        to="people.caseperson",
                    ),
                ),
                (
                    "execution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="presences",
                        to="warrants.warrantexecution",
                    ),
                ),
            ],
            options={
                "db_table": "warrants_presence",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("execution", "place"), name="warrants_presence_once"
                    )
                ],
            },
        ),
        polit.web.core.append_only.AppendOnly(
            table="warrants_execution",
            key="id",
        ),
        polit.web.core.append_only.AppendOnly(
            table="warrants_presence",
            key="id",
        ),
    ]
