"""The mark of a synthetic record, which nothing removes."""

import polit.base.clock
import polit.web.core.models
from django.db import migrations, models

from polit.web.core.append_only import AppendOnly


class Migration(migrations.Migration):
    initial = True

    operations = [
        migrations.CreateModel(
            name="SyntheticMark",
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
            ],
            options={
                "db_table": "demo_synthetic_mark",
            },
        ),
        AppendOnly("demo_synthetic_mark"),
    ]
