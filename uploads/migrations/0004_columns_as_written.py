"""A heading that is remembered can be shown as it was written."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("uploads", "0003_decision_new_user"),
    ]

    operations = [
        migrations.AddField(
            model_name="columnmapping",
            name="heading",
            field=models.CharField(blank=True, db_default="", max_length=200),
        ),
    ]
