"""A refusal keeps its words, so that everybody reads it in their own language."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("automation", "0010_names_in_the_admin")]

    operations = [
        migrations.AddField(
            model_name="schedule",
            name="refusal_said",
            field=models.JSONField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="schedule",
            name="undo_refusal_said",
            field=models.JSONField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="review",
            name="refusal_said",
            field=models.JSONField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="keptlicense",
            name="why_said",
            field=models.JSONField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="scheduledreport",
            name="problem_said",
            field=models.JSONField(editable=False, null=True),
        ),
    ]
