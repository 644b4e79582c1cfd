"""Assessments of risk and prompts about suicide; both are appended alone."""

import django.db.models.deletion
import polit.base.clock
import polit.web.core.append_only
import polit.web.core.models
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0003_units"),
        ("people", "0002_merged"),
        ("referrals", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="RiskAssessment",
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
                ("tool_scheme", models.CharField(max_length=60)),
                ("tool", models.CharField(max_length=40)),
                ("tool_name", models.CharField(blank=True, max_length=100)),
                ("tool_version", models.CharField(blank=True, max_length=50)),
                ("level", models.CharField(max_length=10)),
                ("override_of", models.CharField(blank=True, max_length=10)),
                ("override_reason", models.TextField(blank=True)),
                ("assessed_at", models.DateTimeField()),
                ("assessor", models.CharField(max_length=200)),
                ("rationale", models.TextField()),
                ("review_on", models.DateField(null=True)),
                ("access_to_children", models.CharField(default="not_known", max_length=10)),
                ("access_words", models.TextField(blank=True)),
                ("position_of_trust", models.CharField(default="not_known", max_length=10)),
                ("trust_words", models.TextField(blank=True)),
                ("previous", models.CharField(default="not_known", max_length=10)),
                ("previous_words", models.TextField(blank=True)),
                ("by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="risk_assessments",
                        to="cases.case",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="risk.riskassessment",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="risk_assessments",
                        to="people.caseperson",
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="risk_assessments",
                        to="referrals.referral",
                    ),
                ),
            ],
            options={
                "db_table": "risk_assessment",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("level__in", ["low", "medium", "high", "very_high"])),
                        name="risk_assessment_level",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("case__isnull", False), ("referral", None)),
                            models.Q(("case", None), ("person", None), ("referral__isnull", False)),
                            _connector="OR",
                        ),
                        name="risk_assessment_subject",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("override_of", ""), ("override_reason", "")),
                            models.Q(
                                ("override_of__in", ["low", "medium", "high", "very_high"]),
                                models.Q(("override_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="risk_assessment_override",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("access_to_children__in", ["yes", "no", "not_known"]),
                            ("position_of_trust__in", ["yes", "no", "not_known"]),
                            ("previous__in", ["yes", "no", "not_known"]),
                        ),
                        name="risk_assessment_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("rationale", ""), _negated=True),
                            models.Q(("assessor", ""), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                        ),
                        name="risk_assessment_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("assessed_at__lte", models.F("recorded_at"))),
                        name="risk_assessment_past",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["case", "assessed_at"], name="risk_assessment_case"),
                    models.Index(fields=["assessed_at"], name="risk_assessment_order"),
                    models.Index(fields=["review_on"], name="risk_assessment_review"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SuicideRiskPrompt",
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
                ("occasion", models.CharField(max_length=10)),
                ("occurred_at", models.DateTimeField()),
                ("concern", models.CharField(max_length=10)),
                ("asked", models.TextField()),
                ("action", models.TextField(blank=True)),
                ("support_suspect", models.TextField(blank=True)),
                ("support_family", models.TextField(blank=True)),
                ("by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suicide_risk_prompts",
                        to="cases.case",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="risk.suicideriskprompt",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suicide_risk_prompts",
                        to="people.caseperson",
                    ),
                ),
            ],
            options={
                "db_table": "risk_suicide_prompt",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "occasion__in",
                                ["warrant", "arrest", "interview", "release", "charge"],
                            )
                        ),
                        name="risk_suicide_occasion",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("concern__in", ["yes", "no", "refused"]),
                            models.Q(
                                models.Q(("concern", "yes"), _negated=True),
                                models.Q(("action", ""), _negated=True),
                                _connector="OR",
                            ),
                        ),
                        name="risk_suicide_concern",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("asked", ""), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                        ),
                        name="risk_suicide_says",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="risk_suicide_past",
                    ),
                ],
                "indexes": [models.Index(fields=["case", "occurred_at"], name="risk_suicide_case")],
            },
        ),
        polit.web.core.append_only.AppendOnly(
            table="risk_assessment",
            key="id",
        ),
        polit.web.core.append_only.AppendOnly(
            table="risk_suicide_prompt",
            key="id",
        ),
    ]
