"""Enquiries, and their reminders and answers, which are appended alone."""

import django.db.models.deletion
import polit.base.clock
import polit.web.core.models
from django.db import migrations, models

from polit.web.core.append_only import AppendOnly


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0003_units"),
        ("referrals", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Enquiry",
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
                ("kind_scheme", models.CharField(max_length=50)),
                ("kind_version", models.PositiveSmallIntegerField()),
                ("kind", models.CharField(max_length=50)),
                ("asked_of", models.CharField(max_length=200)),
                ("question", models.TextField(blank=True)),
                ("authority", models.CharField(blank=True, max_length=200)),
                ("their_reference", models.CharField(blank=True, max_length=200)),
                ("state", models.CharField(default="sent", max_length=10)),
                ("sent_at", models.DateTimeField()),
                ("sent_by", models.CharField(max_length=200)),
                ("answer_due_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("result", models.CharField(blank=True, max_length=20)),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enquiries",
                        to="cases.case",
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enquiries",
                        to="referrals.referral",
                    ),
                ),
            ],
            options={
                "db_table": "enquiries_enquiry",
                "indexes": [
                    models.Index(fields=["sent_at", "id"], name="enquiries_by_sending"),
                    models.Index(fields=["state", "answer_due_at", "id"], name="enquiries_waiting"),
                    models.Index(fields=["answer_due_at", "id"], name="enquiries_by_due"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("referral__isnull", False), ("case__isnull", False), _connector="OR"
                        ),
                        name="enquiries_of",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answered_at__isnull", False),
                                ("state", "answered"),
                                models.Q(("result", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "answered"), _negated=True),
                                ("answered_at", None),
                                ("result", ""),
                            ),
                            _connector="OR",
                        ),
                        name="enquiries_answer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["sent", "answered", "cancelled"])),
                        name="enquiries_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answer_due_at", None),
                            ("answer_due_at__gte", models.F("sent_at")),
                            _connector="OR",
                        ),
                        name="enquiries_due",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EnquiryStep",
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
                ("kind", models.CharField(max_length=10)),
                ("occurred_at", models.DateTimeField()),
                ("by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                ("text", models.TextField(blank=True)),
                ("result", models.CharField(blank=True, max_length=20)),
                ("given_name", models.CharField(blank=True, max_length=150)),
                ("family_name", models.CharField(blank=True, max_length=150)),
                ("address", models.CharField(blank=True, max_length=1000)),
                ("account_kind", models.CharField(blank=True, max_length=50)),
                ("account_value", models.CharField(blank=True, max_length=300)),
                ("account_service", models.CharField(blank=True, max_length=100)),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="enquiries.enquirystep",
                    ),
                ),
                (
                    "enquiry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="enquiries.enquiry",
                    ),
                ),
            ],
            options={
                "db_table": "enquiries_step",
                "indexes": [
                    models.Index(fields=["enquiry", "occurred_at"], name="enquiries_steps")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "reminder"), ("result", "")),
                            models.Q(("kind", "answer"), models.Q(("result", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="enquiries_step_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="enquiries_step_reason",
                    ),
                ],
            },
        ),
        AppendOnly("enquiries_step"),
    ]
