"""Choices and messages are said in plainer words: nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_names_spelled_out"),
    ]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting"),
                    ("sending", "Sending"),
                    ("sent", "Sent"),
                    ("failed", "Failed"),
                    ("no address", "No address"),
                    ("left out", "Skipped"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
    ]
