"""A contact names what it tells of: nothing is owed twice, however often that is corrected."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("safeguarding", "0002_children"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="supportcontact",
            name="safeguarding_contact_once",
        ),
        migrations.AddField(
            model_name="supportcontact",
            name="follows",
            field=models.UUIDField(null=True),
        ),
        migrations.AddConstraint(
            model_name="supportcontact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("follows", None)),
                fields=("child", "kind", "arises_at"),
                name="safeguarding_contact_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="supportcontact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("follows__isnull", False)),
                fields=("child", "kind", "follows"),
                name="safeguarding_contact_told",
            ),
        ),
    ]
