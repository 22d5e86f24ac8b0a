"""Why an email did not go out keeps its words, so that everybody reads it in their own language."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("automation", "0011_words_of_refusals")]

    operations = [
        migrations.AddField(
            model_name="reportmail",
            name="reason_said",
            field=models.JSONField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="letter",
            name="reason_said",
            field=models.JSONField(editable=False, null=True),
        ),
    ]
