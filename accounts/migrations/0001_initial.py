import django.db.models.functions.datetime
import django.utils.timezone
import django_countries.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("user_name", models.CharField(max_length=113, verbose_name="user name")),
                (
                    "username",
                    models.CharField(
                        editable=False, max_length=113, null=True, verbose_name="sign-in name"
                    ),
                ),
                (
                    "first_name",
                    models.CharField(blank=True, max_length=64, verbose_name="first name"),
                ),
                (
                    "last_name",
                    models.CharField(blank=True, max_length=64, verbose_name="last name"),
                ),
                ("display_name", models.CharField(max_length=256, verbose_name="display name")),
                ("sort_name", models.CharField(editable=False, max_length=1024)),
                ("search_text", models.TextField(editable=False)),
                (
                    "usage_location",
                    django_countries.fields.CountryField(
                        blank=True, max_length=2, verbose_name="usage location"
                    ),
                ),
                (
                    "country",
                    django_countries.fields.CountryField(
                        blank=True, max_length=2, verbose_name="country"
                    ),
                ),
                (
                    "job_title",
                    models.CharField(blank=True, max_length=64, verbose_name="job title"),
                ),
                (
                    "department",
                    models.CharField(blank=True, max_length=64, verbose_name="department"),
                ),
                ("office", models.CharField(blank=True, max_length=128, verbose_name="office")),
                (
                    "office_phone",
                    models.CharField(blank=True, max_length=64, verbose_name="office phone"),
                ),
                (
                    "mobile_phone",
                    models.CharField(blank=True, max_length=64, verbose_name="mobile phone"),
                ),
                ("fax", models.CharField(blank=True, max_length=64, verbose_name="fax")),
                (
                    "alternate_email",
                    models.EmailField(blank=True, max_length=254, verbose_name="alternate email"),
                ),
                ("street", models.CharField(blank=True, max_length=1023, verbose_name="street")),
                ("city", models.CharField(blank=True, max_length=128, verbose_name="city")),
                ("state", models.CharField(blank=True, max_length=128, verbose_name="state")),
                (
                    "postal_code",
                    models.CharField(blank=True, max_length=40, verbose_name="postal code"),
                ),
                (
                    "time_zone",
                    models.CharField(blank=True, max_length=64, verbose_name="time zone"),
                ),
                ("is_staff", models.BooleanField(default=False, verbose_name="support staff")),
                ("limited_to_customers", models.BooleanField(default=False)),
                ("must_change_password", models.BooleanField(default=False)),
                ("temporary_password_set_at", models.DateTimeField(editable=False, null=True)),
                ("blocked_at", models.DateTimeField(editable=False, null=True)),
                ("deleted_at", models.DateTimeField(editable=False, null=True)),
                ("purge_after", models.DateTimeField(editable=False, null=True)),
                ("session_epoch", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "added_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="added"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CredentialSheet",
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
                        choices=[("added", "Users added"), ("reset", "Passwords reset")],
                        max_length=10,
                    ),
                ),
                ("people", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("destroyed_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="CredentialSheetPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(help_text="From 1, without a gap.")),
                ("ciphertext", models.TextField()),
                ("people", models.PositiveIntegerField()),
            ],
            options={
                "ordering": ("sheet", "number"),
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "to",
                    models.CharField(
                        choices=[
                            ("self", "Me"),
                            ("contact", "The customer's contact"),
                            ("person", "Each person's alternate email"),
                        ],
                        max_length=10,
                    ),
                ),
                ("people", models.PositiveIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sending", "Sending"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                            ("no address", "No address"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=255)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "waiting_since",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        default=django.utils.timezone.now,
                    ),
                ),
                ("claimed_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name_plural": "deliveries",
            },
        ),
        migrations.CreateModel(
            name="SavedFilter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("query", models.JSONField(default=dict)),
                ("is_shared", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="Selection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.CharField(max_length=43, unique=True)),
                ("by_filter", models.BooleanField(default=False)),
                ("query", models.JSONField(default=dict)),
                (
                    "ids",
                    models.JSONField(
                        default=list, help_text="Chosen, or with a filter the exceptions."
                    ),
                ),
                (
                    "extra",
                    models.JSONField(default=list, help_text="With a filter: chosen besides."),
                ),
                (
                    "found",
                    models.PositiveIntegerField(
                        help_text="How many the filter let through when it was chosen, if counted.",
                        null=True,
                    ),
                ),
                ("frozen_ids", models.JSONField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
    ]
