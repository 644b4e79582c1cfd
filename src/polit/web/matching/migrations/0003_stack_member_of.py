"""Finds the stack of a content without reading through a run."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matching", "0002_supplement_looks")]

    operations = [
        migrations.AddIndex(
            model_name="stackmember",
            index=models.Index(fields=["content_id"], name="matching_stack_member_of"),
        ),
    ]
