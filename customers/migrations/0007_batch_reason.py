# Why a batch was asked for.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0006_log_ends_by_its_seals"),
    ]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="reason",
            field=models.CharField(
                blank=True, help_text="In the words of who asked.", max_length=255
            ),
        ),
    ]
