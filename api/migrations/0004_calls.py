"""Writes that named themselves, with what was answered."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("api", "0003_keys_of_forms"),
    ]

    operations = [
        migrations.CreateModel(
            name="RememberedCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=64)),
                (
                    "fingerprint",
                    models.CharField(
                        help_text="SHA-256 of the method, the address and the body.", max_length=64
                    ),
                ),
                ("status", models.PositiveSmallIntegerField(default=0)),
                ("sealed_answer", models.TextField(blank=True, editable=False)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "token",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="api.token",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="call_by_day")],
                "constraints": [
                    models.UniqueConstraint(fields=("token", "key"), name="call_once_per_token")
                ],
            },
        ),
    ]
