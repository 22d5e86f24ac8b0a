"""Why a mail did not go out keeps its words, so that everybody reads it in their own language."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0022_contacts_in_one_place")]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="reason_said",
            field=models.JSONField(editable=False, null=True),
        ),
    ]
