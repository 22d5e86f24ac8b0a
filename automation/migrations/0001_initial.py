"""Schedules and license rules."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import customers.identity


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0013_events_of_automation"),
        ("licensing", "0004_own_products"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LicenseRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "filter",
                    models.JSONField(
                        default=dict,
                        help_text="Parameters of an address, as a list of users has them.",
                    ),
                ),
                (
                    "for_newcomers",
                    models.BooleanField(
                        default=False,
                        help_text="Users who were there before it was switched on keep what they have.",
                        verbose_name="for new users only",
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("is_on", models.BooleanField(default=False, verbose_name="on")),
                ("on_since", models.DateTimeField(editable=False, null=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "uuid",
                    models.UUIDField(
                        db_default=customers.identity.RandomUUID(), editable=False, unique=True
                    ),
                ),
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
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="license_rules",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "ordering": ("position", "id"),
            },
        ),
        migrations.CreateModel(
            name="RuleException",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
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
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exceptions",
                        to="automation.licenserule",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RuleSubscription",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("services_off", models.JSONField(default=list)),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="gives",
                        to="automation.licenserule",
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="licensing.subscription",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Schedule",
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
                            ("create", "Add users"),
                            ("change", "Change users"),
                            ("licenses", "Manage licenses"),
                            ("reset", "Reset password"),
                            ("block", "Block sign-in"),
                            ("allow", "Allow sign-in"),
                            ("delete", "Delete user accounts"),
                            ("restore", "Restore"),
                            ("remove", "Delete permanently"),
                            ("subscription", "Change subscription"),
                            ("upload", "Upload users"),
                            ("rules", "Apply license rules"),
                        ],
                        max_length=20,
                    ),
                ),
                ("key", models.CharField(max_length=64, unique=True)),
                (
                    "request",
                    models.JSONField(default=dict),
                ),
                ("reason", models.CharField(blank=True, max_length=255)),
                ("on", models.DateField(verbose_name="date")),
                ("at", models.TimeField(verbose_name="time")),
                ("zone", models.CharField(max_length=64)),
                ("due_at", models.DateTimeField(verbose_name="due")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Scheduled"),
                            ("begun", "Begun"),
                            ("failed", "Failed"),
                            ("canceled", "Canceled"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                (
                    "refusal",
                    models.TextField(
                        blank=True, help_text="Why it could not be begun, in a sentence."
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "uuid",
                    models.UUIDField(
                        db_default=customers.identity.RandomUUID(), editable=False, unique=True
                    ),
                ),
                (
                    "batch",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="schedule",
                        to="customers.batch",
                    ),
                ),
                (
                    "undo",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="customers.batch",
                    ),
                ),
                ("undo_refusal", models.TextField(blank=True)),
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
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="schedules",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "ordering": ("due_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="ScheduledUser",
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "schedule",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="automation.schedule",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="schedule",
            name="users",
            field=models.ManyToManyField(
                related_name="schedules",
                through="automation.ScheduledUser",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.CreateModel(
            name="SchedulePlan",
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
                        choices=[("leave", "Remove user"), ("join", "Start date")], max_length=10
                    ),
                ),
                ("key", models.CharField(max_length=64, unique=True)),
                ("reason", models.CharField(blank=True, max_length=255)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "undo_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("undo_key", models.CharField(blank=True, max_length=64)),
                ("undo_reason", models.CharField(blank=True, max_length=255)),
                ("undo_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "uuid",
                    models.UUIDField(
                        db_default=customers.identity.RandomUUID(), editable=False, unique=True
                    ),
                ),
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
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="schedule",
            name="plan",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="schedules",
                to="automation.scheduleplan",
            ),
        ),
        migrations.CreateModel(
            name="KeptLicense",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="kept",
                        to="automation.licenserule",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("given", "By rule"),
                            ("waiting", "Waiting for a seat"),
                            ("barred", "Not possible"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "why",
                    models.TextField(blank=True, help_text="What is in the way, in a sentence."),
                ),
                (
                    "since",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="licensing.subscription",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="kept_licenses",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["customer", "state"], name="kept_by_customer")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subscription", "user"), name="kept_once_per_user"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Unsettled",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateTimeField(null=True)),
                ("is_whole", models.BooleanField(default=False)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.batch",
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
        migrations.AddConstraint(
            model_name="licenserule",
            constraint=models.UniqueConstraint(
                models.F("customer"),
                django.db.models.functions.text.Lower("name"),
                name="rule_name_once_per_customer",
            ),
        ),
        migrations.AddConstraint(
            model_name="licenserule",
            constraint=models.UniqueConstraint(fields=("id", "customer"), name="rule_of_customer"),
        ),
        migrations.AddConstraint(
            model_name="ruleexception",
            constraint=models.UniqueConstraint(fields=("rule", "user"), name="user_once_per_rule"),
        ),
        migrations.AddConstraint(
            model_name="rulesubscription",
            constraint=models.UniqueConstraint(
                fields=("rule", "subscription"), name="subscription_once_per_rule"
            ),
        ),
        migrations.AddConstraint(
            model_name="scheduleduser",
            constraint=models.UniqueConstraint(
                fields=("schedule", "user"), name="user_once_per_schedule"
            ),
        ),
        migrations.AddConstraint(
            model_name="scheduleplan",
            constraint=models.UniqueConstraint(fields=("id", "customer"), name="plan_of_customer"),
        ),
        migrations.AddIndex(
            model_name="schedule",
            index=models.Index(fields=["plan"], name="schedule_by_plan"),
        ),
        migrations.AddIndex(
            model_name="schedule",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["due_at"], name="schedule_due"
            ),
        ),
        migrations.AddIndex(
            model_name="scheduleplan",
            index=models.Index(fields=["customer", "kind", "created_at"], name="plan_by_customer"),
        ),
        migrations.AddIndex(
            model_name="scheduleplan",
            index=models.Index(
                condition=models.Q(("undo_at__isnull", False), ("undone_at", None)),
                fields=["undo_at"],
                name="plan_being_undone",
            ),
        ),
        migrations.AddIndex(
            model_name="schedule",
            index=models.Index(fields=["customer", "state", "due_at"], name="schedule_by_customer"),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.UniqueConstraint(
                fields=("id", "customer"), name="schedule_of_customer"
            ),
        ),
    ]
