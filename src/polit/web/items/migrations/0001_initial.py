"""The items of a review: items, which packages hold them, their columns, counts of folders."""

import django.db.models.deletion
import polit.web.media.models.packages
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0002_teams_notes_break_glass"),
        ("examinations", "0002_withdrawn"),
    ]

    operations = [
        migrations.CreateModel(
            name="Item",
            fields=[
                (
                    "id",
                    polit.web.media.models.packages.RowNumber(primary_key=True, serialize=False),
                ),
                ("sha256", models.BinaryField()),
                ("content_id", models.BigIntegerField()),
                ("kind", models.SmallIntegerField()),
                ("verdict", models.SmallIntegerField(default=0)),
                ("settled", models.SmallIntegerField(default=0)),
                ("occurrences", models.BigIntegerField()),
                ("size_bytes", models.BigIntegerField()),
                ("pixels", models.BigIntegerField(default=0)),
                ("duration_ms", models.BigIntegerField(null=True)),
                ("taken_day", models.IntegerField(null=True)),
                ("camera", models.IntegerField(default=0)),
                ("folder_id", models.BigIntegerField(null=True)),
                ("has_tile", models.BooleanField(default=False)),
                ("lead_place", models.BigIntegerField()),
                ("stack_items", models.IntegerField(default=1)),
                ("rank", models.BigIntegerField(default=0)),
                ("likeness", models.SmallIntegerField(default=0)),
                ("first_generation", models.SmallIntegerField(default=0)),
                ("burst", models.IntegerField(default=0)),
                ("is_present", models.BooleanField(default=True)),
                ("is_split", models.BooleanField(default=False)),
                ("state", models.SmallIntegerField(default=0)),
                ("grade", models.SmallIntegerField(default=0)),
                ("flags", models.IntegerField(default=0)),
                ("graded_by", models.UUIDField(null=True)),
                ("revision", models.BigIntegerField(default=0)),
            ],
            options={
                "db_table": "items_item",
            },
        ),
        migrations.CreateModel(
            name="ItemFolder",
            fields=[
                (
                    "id",
                    polit.web.media.models.packages.RowNumber(primary_key=True, serialize=False),
                ),
                ("items", models.BigIntegerField()),
                ("begin", models.BigIntegerField()),
                ("end", models.BigIntegerField()),
            ],
            options={
                "db_table": "items_folder",
            },
        ),
        migrations.CreateModel(
            name="FolderPlaces",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("package_number", models.IntegerField()),
                ("number", models.IntegerField()),
                ("data", models.BinaryField()),
            ],
            options={
                "db_table": "items_folder_places",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("package_number", "number"), name="items_folder_piece"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ItemPlace",
            fields=[
                (
                    "id",
                    polit.web.media.models.packages.RowNumber(primary_key=True, serialize=False),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="places",
                        to="items.item",
                    ),
                ),
            ],
            options={
                "db_table": "items_place",
            },
        ),
        migrations.CreateModel(
            name="ReviewSet",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("basis", models.CharField(blank=True, max_length=64)),
                ("revision", models.BigIntegerField(default=0)),
                ("media_files", models.BigIntegerField(default=0)),
                ("run", models.BigIntegerField(default=0)),
                ("last_place", models.BigIntegerField(default=0)),
                ("told_place", models.BigIntegerField(default=0)),
                ("fence", models.PositiveIntegerField(default=0)),
                ("stamp", models.CharField(blank=True, max_length=32)),
                ("built_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review_set",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "db_table": "items_set",
            },
        ),
        migrations.AddField(
            model_name="item",
            name="review_set",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="items.reviewset",
            ),
        ),
        migrations.CreateModel(
            name="ItemColumns",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("stamp", models.CharField(max_length=32)),
                ("number", models.IntegerField()),
                ("revision", models.BigIntegerField()),
                ("data", models.BinaryField()),
                (
                    "review_set",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="columns",
                        to="items.reviewset",
                    ),
                ),
            ],
            options={
                "db_table": "items_columns",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("review_set", "stamp", "number"), name="items_columns_once"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(fields=["review_set", "lead_place"], name="items_item_lead"),
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(fields=["review_set", "revision"], name="items_item_revision"),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.UniqueConstraint(
                fields=("sha256", "review_set"), name="items_item_once"
            ),
        ),
        migrations.CreateModel(
            name="Following",
            fields=[
                (
                    "examination",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="following",
                        serialize=False,
                        to="examinations.examination",
                    ),
                ),
                ("package", models.TextField(blank=True)),
                ("after", models.CharField(blank=True, max_length=64)),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "review_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="followings",
                        to="items.reviewset",
                    ),
                ),
            ],
            options={"db_table": "items_following"},
        ),
        migrations.CreateModel(
            name="FollowedItem",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("alerts", models.SmallIntegerField(default=0)),
                ("has_tile", models.BooleanField(default=False)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="followed",
                        to="items.item",
                    ),
                ),
                (
                    "following",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="items.following",
                    ),
                ),
            ],
            options={
                "db_table": "items_followed",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("following", "item"), name="items_followed_once"
                    )
                ],
            },
        ),
    ]
