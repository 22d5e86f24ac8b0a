"""The report of licensed users is the report of a month."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("automation", "0008_kept_looked_at_together"),
    ]

    operations = [
        migrations.AlterField(
            model_name="scheduledreport",
            name="kind",
            field=models.CharField(
                choices=[("licenses", "Month report"), ("activity", "Activity log")], max_length=10
            ),
        ),
    ]
