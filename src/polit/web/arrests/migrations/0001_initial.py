"""The tables of arrests, which only grow."""

import django.db.models.deletion
import polit.base.clock
import polit.web.arrests.rules
import polit.web.core.models
from django.db import migrations, models

from polit.web.core.append_only import AppendOnly


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0003_units"),
        ("people", "0001_initial"),
        ("warrants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Arrest",
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
                ("kind", models.CharField(max_length=30)),
                ("occurred_at", models.DateTimeField()),
                ("where", models.CharField(max_length=300)),
                ("grounds", models.TextField()),
                ("officer", models.CharField(max_length=200)),
                ("necessity_law", models.CharField(blank=True, max_length=60)),
                ("necessity", models.CharField(blank=True, max_length=300)),
                ("rights_given_at", models.DateTimeField(null=True)),
                ("by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="arrests",
                        to="cases.case",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="arrests.arrest",
                    ),
                ),
                (
                    "execution",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="arrests",
                        to="warrants.warrantexecution",
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="arrests.arrest",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="arrests",
                        to="people.caseperson",
                    ),
                ),
            ],
            options={
                "db_table": "arrests_arrest",
                "indexes": [
                    models.Index(fields=["case", "occurred_at"], name="arrests_of_case"),
                    models.Index(fields=["occurred_at"], name="arrests_order"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["arrest", "voluntary_attendance", "postal_requisition"])
                        ),
                        name="arrests_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "arrest"),
                                models.Q(("necessity", ""), _negated=True),
                                models.Q(("necessity_law", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("kind", "arrest"), _negated=True),
                                ("necessity", ""),
                                ("necessity_law", ""),
                            ),
                            _connector="OR",
                        ),
                        name="arrests_necessity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("where", ""), _negated=True),
                            models.Q(("grounds", ""), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                        ),
                        name="arrests_says",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ArrestOutcome",
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
                ("kind", models.CharField(max_length=40)),
                ("detail", models.TextField(blank=True)),
                ("bail_law", models.CharField(blank=True, max_length=60)),
                ("bail_level", models.CharField(blank=True, max_length=40)),
                ("due_at", models.DateTimeField(null=True)),
                (
                    "arrest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outcomes",
                        to="arrests.arrest",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="arrests.arrestoutcome",
                    ),
                ),
            ],
            options={
                "db_table": "arrests_outcome",
                "indexes": [
                    models.Index(fields=["arrest", "occurred_at"], name="arrests_outcome_of"),
                    models.Index(fields=["due_at"], name="arrests_outcome_due"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "charge",
                                    "bail",
                                    "released_under_investigation",
                                    "caution",
                                    "no_further_action",
                                ],
                            )
                        ),
                        name="arrests_outcome_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "bail"),
                                models.Q(("bail_law", ""), _negated=True),
                                models.Q(("bail_level", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("kind", "bail"), _negated=True),
                                ("bail_law", ""),
                                ("bail_level", ""),
                            ),
                            _connector="OR",
                        ),
                        name="arrests_outcome_bail",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("due_at__isnull", False),
                                ("kind__in", ["bail", "released_under_investigation"]),
                            ),
                            models.Q(
                                models.Q(
                                    ("kind__in", ["bail", "released_under_investigation"]),
                                    _negated=True,
                                ),
                                ("due_at", None),
                            ),
                            _connector="OR",
                        ),
                        name="arrests_outcome_running",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "no_further_action"), _negated=True),
                            models.Q(("detail", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="arrests_outcome_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="arrests_outcome_says",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BailCondition",
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
                ("text", models.TextField()),
                (
                    "outcome",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conditions",
                        to="arrests.arrestoutcome",
                    ),
                ),
            ],
            options={
                "db_table": "arrests_bail_condition",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("outcome", "number"), name="arrests_condition_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="arrests_condition_says",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustodyStep",
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
                ("kind", models.CharField(max_length=20)),
                ("officer", models.CharField(max_length=200)),
                ("until_at", models.DateTimeField(null=True)),
                ("note", models.TextField(blank=True)),
                (
                    "arrest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="custody_steps",
                        to="arrests.arrest",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="arrests.custodystep",
                    ),
                ),
            ],
            options={
                "db_table": "arrests_custody",
                "indexes": [
                    models.Index(fields=["arrest", "occurred_at"], name="arrests_custody_of")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "arrival",
                                    "authorised",
                                    "review",
                                    "superintendent",
                                    "warrant",
                                    "warrant_extended",
                                    "release",
                                ],
                            )
                        ),
                        name="arrests_custody_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "kind__in",
                                    [
                                        polit.web.arrests.rules.CustodyKind["SUPERINTENDENT"],
                                        polit.web.arrests.rules.CustodyKind["WARRANT"],
                                        polit.web.arrests.rules.CustodyKind["WARRANT_EXTENDED"],
                                    ],
                                ),
                                ("until_at__isnull", False),
                            ),
                            models.Q(
                                models.Q(
                                    (
                                        "kind__in",
                                        [
                                            polit.web.arrests.rules.CustodyKind["SUPERINTENDENT"],
                                            polit.web.arrests.rules.CustodyKind["WARRANT"],
                                            polit.web.arrests.rules.CustodyKind["WARRANT_EXTENDED"],
                                        ],
                                    ),
                                    _negated=True,
                                ),
                                ("until_at", None),
                            ),
                            _connector="OR",
                        ),
                        name="arrests_custody_until",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="arrests_custody_says",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FamilySupport",
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
                ("offered_to", models.CharField(max_length=200)),
                ("what", models.TextField()),
                ("is_accepted", models.BooleanField()),
                (
                    "arrest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="support",
                        to="arrests.arrest",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="arrests.familysupport",
                    ),
                ),
            ],
            options={
                "db_table": "arrests_support",
                "indexes": [
                    models.Index(fields=["arrest", "occurred_at"], name="arrests_support_of")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True),
                            models.Q(("what", ""), _negated=True),
                        ),
                        name="arrests_support_says",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SuspectInterview",
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
                ("ended_at", models.DateTimeField(null=True)),
                ("where", models.CharField(max_length=300)),
                ("officers", models.CharField(max_length=300)),
                ("legal_adviser", models.CharField(max_length=200)),
                ("summary", models.TextField(blank=True)),
                (
                    "arrest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="interviews",
                        to="arrests.arrest",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="arrests.suspectinterview",
                    ),
                ),
            ],
            options={
                "db_table": "arrests_interview",
                "indexes": [
                    models.Index(fields=["arrest", "occurred_at"], name="arrests_interview_of")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="arrests_interview_says",
                    )
                ],
            },
        ),
        AppendOnly("arrests_arrest"),
        AppendOnly("arrests_outcome"),
        AppendOnly("arrests_bail_condition"),
        AppendOnly("arrests_custody"),
        AppendOnly("arrests_support"),
        AppendOnly("arrests_interview"),
    ]
