"""Safeguarding tasks and their steps; steps are appended alone."""

import django.db.models.deletion
import polit.base.clock
import polit.web.core.models
from django.db import migrations, models

from polit.web.core.append_only import AppendOnly


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0002_teams_notes_break_glass"),
    ]

    operations = [
        migrations.CreateModel(
            name="SafeguardingTask",
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
                ("kind", models.CharField(max_length=30)),
                ("sha256", models.BinaryField()),
                ("state", models.CharField(default="open", max_length=10)),
                ("raised_at", models.DateTimeField()),
                ("raised_by", models.CharField(max_length=200)),
                ("clock", models.CharField(max_length=60)),
                ("due_at", models.DateTimeField()),
                ("taken_by", models.CharField(blank=True, max_length=200)),
                ("done_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=40)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="safeguarding_tasks",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "db_table": "safeguarding_task",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("case", "kind", "sha256"), name="safeguarding_task_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "taken", "done"])),
                        name="safeguarding_task_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_at__gte", models.F("raised_at"))),
                        name="safeguarding_task_due",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("done_at__isnull", False),
                                ("state", "done"),
                                models.Q(("outcome", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "done"), _negated=True),
                                ("done_at", None),
                                ("outcome", ""),
                            ),
                            _connector="OR",
                        ),
                        name="safeguarding_task_done",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["case", "state", "due_at"], name="safeguarding_waiting"),
                    models.Index(fields=["case", "due_at"], name="safeguarding_order"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SafeguardingStep",
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
                ("action", models.CharField(max_length=12)),
                ("by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                ("outcome", models.CharField(blank=True, max_length=40)),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="safeguarding.safeguardingtask",
                    ),
                ),
            ],
            options={
                "db_table": "safeguarding_step",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="safeguarding_step_reason",
                    )
                ],
                "indexes": [
                    models.Index(fields=["task", "recorded_at"], name="safeguarding_steps")
                ],
            },
        ),
        AppendOnly("safeguarding_step"),
    ]
