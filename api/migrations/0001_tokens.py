"""Tokens, by which scripts act as a user."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import customers.identity


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0012_batches_by_token"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Token",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("personal", "Personal token"),
                            ("integration", "Access token"),
                            ("secret", "Client secret"),
                            ("source", "Token of a source"),
                        ],
                        max_length=12,
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("prefix", models.CharField(editable=False, max_length=12)),
                (
                    "hash",
                    models.CharField(
                        editable=False, help_text="SHA-256.", max_length=64, unique=True
                    ),
                ),
                ("capabilities", models.JSONField(default=list, help_text="Names of Capability.")),
                ("all_customers", models.BooleanField(default=True, verbose_name="all customers")),
                (
                    "networks",
                    models.JSONField(
                        default=list,
                        help_text="Where it may come from, as CIDR has it; none: from anywhere.",
                    ),
                ),
                ("may_do_grave", models.BooleanField(default=False)),
                ("epoch", models.PositiveIntegerField(editable=False)),
                ("ends_at", models.DateTimeField(verbose_name="ends")),
                ("last_used_at", models.DateTimeField(editable=False, null=True)),
                ("warned_at", models.DateTimeField(editable=False, null=True)),
                ("revoked_at", models.DateTimeField(editable=False, null=True)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "uuid",
                    models.UUIDField(
                        db_default=customers.identity.RandomUUID(), editable=False, unique=True
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TokenCustomer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                (
                    "token",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chosen_customers",
                        to="api.token",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="token",
            name="customers",
            field=models.ManyToManyField(
                related_name="+", through="api.TokenCustomer", to="customers.customer"
            ),
        ),
        migrations.AddConstraint(
            model_name="tokencustomer",
            constraint=models.UniqueConstraint(
                fields=("token", "customer"), name="customer_once_per_token"
            ),
        ),
        migrations.AddIndex(
            model_name="token",
            index=models.Index(
                condition=models.Q(("revoked_at", None)), fields=["ends_at"], name="token_by_end"
            ),
        ),
    ]
