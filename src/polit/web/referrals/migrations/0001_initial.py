"""Referrals, what they name, and the reports as they came, which are appended alone."""

import django.db.models.deletion
import polit.base.clock
import polit.web.core.models
from django.db import migrations, models

from polit.web.core.append_only import AppendOnly


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0003_units"),
    ]

    operations = [
        migrations.CreateModel(
            name="Referral",
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
                ("reference", models.CharField(max_length=20, unique=True)),
                ("year", models.PositiveSmallIntegerField()),
                ("number", models.PositiveIntegerField()),
                ("source_scheme", models.CharField(max_length=50)),
                ("source_version", models.PositiveSmallIntegerField()),
                ("source", models.CharField(max_length=50)),
                ("source_reference", models.CharField(blank=True, max_length=200)),
                ("source_key", models.CharField(blank=True, max_length=800)),
                ("received_at", models.DateTimeField()),
                ("received_by", models.CharField(max_length=200)),
                ("event_from", models.DateTimeField(null=True)),
                ("event_to", models.DateTimeField(null=True)),
                ("summary", models.TextField(blank=True)),
                ("state", models.CharField(default="received", max_length=20)),
                ("state_since", models.DateTimeField()),
                ("passed_to", models.CharField(blank=True, max_length=200)),
                (
                    "area",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.unit",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals",
                        to="cases.case",
                    ),
                ),
                (
                    "duplicate_of",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duplicates",
                        to="referrals.referral",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.unit",
                    ),
                ),
            ],
            options={
                "db_table": "referrals_referral",
                "indexes": [
                    models.Index(fields=["received_at", "id"], name="referrals_by_receipt"),
                    models.Index(fields=["state", "received_at", "id"], name="referrals_waiting"),
                    models.Index(
                        fields=["source", "received_at", "id"], name="referrals_by_source"
                    ),
                    models.Index(fields=["source_key"], name="referrals_source_key"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("year", "number"), name="referrals_number"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "received",
                                    "assessing",
                                    "researching",
                                    "in_case",
                                    "no_further_action",
                                    "passed_on",
                                    "duplicate",
                                ],
                            )
                        ),
                        name="referrals_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("case__isnull", False), ("state", "in_case")),
                            ("state", "duplicate"),
                            models.Q(
                                models.Q(("state__in", ["in_case", "duplicate"]), _negated=True),
                                ("case", None),
                            ),
                            _connector="OR",
                        ),
                        name="referrals_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("duplicate_of__isnull", False), ("state", "duplicate")),
                            models.Q(
                                models.Q(("state", "duplicate"), _negated=True),
                                ("duplicate_of", None),
                            ),
                            _connector="OR",
                        ),
                        name="referrals_duplicate",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state", "passed_on"), models.Q(("passed_to", ""), _negated=True)
                            ),
                            models.Q(
                                models.Q(("state", "passed_on"), _negated=True), ("passed_to", "")
                            ),
                            _connector="OR",
                        ),
                        name="referrals_passed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("event_from", None),
                            ("event_to", None),
                            ("event_to__gte", models.F("event_from")),
                            _connector="OR",
                        ),
                        name="referrals_event",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReferralAccount",
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
                ("added_by", models.CharField(max_length=200)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, max_length=200)),
                ("scheme", models.CharField(max_length=50)),
                ("version", models.PositiveSmallIntegerField()),
                ("kind", models.CharField(max_length=50)),
                ("service", models.CharField(blank=True, max_length=100)),
                ("value", models.CharField(max_length=300)),
                ("service_key", models.CharField(blank=True, max_length=200)),
                ("value_key", models.CharField(max_length=600)),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="referrals.referral",
                    ),
                ),
            ],
            options={
                "db_table": "referrals_account",
                "indexes": [
                    models.Index(fields=["value_key", "kind"], name="referrals_account_value")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("referral", "kind", "service_key", "value_key"),
                        name="referrals_account_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("value_key", ""), _negated=True),
                        name="referrals_account_says",
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
                        name="referrals_account_end",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReferralFile",
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
                ("added_by", models.CharField(max_length=200)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, max_length=200)),
                ("name", models.CharField(blank=True, max_length=300)),
                ("md5", models.CharField(blank=True, max_length=32)),
                ("sha1", models.CharField(blank=True, max_length=40)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("viewed", models.CharField(default="not_stated", max_length=10)),
                ("category", models.CharField(blank=True, max_length=300)),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="referrals.referral",
                    ),
                ),
            ],
            options={
                "db_table": "referrals_file",
                "indexes": [
                    models.Index(fields=["md5"], name="referrals_file_md5"),
                    models.Index(fields=["sha1"], name="referrals_file_sha1"),
                    models.Index(fields=["sha256"], name="referrals_file_sha256"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("viewed__in", ["yes", "no", "not_stated"])),
                        name="referrals_file_viewed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("md5", ""), ("name", ""), ("sha1", ""), ("sha256", ""), _negated=True
                        ),
                        name="referrals_file_says",
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
                        name="referrals_file_end",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReferralIp",
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
                ("added_by", models.CharField(max_length=200)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, max_length=200)),
                ("address", models.CharField(max_length=45)),
                ("port", models.PositiveIntegerField(null=True)),
                ("occurred_at", models.DateTimeField(null=True)),
                ("zone", models.CharField(blank=True, max_length=20)),
                ("what", models.CharField(blank=True, max_length=300)),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ips",
                        to="referrals.referral",
                    ),
                ),
            ],
            options={
                "db_table": "referrals_ip",
                "indexes": [
                    models.Index(fields=["address", "occurred_at"], name="referrals_ip_address")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("port", None), ("port__range", (1, 65535)), _connector="OR"
                        ),
                        name="referrals_ip_port",
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
                        name="referrals_ip_end",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReferralLink",
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
                ("note", models.CharField(max_length=500)),
                ("added_by", models.CharField(max_length=200)),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="links_out",
                        to="referrals.referral",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="links_in",
                        to="referrals.referral",
                    ),
                ),
            ],
            options={
                "db_table": "referrals_link",
                "constraints": [
                    models.UniqueConstraint(fields=("first", "second"), name="referrals_link_once"),
                    models.CheckConstraint(
                        condition=models.Q(("first", models.F("second")), _negated=True),
                        name="referrals_link_two",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReferralOriginal",
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
                ("name", models.CharField(max_length=300)),
                ("sha256", models.CharField(max_length=64)),
                ("size_bytes", models.PositiveIntegerField()),
                ("added_by", models.CharField(max_length=200)),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="originals",
                        to="referrals.referral",
                    ),
                ),
            ],
            options={
                "db_table": "referrals_original",
                "indexes": [models.Index(fields=["sha256"], name="referrals_original_same")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("referral", "sha256"), name="referrals_original_once"
                    )
                ],
            },
        ),
        AppendOnly("referrals_original"),
    ]
