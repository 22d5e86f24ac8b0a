"""Webhooks of partners, and what is on its way to them. No customer's user sees any of it."""

import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import customers.identity
from customers.postgresql.policies import BY_PARTNER, OF_CUSTOMER, protect, step, through

WEBHOOK = f"""CASE
    WHEN partner_id IS DISTINCT FROM (SELECT portal_partner()) THEN false
    ELSE {BY_PARTNER}
END"""
OF_WEBHOOK = through("api_webhook", "webhook_id")
POLICIES = {
    "api_webhook": WEBHOOK,
    "api_webhookcustomer": f"{OF_WEBHOOK} AND ({OF_CUSTOMER})",
    "api_webhookdelivery": OF_WEBHOOK,
}

TRIGGER = """
CREATE TRIGGER webhook_uuid_stays BEFORE UPDATE OF uuid ON api_webhook
    FOR EACH ROW WHEN (NEW.uuid IS DISTINCT FROM OLD.uuid) EXECUTE FUNCTION refuse_new_uuid();
"""
NO_TRIGGER = "DROP TRIGGER webhook_uuid_stays ON api_webhook;"


class Migration(migrations.Migration):
    dependencies = [
        ("api", "0005_row_security_of_calls"),
        ("customers", "0012_batches_by_token"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Webhook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("address", models.URLField(max_length=500, verbose_name="address")),
                ("host", models.CharField(editable=False, max_length=260)),
                (
                    "events",
                    models.JSONField(
                        default=list,
                        help_text="Values of Action, or of EventGroup with .* behind.",
                        verbose_name="events",
                    ),
                ),
                (
                    "all_customers",
                    models.BooleanField(default=True, verbose_name="for all customers"),
                ),
                (
                    "with_team",
                    models.BooleanField(default=False, verbose_name="with events of the team"),
                ),
                ("since_event", models.BigIntegerField(default=0, editable=False)),
                ("sealed_secret", models.TextField(editable=False)),
                ("sealed_old_secret", models.TextField(blank=True, editable=False)),
                ("old_secret_until", models.DateTimeField(editable=False, null=True)),
                ("is_on", models.BooleanField(default=True, verbose_name="on")),
                ("problem", models.CharField(blank=True, max_length=200)),
                ("owner_told_at", models.DateTimeField(editable=False, null=True)),
                ("failing_since", models.DateTimeField(editable=False, null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("rests_until", models.DateTimeField(editable=False, null=True)),
                ("claimed_at", models.DateTimeField(editable=False, null=True)),
                ("turn_at", models.DateTimeField(editable=False, null=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
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
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="webhooks",
                        to="customers.partner",
                    ),
                ),
            ],
            options={
                "ordering": ("name", "id"),
            },
        ),
        migrations.CreateModel(
            name="WebhookCustomer",
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
                    "webhook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chosen_customers",
                        to="api.webhook",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="webhook",
            name="customers",
            field=models.ManyToManyField(
                related_name="+", through="api.WebhookCustomer", to="customers.customer"
            ),
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event_id", models.BigIntegerField(null=True)),
                ("message_id", models.CharField(max_length=40, unique=True)),
                ("kind", models.CharField(max_length=40)),
                ("subject", models.CharField(max_length=60)),
                ("body", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("delivered", "Delivered"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("answered_at", models.DateTimeField(null=True)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "webhook",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="api.webhook",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery of a webhook",
                "verbose_name_plural": "deliveries of webhooks",
            },
        ),
        migrations.AddConstraint(
            model_name="webhookcustomer",
            constraint=models.UniqueConstraint(
                fields=("webhook", "customer"), name="customer_once_per_webhook"
            ),
        ),
        migrations.AddIndex(
            model_name="webhook",
            index=models.Index(fields=["host"], name="webhook_by_host"),
        ),
        migrations.AddConstraint(
            model_name="webhook",
            constraint=models.UniqueConstraint(
                models.F("partner"),
                django.db.models.functions.text.Lower("name"),
                name="webhook_name_once_per_partner",
            ),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(fields=["webhook", "-id"], name="delivery_by_webhook"),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(fields=["webhook", "state", "-id"], name="delivery_by_state"),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["webhook", "id"],
                name="delivery_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["webhook", "subject", "id"],
                name="delivery_in_order",
            ),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(fields=["settled_at"], name="delivery_settled"),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.UniqueConstraint(
                fields=("webhook", "event_id"), name="event_once_per_webhook"
            ),
        ),
        *(protect(table, condition) for table, condition in POLICIES.items()),
        step(TRIGGER, NO_TRIGGER),
    ]
