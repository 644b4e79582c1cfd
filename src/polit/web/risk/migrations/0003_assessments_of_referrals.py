"""The assessments of referrals are few among those of cases, and have an index of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One index."""

    dependencies = [("risk", "0002_response_covered")]

    operations = [
        migrations.AddIndex(
            model_name="riskassessment",
            index=models.Index(
                condition=models.Q(referral__isnull=False),
                fields=["referral"],
                name="risk_assessment_of_referral",
            ),
        ),
    ]
