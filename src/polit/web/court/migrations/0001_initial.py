"""The tables of court, which only grow."""

import django.db.models.deletion
import polit.base.clock
import polit.web.core.models
from django.db import migrations, models

from polit.web.core.append_only import AppendOnly


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("arrests", "0001_initial"),
        ("cases", "0003_units"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Charge",
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
                ("charged_at", models.DateTimeField()),
                ("count_number", models.PositiveSmallIntegerField()),
                ("offence_law", models.CharField(blank=True, max_length=60)),
                ("offence_version", models.PositiveSmallIntegerField(null=True)),
                ("offence", models.CharField(blank=True, max_length=50)),
                ("statute", models.CharField(blank=True, max_length=300)),
                ("particulars", models.TextField()),
                ("from_on", models.DateField()),
                ("to_on", models.DateField(null=True)),
                ("by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                (
                    "arrest",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="arrests.arrest",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="cases.case",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="court.charge",
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="court.charge",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="people.caseperson",
                    ),
                ),
            ],
            options={
                "db_table": "court_charge",
                "indexes": [
                    models.Index(fields=["case", "charged_at"], name="court_charge_case"),
                    models.Index(fields=["charged_at"], name="court_charge_order"),
                    models.Index(fields=["place", "count_number"], name="court_charge_place"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("offence", ""),
                                ("offence_law", ""),
                                ("offence_version", None),
                                models.Q(("statute", ""), _negated=True),
                            ),
                            models.Q(
                                ("offence_version__isnull", False),
                                ("statute", ""),
                                models.Q(("offence", ""), _negated=True),
                                models.Q(("offence_law", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="court_charge_offence",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("to_on", None), ("to_on__gte", models.F("from_on")), _connector="OR"
                        ),
                        name="court_charge_days",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("count_number__gte", 1),
                            models.Q(("particulars", ""), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                        ),
                        name="court_charge_says",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CourtResult",
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
                ("terms", models.CharField(max_length=60)),
                ("note", models.TextField(blank=True)),
                ("by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                ("court", models.CharField(max_length=200)),
                ("verdict", models.CharField(max_length=40)),
                ("convicts", models.BooleanField()),
                (
                    "charge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="results",
                        to="court.charge",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="court.courtresult",
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="court.courtresult",
                    ),
                ),
            ],
            options={
                "db_table": "court_result",
                "indexes": [
                    models.Index(fields=["charge", "occurred_at"], name="court_result_of"),
                    models.Index(fields=["convicts", "occurred_at"], name="court_result_convicts"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="court_result_says"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Appeal",
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
                ("terms", models.CharField(max_length=60)),
                ("note", models.TextField(blank=True)),
                ("by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                ("against", models.CharField(max_length=20)),
                ("stage", models.CharField(max_length=20)),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="court.appeal",
                    ),
                ),
                (
                    "result",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appeals",
                        to="court.courtresult",
                    ),
                ),
            ],
            options={
                "db_table": "court_appeal",
                "indexes": [models.Index(fields=["result", "occurred_at"], name="court_appeal_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("against__in", ["conviction", "sentence", "both"]),
                            (
                                "stage__in",
                                ["lodged", "leave_refused", "allowed", "dismissed", "abandoned"],
                            ),
                        ),
                        name="court_appeal_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="court_appeal_says"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Hearing",
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
                ("starts_at", models.DateTimeField()),
                ("court", models.CharField(max_length=200)),
                ("terms", models.CharField(max_length=60)),
                ("kind", models.CharField(max_length=40)),
                ("by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hearings",
                        to="cases.case",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="court.hearing",
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="court.hearing",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hearings",
                        to="people.caseperson",
                    ),
                ),
            ],
            options={
                "db_table": "court_hearing",
                "indexes": [
                    models.Index(fields=["case", "starts_at"], name="court_hearing_case"),
                    models.Index(fields=["starts_at"], name="court_hearing_order"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("court", ""), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                        ),
                        name="court_hearing_says",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HearingOutcome",
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
                ("held", models.CharField(max_length=20)),
                ("outcome", models.TextField()),
                ("by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="court.hearingoutcome",
                    ),
                ),
                (
                    "hearing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outcomes",
                        to="court.hearing",
                    ),
                ),
            ],
            options={
                "db_table": "court_hearing_outcome",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("held__in", ["held", "adjourned", "vacated"])),
                        name="court_heard_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", ""), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                        ),
                        name="court_heard_says",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Plea",
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
                ("terms", models.CharField(max_length=60)),
                ("note", models.TextField(blank=True)),
                ("by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                ("plea", models.CharField(max_length=40)),
                (
                    "charge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pleas",
                        to="court.charge",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="court.plea",
                    ),
                ),
            ],
            options={
                "db_table": "court_plea",
                "indexes": [models.Index(fields=["charge", "occurred_at"], name="court_plea_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="court_plea_says"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SentencePart",
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
                ("kind", models.CharField(max_length=40)),
                ("amount", models.PositiveIntegerField(null=True)),
                ("text", models.CharField(blank=True, max_length=500)),
                (
                    "result",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sentence",
                        to="court.courtresult",
                    ),
                ),
            ],
            options={
                "db_table": "court_sentence_part",
                "constraints": [
                    models.UniqueConstraint(fields=("result", "number"), name="court_sentence_once")
                ],
            },
        ),
        AppendOnly("court_charge"),
        AppendOnly("court_result"),
        AppendOnly("court_appeal"),
        AppendOnly("court_hearing"),
        AppendOnly("court_hearing_outcome"),
        AppendOnly("court_plea"),
        AppendOnly("court_sentence_part"),
    ]
