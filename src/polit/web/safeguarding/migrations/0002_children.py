"""Children of a case, what protects them, disclosures; what happened is appended alone."""

import django.db.models.deletion
import polit.base.clock
import polit.web.core.models
from django.db import migrations, models


from polit.web.core.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0003_units"),
        ("people", "0002_merged"),
        ("safeguarding", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChildRecord",
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
                ("standing", models.CharField(default="at_risk", max_length=20)),
                ("identified_at", models.DateTimeField(null=True)),
                ("identified_how", models.TextField(blank=True)),
                ("relation", models.CharField(max_length=30)),
                ("access", models.CharField(max_length=20)),
                ("school", models.CharField(blank=True, max_length=300)),
                ("risk_known_at", models.DateTimeField()),
                ("share_due_at", models.DateTimeField()),
                ("catalogue", models.CharField(max_length=60)),
                ("clocks", models.CharField(max_length=60)),
                ("holidays", models.CharField(max_length=60)),
                ("by", models.CharField(max_length=200)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="cases.case",
                    ),
                ),
                (
                    "place",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="child_record",
                        to="people.caseperson",
                    ),
                ),
                (
                    "suspect",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children_at_risk",
                        to="people.caseperson",
                    ),
                ),
            ],
            options={
                "db_table": "safeguarding_child",
                "indexes": [
                    models.Index(fields=["risk_known_at", "id"], name="safeguarding_child_known"),
                    models.Index(fields=["recorded_at", "id"], name="safeguarding_child_recorded"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("identified_at__isnull", False),
                                ("standing", "identified_victim"),
                                models.Q(("identified_how", ""), _negated=True),
                            ),
                            models.Q(
                                ("identified_at", None),
                                ("identified_how", ""),
                                ("standing", "at_risk"),
                            ),
                            _connector="OR",
                        ),
                        name="safeguarding_child_standing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("access__in", ["lives_with", "regular", "none", "not_known"])
                        ),
                        name="safeguarding_child_access",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChildConference",
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
                ("note", models.TextField(blank=True)),
                ("catalogue", models.CharField(max_length=60)),
                ("outcome", models.CharField(max_length=40)),
                ("is_held", models.BooleanField()),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="safeguarding.childconference",
                    ),
                ),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)s_rows",
                        to="safeguarding.childrecord",
                    ),
                ),
            ],
            options={
                "db_table": "safeguarding_conference",
                "indexes": [
                    models.Index(fields=["child", "occurred_at"], name="safeguarding_conference_of")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="safeguarding_conference_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_withdrawal", False), ("corrects__isnull", False), _connector="OR"
                        ),
                        name="safeguarding_conference_withdrawal",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EmployerDisclosure",
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
                ("position", models.TextField()),
                ("is_disclosed", models.BooleanField()),
                ("occurred_at", models.DateTimeField()),
                ("authorised_by", models.CharField(max_length=200)),
                ("needs", models.JSONField(default=list)),
                ("reasons", models.TextField()),
                ("recipient_kind", models.CharField(blank=True, max_length=30)),
                ("recipient", models.CharField(blank=True, max_length=300)),
                ("told_at", models.DateTimeField(null=True)),
                ("told", models.TextField(blank=True)),
                ("catalogue", models.CharField(max_length=60)),
                ("by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disclosures",
                        to="cases.case",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="safeguarding.employerdisclosure",
                    ),
                ),
                (
                    "suspect",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disclosures",
                        to="people.caseperson",
                    ),
                ),
            ],
            options={
                "db_table": "safeguarding_disclosure",
                "indexes": [
                    models.Index(fields=["case", "occurred_at"], name="safeguarding_disclosed")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="safeguarding_disclosure_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_withdrawal", False), ("corrects__isnull", False), _connector="OR"
                        ),
                        name="safeguarding_disclosure_withdrawal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("is_disclosed", False),
                                ("recipient", ""),
                                ("recipient_kind", ""),
                                ("told_at", None),
                            ),
                            models.Q(
                                ("is_disclosed", True),
                                models.Q(("recipient_kind", ""), _negated=True),
                                models.Q(("recipient", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="safeguarding_disclosure_whom",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("told", ""), ("told_at", None)),
                            models.Q(
                                ("told_at__isnull", False), models.Q(("told", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="safeguarding_disclosure_told",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProtectiveAction",
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
                ("note", models.TextField(blank=True)),
                ("catalogue", models.CharField(max_length=60)),
                ("kind", models.CharField(max_length=40)),
                ("counts", models.BooleanField()),
                ("done_by", models.CharField(max_length=200)),
                ("agreed_by", models.CharField(blank=True, max_length=200)),
                ("ends_at", models.DateTimeField(null=True)),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)s_rows",
                        to="safeguarding.childrecord",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="safeguarding.protectiveaction",
                    ),
                ),
            ],
            options={
                "db_table": "safeguarding_action",
                "indexes": [
                    models.Index(fields=["child", "occurred_at"], name="safeguarding_action_of"),
                    models.Index(fields=["occurred_at"], name="safeguarding_action_when"),
                    models.Index(fields=["ends_at"], name="safeguarding_action_ends"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="safeguarding_action_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_withdrawal", False), ("corrects__isnull", False), _connector="OR"
                        ),
                        name="safeguarding_action_withdrawal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at", None),
                            ("ends_at__gt", models.F("occurred_at")),
                            _connector="OR",
                        ),
                        name="safeguarding_action_end",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Section47Enquiry",
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
                ("note", models.TextField(blank=True)),
                ("catalogue", models.CharField(max_length=60)),
                ("outcome", models.CharField(blank=True, max_length=40)),
                ("ends_conference_clock", models.BooleanField()),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)s_rows",
                        to="safeguarding.childrecord",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="safeguarding.section47enquiry",
                    ),
                ),
            ],
            options={
                "db_table": "safeguarding_section_47",
                "indexes": [
                    models.Index(fields=["child", "occurred_at"], name="safeguarding_s47_of")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="safeguarding_section_47_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_withdrawal", False), ("corrects__isnull", False), _connector="OR"
                        ),
                        name="safeguarding_section_47_withdrawal",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SocialCareReferral",
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
                ("note", models.TextField(blank=True)),
                ("catalogue", models.CharField(max_length=60)),
                ("authority", models.CharField(max_length=200)),
                ("reference", models.CharField(blank=True, max_length=100)),
                ("made_by", models.CharField(max_length=200)),
                ("strategy_due_at", models.DateTimeField()),
                ("clocks", models.CharField(max_length=60)),
                ("holidays", models.CharField(max_length=60)),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)s_rows",
                        to="safeguarding.childrecord",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="safeguarding.socialcarereferral",
                    ),
                ),
            ],
            options={
                "db_table": "safeguarding_social_care_referral",
                "indexes": [
                    models.Index(fields=["child", "occurred_at"], name="safeguarding_shared_of"),
                    models.Index(fields=["strategy_due_at"], name="safeguarding_shared_due"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="safeguarding_shared_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_withdrawal", False), ("corrects__isnull", False), _connector="OR"
                        ),
                        name="safeguarding_shared_withdrawal",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StrategyDiscussion",
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
                ("note", models.TextField(blank=True)),
                ("catalogue", models.CharField(max_length=60)),
                ("outcome", models.CharField(max_length=40)),
                ("agencies", models.JSONField(default=list)),
                ("initiates_enquiry", models.BooleanField()),
                ("conference_due_at", models.DateTimeField(null=True)),
                ("clocks", models.CharField(max_length=60)),
                ("holidays", models.CharField(max_length=60)),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)s_rows",
                        to="safeguarding.childrecord",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="safeguarding.strategydiscussion",
                    ),
                ),
            ],
            options={
                "db_table": "safeguarding_strategy_discussion",
                "indexes": [
                    models.Index(fields=["child", "occurred_at"], name="safeguarding_strategy_of"),
                    models.Index(fields=["conference_due_at"], name="safeguarding_conference_due"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="safeguarding_strategy_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_withdrawal", False), ("corrects__isnull", False), _connector="OR"
                        ),
                        name="safeguarding_strategy_withdrawal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("conference_due_at__isnull", False), ("initiates_enquiry", True)
                            ),
                            models.Q(("conference_due_at", None), ("initiates_enquiry", False)),
                            _connector="OR",
                        ),
                        name="safeguarding_strategy_clock",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SupportContact",
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
                ("catalogue", models.CharField(max_length=60)),
                ("holidays", models.CharField(max_length=60)),
                ("arises_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("state", models.CharField(default="owed", max_length=10)),
                ("given_at", models.DateTimeField(null=True)),
                ("how", models.TextField(blank=True)),
                ("by", models.CharField(max_length=200)),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="safeguarding.childrecord",
                    ),
                ),
            ],
            options={
                "db_table": "safeguarding_contact",
                "indexes": [
                    models.Index(fields=["state", "due_at"], name="safeguarding_contact_due"),
                    models.Index(fields=["child", "state"], name="safeguarding_contact_of"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("child", "kind", "arises_at"), name="safeguarding_contact_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("given_at", None), ("how", ""), ("state", "owed")),
                            models.Q(
                                ("given_at__isnull", False),
                                ("state__in", ["given", "declined"]),
                                models.Q(("how", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="safeguarding_contact_state",
                    ),
                ],
            },
        ),
        AppendOnly("safeguarding_action"),
        AppendOnly("safeguarding_social_care_referral"),
        AppendOnly("safeguarding_strategy_discussion"),
        AppendOnly("safeguarding_section_47"),
        AppendOnly("safeguarding_conference"),
        AppendOnly("safeguarding_disclosure"),
    ]
