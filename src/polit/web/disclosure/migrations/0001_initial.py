import django.db.models.deletion
from django.db import migrations, models

import polit.base.clock
import polit.web.core.models
from polit.web.core.append_only import AppendOnly


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0003_units"),
        ("court", "0001_initial"),
        ("exhibits", "0003_execution"),
        ("people", "0002_merged"),
    ]

    operations = [
        migrations.CreateModel(
            name="Opinion",
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
                ("by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                ("examiner", models.CharField(max_length=200)),
                ("opined_on", models.DateField()),
                ("accessible", models.CharField(max_length=10)),
                ("why", models.TextField()),
                ("downloaded_on", models.DateField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.case",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.caseperson",
                    ),
                ),
            ],
            options={
                "db_table": "disclosure_opinion",
            },
        ),
        migrations.CreateModel(
            name="OpinionContent",
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
                (
                    "opinion",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contents",
                        to="disclosure.opinion",
                    ),
                ),
            ],
            options={
                "db_table": "disclosure_opinion_content",
            },
        ),
        migrations.CreateModel(
            name="Served",
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
                ("by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                ("law", models.CharField(max_length=60)),
                ("kind", models.CharField(max_length=20)),
                ("is_sensitive", models.BooleanField()),
                ("version", models.PositiveIntegerField()),
                ("reference", models.CharField(max_length=200)),
                ("served_to", models.CharField(max_length=300)),
                ("served_at", models.DateTimeField()),
                ("means", models.CharField(max_length=40)),
                ("count", models.PositiveIntegerField()),
                ("last_number", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("columns", models.TextField()),
                ("summary", models.TextField(default="[]")),
                ("changes", models.TextField(default="{}")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.case",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.caseperson",
                    ),
                ),
            ],
            options={
                "db_table": "disclosure_served",
            },
        ),
        migrations.CreateModel(
            name="ServedLine",
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
                ("number", models.PositiveIntegerField()),
                ("key", models.CharField(max_length=100)),
                ("cells", models.TextField()),
                (
                    "served",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="disclosure.served",
                    ),
                ),
            ],
            options={
                "db_table": "disclosure_served_line",
            },
        ),
        migrations.CreateModel(
            name="Support",
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
                ("by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.case",
                    ),
                ),
                (
                    "charge",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="court.charge",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.caseperson",
                    ),
                ),
            ],
            options={
                "db_table": "disclosure_support",
            },
        ),
        migrations.CreateModel(
            name="SupportContent",
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
                (
                    "support",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contents",
                        to="disclosure.support",
                    ),
                ),
            ],
            options={
                "db_table": "disclosure_support_content",
            },
        ),
        migrations.CreateModel(
            name="UnusedItem",
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
                ("by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                ("law", models.CharField(max_length=60)),
                ("schedule", models.CharField(max_length=20)),
                ("is_sensitive", models.BooleanField()),
                ("number", models.PositiveIntegerField()),
                ("description", models.TextField()),
                ("held_where", models.CharField(max_length=300)),
                ("reviewed_by", models.CharField(blank=True, max_length=200)),
                ("reviewed_on", models.DateField(null=True)),
                ("decision", models.CharField(blank=True, max_length=40)),
                ("why", models.TextField(blank=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.case",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="disclosure.unuseditem",
                    ),
                ),
                (
                    "exhibit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="exhibits.exhibit",
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="disclosure.unuseditem",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.caseperson",
                    ),
                ),
            ],
            options={
                "db_table": "disclosure_unused",
            },
        ),
        migrations.CreateModel(
            name="Viewing",
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
                ("by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                ("viewer", models.CharField(max_length=200)),
                ("role", models.CharField(max_length=200)),
                ("firm", models.CharField(max_length=200)),
                ("instructed_by", models.CharField(max_length=200)),
                ("supervised_by", models.CharField(max_length=200)),
                ("where", models.CharField(max_length=300)),
                ("from_at", models.DateTimeField()),
                ("to_at", models.DateTimeField()),
                ("conditions", models.TextField()),
                ("undertaken_on", models.DateField()),
                ("noted", models.TextField(blank=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.case",
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="disclosure.viewing",
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="disclosure.viewing",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.caseperson",
                    ),
                ),
                (
                    "served",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="disclosure.served",
                    ),
                ),
            ],
            options={
                "db_table": "disclosure_viewing",
            },
        ),
        migrations.CreateModel(
            name="ViewedExhibit",
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
                (
                    "exhibit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="exhibits.exhibit",
                    ),
                ),
                (
                    "viewing",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exhibits",
                        to="disclosure.viewing",
                    ),
                ),
            ],
            options={
                "db_table": "disclosure_viewed_exhibit",
            },
        ),
        migrations.CreateModel(
            name="ManagementText",
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
                ("by", models.CharField(max_length=200)),
                ("reason", models.TextField()),
                ("version", models.PositiveIntegerField()),
                ("text", models.TextField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.case",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.caseperson",
                    ),
                ),
            ],
            options={
                "db_table": "disclosure_management",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("place", "version"), name="disclosure_text_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="disclosure_text_says"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="opinion",
            index=models.Index(fields=["place", "recorded_at"], name="disclosure_opinion_of"),
        ),
        migrations.AddConstraint(
            model_name="opinion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("accessible__in", ["yes", "no", "unclear"]),
                    models.Q(("why", ""), _negated=True),
                    models.Q(("examiner", ""), _negated=True),
                ),
                name="disclosure_opinion_says",
            ),
        ),
        migrations.AddConstraint(
            model_name="opinioncontent",
            constraint=models.UniqueConstraint(
                fields=("opinion", "sha256"), name="disclosure_opinion_once"
            ),
        ),
        migrations.AddIndex(
            model_name="served",
            index=models.Index(fields=["case", "served_at"], name="disclosure_served_case"),
        ),
        migrations.AddConstraint(
            model_name="served",
            constraint=models.UniqueConstraint(
                fields=("place", "kind", "version"), name="disclosure_served_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="served",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("served_to", ""), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    ("version__gte", 1),
                ),
                name="disclosure_served_says",
            ),
        ),
        migrations.AddConstraint(
            model_name="servedline",
            constraint=models.UniqueConstraint(
                fields=("served", "number"), name="disclosure_line_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="servedline",
            constraint=models.UniqueConstraint(
                fields=("served", "key"), name="disclosure_key_once"
            ),
        ),
        migrations.AddIndex(
            model_name="support",
            index=models.Index(fields=["place", "recorded_at"], name="disclosure_support_of"),
        ),
        migrations.AddConstraint(
            model_name="supportcontent",
            constraint=models.UniqueConstraint(
                fields=("support", "sha256"), name="disclosure_support_once"
            ),
        ),
        migrations.AddIndex(
            model_name="unuseditem",
            index=models.Index(fields=["place", "schedule", "number"], name="disclosure_unused_of"),
        ),
        migrations.AddConstraint(
            model_name="unuseditem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("description", ""), _negated=True),
                    models.Q(("held_where", ""), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                ),
                name="disclosure_unused_says",
            ),
        ),
        migrations.AddConstraint(
            model_name="unuseditem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decision", ""), ("reviewed_by", ""), ("reviewed_on", None)),
                    models.Q(
                        models.Q(("decision", ""), _negated=True),
                        models.Q(("reviewed_by", ""), _negated=True),
                        models.Q(("why", ""), _negated=True),
                        ("reviewed_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="disclosure_unused_review",
            ),
        ),
        migrations.AddIndex(
            model_name="viewing",
            index=models.Index(fields=["place", "from_at"], name="disclosure_viewing_of"),
        ),
        migrations.AddConstraint(
            model_name="viewing",
            constraint=models.CheckConstraint(
                condition=models.Q(("to_at__gt", models.F("from_at"))),
                name="disclosure_viewing_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="viewing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("viewer", ""), _negated=True),
                    models.Q(("supervised_by", ""), _negated=True),
                    models.Q(("conditions", ""), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                ),
                name="disclosure_viewing_says",
            ),
        ),
        migrations.AddConstraint(
            model_name="viewedexhibit",
            constraint=models.UniqueConstraint(
                fields=("viewing", "exhibit"), name="disclosure_viewed_once"
            ),
        ),
        AppendOnly("disclosure_opinion"),
        AppendOnly("disclosure_opinion_content"),
        AppendOnly("disclosure_served"),
        AppendOnly("disclosure_served_line"),
        AppendOnly("disclosure_support"),
        AppendOnly("disclosure_support_content"),
        AppendOnly("disclosure_unused"),
        AppendOnly("disclosure_viewing"),
        AppendOnly("disclosure_viewed_exhibit"),
        AppendOnly("disclosure_management"),
    ]
