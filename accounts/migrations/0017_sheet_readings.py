"""A sheet keeps how and when its passwords were read, place by place."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from customers.postgresql.policies import protect, through


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0016_implied_keys_of_figures"),
        ("customers", "0017_passwords_copied"),
    ]

    operations = [
        migrations.CreateModel(
            name="SheetReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "by_way",
                    models.CharField(
                        choices=[
                            ("shown", "Shown"),
                            ("printed", "Printed"),
                            ("copied", "Copied"),
                            ("downloaded", "Downloaded"),
                        ],
                        max_length=10,
                    ),
                ),
                ("first", models.PositiveIntegerField(help_text="The first place, from 0.")),
                ("end", models.PositiveIntegerField(help_text="The place after the last one.")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="readings",
                        to="accounts.credentialsheet",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("sheet", "by_way", "first", "end"), name="reading_once_per_stretch"
                    ),
                ],
            },
        ),
        protect("accounts_sheetreading", through("accounts_credentialsheet", "sheet_id")),
    ]
