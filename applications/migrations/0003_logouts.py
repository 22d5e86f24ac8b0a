"""Applications are told of sessions that have ended. A row is of its user's customer."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from customers.postgresql.policies import OF_CUSTOMER, protect


class Migration(migrations.Migration):
    dependencies = [
        # Its grants hold for tables to come.
        ("accounts", "0003_people_on_postgresql"),
        ("applications", "0002_row_security"),
        ("customers", "0009_followers"),
    ]

    operations = [
        migrations.CreateModel(
            name="Logout",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "user_uuid",
                    models.UUIDField(help_text="What the application knows the user by."),
                ),
                ("user_id", models.BigIntegerField()),
                ("sid", models.CharField(max_length=32, unique=True)),
                (
                    "address",
                    models.CharField(
                        blank=True, help_text="Of an application that is gone.", max_length=500
                    ),
                ),
                (
                    "audience",
                    models.CharField(blank=True, help_text="Its client, likewise.", max_length=100),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sending", "Being sent"),
                            ("told", "Told"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("claimed_at", models.DateTimeField(null=True)),
                (
                    "reason",
                    models.CharField(
                        blank=True, help_text="Why the last try failed, in words.", max_length=200
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "application",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="logouts",
                        to="applications.application",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["application", "-id"], name="logout_by_application"),
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["application", "due_at"],
                        name="logout_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("state", "sending")),
                        fields=["claimed_at"],
                        name="logout_being_sent",
                    ),
                ],
            },
        ),
        protect("applications_logout", OF_CUSTOMER),
    ]
