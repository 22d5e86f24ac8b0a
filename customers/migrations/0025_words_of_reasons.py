"""A reason keeps its words, so that everybody reads it in their own language."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0024_search_index")]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="refusal_said",
            field=models.JSONField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="batchitem",
            name="reason_said",
            field=models.JSONField(editable=False, null=True),
        ),
    ]
