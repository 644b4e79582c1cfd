"""Decisions, standings, proposals, served schedules, strategies, samples, the force's lists."""

import django.db.models.deletion
import polit.base.clock
import polit.web.core.models
from django.db import migrations, models

from polit.web.core.append_only import AppendOnly


class Migration(migrations.Migration):
    """The tables; those of records that are appended only grow."""

    initial = True

    dependencies = [
        ("cases", "0002_teams_notes_break_glass"),
    ]

    operations = [
        migrations.CreateModel(
            name="ForceSet",
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
                ("number", models.IntegerField(unique=True)),
                ("scheme", models.CharField(max_length=90)),
                ("digest", models.CharField(max_length=64)),
                ("count", models.BigIntegerField()),
                ("agreed", models.BigIntegerField()),
                ("order_id", models.UUIDField()),
            ],
            options={
                "db_table": "grading_force_set",
            },
        ),
        migrations.CreateModel(
            name="Batch",
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
                ("number", models.BigIntegerField()),
                ("kind", models.CharField(max_length=8)),
                ("decisions", models.IntegerField()),
                ("by_id", models.CharField(max_length=100)),
                ("by_name", models.CharField(max_length=200)),
                ("session_id", models.UUIDField(null=True)),
                ("key", models.UUIDField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decision_batches",
                        to="cases.case",
                    ),
                ),
                (
                    "compensates",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="compensated_by",
                        to="grading.batch",
                    ),
                ),
            ],
            options={
                "db_table": "grading_batch",
                "constraints": [
                    models.UniqueConstraint(fields=("case", "number"), name="grading_batch_once"),
                    models.UniqueConstraint(
                        fields=("case", "by_id", "key"), name="grading_batch_key"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "grade",
                                    "flag",
                                    "note",
                                    "undo",
                                    "redo",
                                    "second",
                                    "sample",
                                    "settle",
                                    "accept",
                                ],
                            )
                        ),
                        name="grading_batch_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("compensates__isnull", False), ("kind__in", ["undo", "redo"])
                            ),
                            models.Q(
                                models.Q(("kind__in", ["undo", "redo"]), _negated=True),
                                ("compensates", None),
                            ),
                            _connector="OR",
                        ),
                        name="grading_batch_compensates",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["case", "by_id", "number"], name="grading_batch_own")
                ],
            },
        ),
        migrations.CreateModel(
            name="BlindSample",
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
                ("version", models.IntegerField()),
                ("settled", models.BigIntegerField()),
                ("drawn", models.IntegerField()),
                ("members", models.TextField()),
                ("key", models.CharField(max_length=64)),
                ("by_name", models.CharField(max_length=200)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="blind_samples",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "db_table": "grading_sample",
                "constraints": [
                    models.UniqueConstraint(fields=("case", "version"), name="grading_sample_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
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
                ("sha256", models.BinaryField()),
                ("number", models.BigIntegerField()),
                ("kind", models.CharField(max_length=8)),
                ("code", models.CharField(blank=True, max_length=100)),
                ("before", models.CharField(blank=True, max_length=100)),
                ("flags", models.IntegerField(default=0)),
                ("tags", models.TextField(default="[]")),
                ("unsure", models.BooleanField(default=False)),
                ("change", models.TextField(default="{}")),
                ("note", models.TextField(blank=True)),
                ("rung", models.CharField(max_length=10)),
                ("by_id", models.CharField(max_length=100)),
                ("by_name", models.CharField(max_length=200)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="grading.batch",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "db_table": "grading_decision",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("case", "sha256", "number"), name="grading_decision_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "rung__in",
                                [
                                    "tile",
                                    "grey160",
                                    "colour160",
                                    "full_grey",
                                    "full",
                                    "stack",
                                    "copy",
                                ],
                            )
                        ),
                        name="grading_decision_rung",
                    ),
                ],
                "indexes": [models.Index(fields=["case", "kind"], name="grading_decision_kind")],
            },
        ),
        migrations.CreateModel(
            name="FrozenSchedule",
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
                ("version", models.IntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("count", models.BigIntegerField()),
                ("rows", models.TextField()),
                ("changes", models.TextField(default="{}")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="frozen_schedules",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "db_table": "grading_frozen",
                "constraints": [
                    models.UniqueConstraint(fields=("case", "version"), name="grading_frozen_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
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
                ("origin_id", models.UUIDField()),
                ("sha256", models.BinaryField()),
                ("code", models.CharField(max_length=100)),
                ("state", models.CharField(default="open", max_length=10)),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "db_table": "grading_proposal",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("sha256", "case", "origin_id"), name="grading_proposal_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["open", "accepted", "declined", "withdrawn"])
                        ),
                        name="grading_proposal_state",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["case", "state"], name="grading_proposal_waiting")
                ],
            },
        ),
        migrations.CreateModel(
            name="Standing",
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
                ("sha256", models.BinaryField()),
                ("version", models.IntegerField(default=0)),
                ("code", models.CharField(blank=True, max_length=100)),
                ("flags", models.IntegerField(default=0)),
                ("tags", models.TextField(default="[]")),
                ("unsure", models.BooleanField(default=False)),
                ("votes", models.TextField(default="{}")),
                ("voters", models.IntegerField(default=0)),
                ("is_disputed", models.BooleanField(default=False)),
                ("is_settled", models.BooleanField(default=False)),
                ("graded_by", models.CharField(blank=True, max_length=100)),
                ("draw", models.IntegerField()),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="standings",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "db_table": "grading_standing",
                "constraints": [
                    models.UniqueConstraint(fields=("sha256", "case"), name="grading_standing_once")
                ],
                "indexes": [
                    models.Index(fields=["case", "draw"], name="grading_standing_draw"),
                    models.Index(fields=["case", "is_disputed"], name="grading_standing_disputed"),
                    models.Index(fields=["case", "unsure"], name="grading_standing_unsure"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Strategy",
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
                ("version", models.IntegerField()),
                ("scheme", models.CharField(max_length=90)),
                ("exhibits", models.TextField(default="[]")),
                ("kinds", models.TextField(default="[]")),
                ("stop", models.TextField()),
                ("stop_code", models.CharField(blank=True, max_length=100)),
                ("stop_count", models.IntegerField(default=0)),
                ("stop_first_generation", models.BooleanField(default=False)),
                ("is_everything", models.BooleanField(default=False)),
                ("second_percent", models.IntegerField(default=0)),
                ("agreed_by", models.CharField(max_length=200)),
                ("agreed_on", models.DateField()),
                ("by_name", models.CharField(max_length=200)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="strategies",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "db_table": "grading_strategy",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("case", "version"), name="grading_strategy_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("second_percent__gte", 0), ("second_percent__lte", 100)
                        ),
                        name="grading_strategy_percent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("stop", ""), _negated=True),
                            models.Q(("agreed_by", ""), _negated=True),
                        ),
                        name="grading_strategy_words",
                    ),
                ],
            },
        ),
        AppendOnly("grading_batch"),
        AppendOnly("grading_decision"),
        AppendOnly("grading_frozen"),
        AppendOnly("grading_strategy"),
        AppendOnly("grading_sample"),
        AppendOnly("grading_force_set"),
    ]
