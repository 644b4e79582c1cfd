"""The tables of welfare."""

import django.db.models.deletion
import polit.base.clock
import polit.web.core.models
from django.conf import settings
from django.db import migrations, models

from polit.web.core.append_only import AppendOnly


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0002_teams_notes_break_glass"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Exposure",
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
                ("stack_sha256", models.BinaryField(max_length=32)),
                ("content_sha256", models.BinaryField(max_length=32)),
                ("kind", models.CharField(max_length=10)),
                ("what", models.CharField(max_length=10)),
                ("rung", models.SmallIntegerField()),
                ("length_ms", models.BigIntegerField(default=0)),
                ("is_repeat", models.BooleanField()),
                ("is_avoidable", models.BooleanField()),
                ("is_urgent", models.BooleanField(default=False)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.case",
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "welfare_exposure",
            },
        ),
        migrations.CreateModel(
            name="ExposureSeen",
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
                ("shown_ms", models.PositiveIntegerField()),
                (
                    "exposure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seen",
                        to="welfare.exposure",
                    ),
                ),
            ],
            options={
                "db_table": "welfare_seen",
            },
        ),
        migrations.CreateModel(
            name="ExposureUnshown",
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
                ("code", models.CharField(max_length=30)),
                (
                    "exposure",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unshown",
                        to="welfare.exposure",
                    ),
                ),
            ],
            options={
                "db_table": "welfare_unshown",
            },
        ),
        migrations.CreateModel(
            name="ReviewSession",
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
                ("purpose", models.CharField(max_length=30)),
                ("lane", models.CharField(max_length=30)),
                ("state", models.CharField(default="working", max_length=10)),
                ("policy", models.CharField(max_length=60)),
                ("consent_version", models.PositiveSmallIntegerField()),
                ("consented_at", models.DateTimeField()),
                ("limit_s", models.PositiveIntegerField(null=True)),
                ("idle_s", models.PositiveIntegerField()),
                ("is_new", models.BooleanField(default=False)),
                ("seen_at", models.DateTimeField(default=polit.base.clock.now_utc)),
                ("cool_until", models.DateTimeField(null=True)),
                ("heavy_views", models.PositiveIntegerField(default=0)),
                ("hides", models.PositiveIntegerField(default=0)),
                ("override_reason", models.CharField(blank=True, max_length=500)),
                ("override_at", models.DateTimeField(null=True)),
                ("sound_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("end_why", models.CharField(blank=True, max_length=30)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review_sessions",
                        to="cases.case",
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review_sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "welfare_session",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("officer",),
                        name="welfare_session_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["working", "paused", "cooling", "ended"])
                        ),
                        name="welfare_session_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("end_why", ""),
                                ("ended_at", None),
                                models.Q(("state", "ended"), _negated=True),
                            ),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("state", "ended"),
                                models.Q(("end_why", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="welfare_session_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("override_at", None), ("override_reason", "")),
                            models.Q(
                                ("override_at__isnull", False),
                                models.Q(("override_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="welfare_session_override",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["officer", "recorded_at"], name="welfare_session_of"),
                    models.Index(fields=["case", "recorded_at"], name="welfare_session_case"),
                ],
            },
        ),
        migrations.AddField(
            model_name="exposure",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="exposures",
                to="welfare.reviewsession",
            ),
        ),
        migrations.CreateModel(
            name="CheckIn",
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
                ("text", models.TextField()),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="check_ins",
                        to="welfare.reviewsession",
                    ),
                ),
            ],
            options={
                "db_table": "welfare_check_in",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="welfare_check_in_text",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SessionSpan",
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
                ("lane", models.CharField(max_length=30)),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="spans",
                        to="welfare.reviewsession",
                    ),
                ),
            ],
            options={
                "db_table": "welfare_span",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("officer",),
                        name="welfare_span_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at", None),
                            ("ended_at__gte", models.F("began_at")),
                            _connector="OR",
                        ),
                        name="welfare_span_order",
                    ),
                ],
                "indexes": [models.Index(fields=["officer", "began_at"], name="welfare_span_of")],
            },
        ),
        migrations.CreateModel(
            name="WelfareFlag",
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
                ("on_day", models.DateField()),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="flags",
                        to="welfare.reviewsession",
                    ),
                ),
            ],
            options={
                "db_table": "welfare_flag",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("officer", "kind", "on_day"), name="welfare_flag_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["override", "urgent", "missed_break", "over_warn"])
                        ),
                        name="welfare_flag_kind",
                    ),
                ],
                "indexes": [models.Index(fields=["on_day"], name="welfare_flag_day")],
            },
        ),
        migrations.CreateModel(
            name="WelfareProfile",
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
                ("limit_s", models.PositiveIntegerField(null=True)),
                ("idle_s", models.PositiveIntegerField(null=True)),
                ("began_at", models.DateTimeField(null=True)),
                ("is_inducted", models.BooleanField(default=False)),
                (
                    "officer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="welfare_profile",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "welfare_profile",
            },
        ),
        migrations.CreateModel(
            name="OptOut",
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
                ("code", models.CharField(max_length=30)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opt_outs",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "welfare_opt_out",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("officer", "code"),
                        name="welfare_opt_out_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Outcome",
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
                ("text", models.CharField(max_length=500)),
                ("by", models.CharField(max_length=200)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outcomes",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "db_table": "welfare_outcome",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="welfare_outcome_text"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="exposure",
            index=models.Index(fields=["officer", "stack_sha256"], name="welfare_exposure_stack"),
        ),
        migrations.AddIndex(
            model_name="exposure",
            index=models.Index(
                fields=["case", "officer", "stack_sha256"], name="welfare_exposure_case"
            ),
        ),
        migrations.AddIndex(
            model_name="exposure",
            index=models.Index(
                fields=["officer", "content_sha256"], name="welfare_exposure_content"
            ),
        ),
        migrations.AddIndex(
            model_name="exposure",
            index=models.Index(fields=["officer", "recorded_at"], name="welfare_exposure_of"),
        ),
        migrations.AddConstraint(
            model_name="exposure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("what__in", ["page", "original", "story", "frames", "sound", "text"])
                ),
                name="welfare_exposure_what",
            ),
        ),
        migrations.AddConstraint(
            model_name="exposure",
            constraint=models.CheckConstraint(
                condition=models.Q(("rung__in", [0, 1, 2, 3, 4])), name="welfare_exposure_rung"
            ),
        ),
        AppendOnly("welfare_exposure"),
        AppendOnly("welfare_seen"),
        AppendOnly("welfare_unshown"),
        AppendOnly("welfare_check_in"),
        AppendOnly("welfare_flag"),
        AppendOnly("welfare_outcome"),
    ]
