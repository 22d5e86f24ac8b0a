"""Accounts that applications get by SCIM. Where they go is its application's, an account its
user's customer's; in the scope of a customer none of it is written.
"""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from customers.postgresql.policies import (
    BY_PARTNER,
    OF_CUSTOMER,
    limit_writing,
    protect,
    through,
)


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0003_logouts"),
        ("customers", "0009_followers"),
    ]

    operations = [
        migrations.CreateModel(
            name="Provision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("user_id", models.BigIntegerField(db_index=True)),
                ("user_uuid", models.UUIDField(help_text="The externalId there.")),
                (
                    "external_id",
                    models.CharField(
                        blank=True, help_text="The id that the application gave.", max_length=250
                    ),
                ),
                ("wanted", models.BooleanField(default=True)),
                ("changed", models.PositiveIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("done", "Done"), ("failed", "Failed")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                (
                    "sent",
                    models.CharField(
                        blank=True,
                        help_text="A hash of what the account was last made to be.",
                        max_length=64,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "reason",
                    models.CharField(
                        blank=True, help_text="What was in the way at the last try.", max_length=300
                    ),
                ),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "application",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="provisions",
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
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["application", "id"],
                        name="provision_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("state", "failed")),
                        fields=["application", "id"],
                        name="provision_failed",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("application", "user_id"), name="account_once_per_application"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Provisioning",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("address", models.URLField(max_length=500, verbose_name="SCIM address")),
                ("host", models.CharField(editable=False, max_length=260)),
                ("sealed_token", models.TextField(editable=False)),
                (
                    "leaving",
                    models.CharField(
                        choices=[
                            ("deactivate", "Deactivate the account"),
                            ("delete", "Delete the account"),
                        ],
                        default="deactivate",
                        max_length=10,
                        verbose_name="when a user leaves",
                    ),
                ),
                ("is_on", models.BooleanField(default=False, verbose_name="on")),
                ("claimed_at", models.DateTimeField(null=True)),
                ("rests_until", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "problem",
                    models.CharField(
                        blank=True,
                        help_text="Why nothing can be sent now, in words.",
                        max_length=300,
                    ),
                ),
                ("compared_at", models.DateTimeField(null=True)),
                ("comparison", models.JSONField(default=dict)),
                ("compare_asked_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="provisioning",
                        to="applications.application",
                    ),
                ),
            ],
            options={
                "verbose_name": "provisioning",
                "indexes": [models.Index(fields=["host"], name="provisioning_by_host")],
            },
        ),
        protect("applications_provisioning", through("applications_application", "application_id")),
        protect("applications_provision", OF_CUSTOMER),
        limit_writing("applications_provisioning", BY_PARTNER),
        limit_writing("applications_provision", BY_PARTNER),
    ]
