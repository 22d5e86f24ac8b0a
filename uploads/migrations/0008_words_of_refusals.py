"""A refusal keeps its words, so that everybody reads it in their own language."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("uploads", "0007_names_in_the_admin")]

    operations = [
        migrations.AddField(
            model_name="upload",
            name="refusal_said",
            field=models.JSONField(editable=False, null=True),
        ),
    ]
