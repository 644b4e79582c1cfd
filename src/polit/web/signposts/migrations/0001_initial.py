"""Signposts: where people find help."""

import polit.base.clock
import polit.web.core.models
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Signpost",
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
                ("name", models.CharField(max_length=150)),
                ("purpose", models.TextField()),
                ("telephone", models.CharField(blank=True, max_length=50)),
                ("website", models.CharField(blank=True, max_length=200)),
                ("hours", models.CharField(blank=True, max_length=200)),
                ("for_suspect", models.BooleanField(default=False)),
                ("for_family", models.BooleanField(default=False)),
                ("for_carer", models.BooleanField(default=False)),
                ("for_worried", models.BooleanField(default=False)),
                ("for_officer", models.BooleanField(default=False)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "db_table": "signposts_signpost",
                "indexes": [models.Index(fields=["name", "id"], name="signposts_order")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("name",),
                        name="signposts_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="signposts_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("for_suspect", True),
                            ("for_family", True),
                            ("for_carer", True),
                            ("for_worried", True),
                            ("for_officer", True),
                            _connector="OR",
                        ),
                        name="signposts_for",
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
                        name="signposts_end",
                    ),
                ],
            },
        ),
    ]
