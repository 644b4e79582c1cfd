"""The tables of leases, heartbeats and daily rounds."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="DailyRound",
            fields=[
                ("name", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("asked_on", models.DateField()),
            ],
            options={
                "db_table": "tasks_daily_round",
            },
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                (
                    "part",
                    models.CharField(
                        choices=[("broker", "broker"), ("worker", "worker"), ("signer", "signer")],
                        max_length=20,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("beat_at", models.DateTimeField()),
            ],
            options={
                "db_table": "tasks_heartbeat",
            },
        ),
        migrations.CreateModel(
            name="TaskLease",
            fields=[
                ("task_id", models.UUIDField(primary_key=True, serialize=False)),
                ("worker_id", models.CharField(max_length=64)),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "db_table": "tasks_lease",
                "indexes": [models.Index(fields=["expires_at"], name="tasks_lease_expiry")],
            },
        ),
    ]
