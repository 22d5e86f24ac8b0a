# Seals on the activity log.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0004_line_of_each_batch"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.BigIntegerField(unique=True)),
                ("first_id", models.BigIntegerField()),
                ("last_id", models.BigIntegerField()),
                ("count", models.PositiveIntegerField()),
                (
                    "last_at",
                    models.DateTimeField(help_text="When the newest of the events happened."),
                ),
                ("made_at", models.DateTimeField()),
                (
                    "version",
                    models.PositiveSmallIntegerField(
                        help_text="Of the form in which rows are sealed."
                    ),
                ),
                ("key_id", models.CharField(max_length=20)),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("events_hash", models.CharField(max_length=64)),
                ("names_hash", models.CharField(max_length=64)),
                (
                    "names_salt",
                    models.CharField(
                        blank=True, help_text="Gone once the names are forgotten.", max_length=64
                    ),
                ),
                ("hash", models.CharField(max_length=64)),
                ("names_forgotten_at", models.DateTimeField(null=True)),
                ("names_forgotten_mark", models.CharField(blank=True, max_length=100)),
                ("events_dropped_at", models.DateTimeField(null=True)),
                ("events_dropped_mark", models.CharField(blank=True, max_length=100)),
                (
                    "partner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.partner",
                    ),
                ),
            ],
            options={
                "verbose_name": "seal of the activity log",
                "verbose_name_plural": "seals of the activity log",
                "indexes": [
                    models.Index(fields=["partner", "-last_id"], name="seal_by_partner"),
                    models.Index(
                        condition=models.Q(("names_forgotten_at", None)),
                        fields=["last_at"],
                        name="seal_with_names",
                    ),
                    models.Index(
                        condition=models.Q(("events_dropped_at", None)),
                        fields=["last_at"],
                        name="seal_with_events",
                    ),
                ],
            },
        ),
    ]
