"""A reason that the portal itself gives keeps its words."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0025_words_of_reasons")]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="reason_said",
            field=models.JSONField(editable=False, null=True),
        ),
    ]
