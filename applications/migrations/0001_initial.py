import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import applications.models.sessions
import customers.identity


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("allauth_idp_oidc", "0003_client_allow_uri_wildcards"),
        ("customers", "0006_columns_forgotten"),
        ("licensing", "0003_uuids_and_moments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Application",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "icon",
                    models.CharField(
                        choices=[
                            ("grid", "Squares"),
                            ("calendar-week", "Calendar"),
                            ("bar-chart-line", "Chart"),
                            ("chat-dots", "Chat"),
                            ("code-slash", "Code"),
                            ("database", "Database"),
                            ("folder2-open", "Files"),
                            ("globe", "Globe"),
                            ("headset", "Headset"),
                            ("envelope", "Email"),
                            ("camera-video", "Meeting"),
                            ("journal-text", "Notes"),
                            ("kanban", "Tasks"),
                        ],
                        default="grid",
                        max_length=20,
                        verbose_name="icon",
                    ),
                ),
                ("start_url", models.URLField(max_length=500, verbose_name="address to start at")),
                ("everyone", models.BooleanField(default=False, verbose_name="everyone may enter")),
                (
                    "all_customers",
                    models.BooleanField(default=True, verbose_name="for all customers"),
                ),
                (
                    "logout_uri",
                    models.URLField(blank=True, max_length=500, verbose_name="logout address"),
                ),
                (
                    "extra_claims",
                    models.JSONField(blank=True, default=list, help_text="Names of Claim."),
                ),
                ("needs_pkce", models.BooleanField(default=True, verbose_name="demand PKCE")),
                ("is_on", models.BooleanField(default=True, verbose_name="on")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "updated_at",
                    models.DateTimeField(
                        db_default=customers.identity.TransactionTime(), editable=False
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(
                        db_default=customers.identity.RandomUUID(), editable=False, unique=True
                    ),
                ),
                (
                    "client",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="application",
                        to="allauth_idp_oidc.client",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="customers.partner",
                    ),
                ),
            ],
            options={
                "ordering": ("name", "id"),
            },
        ),
        migrations.CreateModel(
            name="ApplicationCustomer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chosen_customers",
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
        ),
        migrations.AddField(
            model_name="application",
            name="customers",
            field=models.ManyToManyField(
                related_name="applications",
                through="applications.ApplicationCustomer",
                to="customers.customer",
            ),
        ),
        migrations.CreateModel(
            name="ApplicationPlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="opening_plans",
                        to="applications.application",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="licensing.serviceplan",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="application",
            name="plans",
            field=models.ManyToManyField(
                related_name="applications",
                through="applications.ApplicationPlan",
                to="licensing.serviceplan",
            ),
        ),
        migrations.CreateModel(
            name="AppSession",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "sid",
                    models.CharField(
                        default=applications.models.sessions.new_sid,
                        editable=False,
                        max_length=32,
                        unique=True,
                    ),
                ),
                (
                    "session_key_hash",
                    models.CharField(
                        blank=True,
                        help_text="Of the portal's session that it came from.",
                        max_length=64,
                    ),
                ),
                (
                    "auth_time",
                    models.DateTimeField(help_text="When the user last proved who they are."),
                ),
                (
                    "amr",
                    models.JSONField(default=list, help_text="By what, in the words of RFC 8176."),
                ),
                ("acr", models.CharField(blank=True, max_length=100)),
                (
                    "epoch",
                    models.PositiveIntegerField(help_text="The user's session_epoch at the time."),
                ),
                ("started_at", models.DateTimeField(auto_now_add=True)),
                ("last_used_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to="applications.application",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="app_sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="applicationcustomer",
            constraint=models.UniqueConstraint(
                fields=("application", "customer"), name="customer_once_per_application"
            ),
        ),
        migrations.AddConstraint(
            model_name="applicationplan",
            constraint=models.UniqueConstraint(
                fields=("application", "plan"), name="plan_once_per_application"
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.UniqueConstraint(
                models.F("partner"),
                django.db.models.functions.text.Lower("name"),
                name="application_name_once_per_partner",
            ),
        ),
        migrations.AddIndex(
            model_name="appsession",
            index=models.Index(fields=["user", "-id"], name="app_session_by_user"),
        ),
        migrations.AddIndex(
            model_name="appsession",
            index=models.Index(
                condition=models.Q(
                    ("ended_at", None), models.Q(("session_key_hash", ""), _negated=True)
                ),
                fields=["session_key_hash"],
                name="app_session_of_portal",
            ),
        ),
    ]
