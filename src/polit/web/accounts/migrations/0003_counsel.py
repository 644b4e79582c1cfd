"""Independent counsel is a role that is held alone."""

from django.db import migrations

from polit.web.accounts.exclusive_roles import ExclusiveRoles


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_people_and_sessions"),
    ]

    operations = [
        ExclusiveRoles(("auditor", "counsel", "system_administrator")),
    ]
