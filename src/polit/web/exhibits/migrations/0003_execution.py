"""Name the execution of a warrant by which an exhibit was seized."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exhibits", "0002_chain"),
        ("warrants", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="exhibit",
            name="execution",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="exhibits",
                to="warrants.warrantexecution",
            ),
        ),
    ]
