"""What went wrong keeps its words, so that everybody reads it in their own language."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("api", "0010_names_in_the_admin")]

    operations = [
        migrations.AddField(
            model_name="webhook",
            name="problem_said",
            field=models.JSONField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="webhookdelivery",
            name="reason_said",
            field=models.JSONField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="sourcerefusal",
            name="sentence_said",
            field=models.JSONField(editable=False, null=True),
        ),
    ]
