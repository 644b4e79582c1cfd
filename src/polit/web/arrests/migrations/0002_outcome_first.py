"""An outcome that is corrected and stays of its kind is the same thing to tell a victim."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("arrests", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="arrestoutcome",
            name="first",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rows",
                to="arrests.arrestoutcome",
            ),
        ),
    ]
