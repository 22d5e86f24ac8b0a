"""A mail that a server puts off is tried again: how often that was, and who is left out."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_names_in_order"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="tries",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
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
                    ("left out", "Left out"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
    ]
