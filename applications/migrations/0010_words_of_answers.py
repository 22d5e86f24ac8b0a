"""What went wrong keeps its words, so that everybody reads it in their own language."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0009_names_in_the_admin")]

    operations = [
        migrations.AddField(
            model_name="provisioning",
            name="problem_said",
            field=models.JSONField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="provision",
            name="reason_said",
            field=models.JSONField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="logout",
            name="reason_said",
            field=models.JSONField(editable=False, null=True),
        ),
    ]
