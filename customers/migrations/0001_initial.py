import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django_countries.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("partner_id", models.BigIntegerField(null=True)),
                ("count", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("batch_id", models.BigIntegerField(null=True)),
                (
                    "stands_for",
                    models.PositiveIntegerField(
                        default=1,
                        help_text="How many people this line of the log is about; NULL: the line is an earlier event of the batch.",
                        null=True,
                    ),
                ),
                ("actor_id", models.BigIntegerField(null=True)),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("partner.added", "Partner added"),
                            ("partner.changed", "Partner changed"),
                            ("customer.added", "Customer added"),
                            ("customer.changed", "Customer changed"),
                            ("domain.added", "Domain added"),
                            ("domain.removed", "Domain removed"),
                            ("domain.primary", "Primary domain changed"),
                            ("user.added", "User added"),
                            ("user.changed", "User changed"),
                            ("user.blocked", "Sign-in blocked"),
                            ("user.allowed", "Sign-in allowed"),
                            ("user.deleted", "User deleted"),
                            ("user.restored", "User restored"),
                            ("user.removed", "User deleted permanently"),
                            ("user.exported", "Personal data exported"),
                            ("user.signed_in", "Signed in"),
                            ("password.reset", "Password reset"),
                            ("password.shown", "Temporary password shown"),
                            ("password.changed", "Password changed"),
                            ("license.assigned", "License assigned"),
                            ("license.revoked", "License revoked"),
                            ("license.services", "Services changed"),
                            ("subscription.added", "Subscription added"),
                            ("subscription.seats", "Seats changed"),
                            ("subscription.suspended", "Subscription suspended"),
                            ("subscription.resumed", "Subscription resumed"),
                            ("subscription.canceled", "Subscription canceled"),
                            ("product.added", "Product added"),
                            ("product.changed", "Product changed"),
                            ("sheet.shown", "Passwords shown"),
                            ("sheet.printed", "Passwords printed"),
                            ("sheet.mailed", "Passwords mailed"),
                            ("sheet.downloaded", "Passwords downloaded"),
                            ("sheet.destroyed", "Passwords destroyed"),
                            ("staff.added", "Staff added"),
                            ("staff.changed", "Staff changed"),
                            ("step.added", "Second step added"),
                            ("step.removed", "Second step removed"),
                            ("step.reset", "Two-step sign-in reset"),
                            ("step.refused", "Second step refused"),
                            ("step.warned", "Owner told of wrong codes"),
                            ("step.allowed", "Codes allowed again"),
                            ("codes.made", "Recovery codes made"),
                            ("codes.shown", "Recovery codes shown"),
                            ("codes.used", "Recovery code used"),
                            ("session.ended", "Session ended"),
                            ("staff.removed", "Staff removed"),
                            ("list.exported", "List exported"),
                        ],
                        max_length=40,
                    ),
                ),
                ("target_type", models.CharField(blank=True, max_length=40)),
                ("target_id", models.BigIntegerField(null=True)),
                ("reason", models.CharField(blank=True, max_length=255)),
                (
                    "changes",
                    models.JSONField(default=dict, help_text="Before and after; nothing personal."),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Customer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "country",
                    django_countries.fields.CountryField(
                        help_text="The usage location of new users, unless chosen otherwise.",
                        max_length=2,
                        verbose_name="country",
                    ),
                ),
                (
                    "contact_email",
                    models.EmailField(blank=True, max_length=254, verbose_name="contact email"),
                ),
                ("active_users", models.PositiveIntegerField(default=0, editable=False)),
                ("deleted_users", models.PositiveIntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Partner",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "country",
                    django_countries.fields.CountryField(max_length=2, verbose_name="country"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="AuditNames",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="names",
                        serialize=False,
                        to="customers.auditevent",
                    ),
                ),
                ("actor", models.CharField(blank=True, max_length=300)),
                ("target", models.CharField(blank=True, max_length=300)),
                (
                    "changes",
                    models.JSONField(
                        default=dict, help_text="Before and after of personal fields."
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "audit names",
            },
        ),
        migrations.CreateModel(
            name="Batch",
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
                        ],
                        max_length=20,
                    ),
                ),
                ("key", models.CharField(max_length=64, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("canceled", "Canceled"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                (
                    "request",
                    models.JSONField(default=dict, help_text="What was asked for, without a name."),
                ),
                (
                    "people",
                    models.JSONField(
                        default=list, help_text="Ids of the chosen, frozen, while it waits."
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True, help_text="In the words of who asked.", max_length=255
                    ),
                ),
                (
                    "refusal",
                    models.TextField(
                        blank=True, help_text="Why it could not be done, in a sentence."
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("failed", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="batches",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "undo_of",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="undone_by",
                        to="customers.batch",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="batches",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "batches",
            },
        ),
        migrations.AddField(
            model_name="auditevent",
            name="customer",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.customer",
            ),
        ),
        migrations.CreateModel(
            name="Domain",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        max_length=48,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^(?=.{4,48}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+([a-z]{2,}|xn--[a-z0-9-]+)\\Z",
                                "Enter a domain such as contoso.com: letters, digits and hyphens, 48 characters at most.",
                            )
                        ],
                        verbose_name="domain",
                    ),
                ),
                ("is_primary", models.BooleanField(default=False)),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="domains",
                        to="customers.customer",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="domains",
                        to="customers.partner",
                    ),
                ),
            ],
            options={
                "ordering": ("-is_primary", "name"),
            },
        ),
        migrations.AddField(
            model_name="customer",
            name="partner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="customers",
                to="customers.partner",
            ),
        ),
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
            },
        ),
        migrations.AddField(
            model_name="auditevent",
            name="partner",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.partner",
            ),
        ),
        migrations.CreateModel(
            name="BatchItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("done", "Done"),
                            ("partly", "Partly"),
                            ("skipped", "Left alone"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="customers.batch",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="batch_items",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("reason", ""), _negated=True),
                        fields=["batch"],
                        name="item_with_reason",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "user"), name="person_once_per_batch")
                ],
            },
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(fields=["customer", "-id"], name="batch_by_customer"),
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(fields=["by", "-id"], name="batch_by_person"),
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["created_at"],
                name="batch_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="domain",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", django.db.models.functions.text.Lower("name"))),
                name="domain_lower_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="domain",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("customer", None), ("partner__isnull", False)),
                    models.Q(("customer__isnull", False), ("partner", None)),
                    _connector="OR",
                ),
                name="domain_of_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="domain",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_primary", True)),
                fields=("customer",),
                name="one_primary_per_customer",
            ),
        ),
        migrations.AddConstraint(
            model_name="domain",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_primary", True)),
                fields=("partner",),
                name="one_primary_per_partner",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["partner", "name", "id"], name="customer_by_name"),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.UniqueConstraint(
                models.F("partner"),
                django.db.models.functions.text.Lower("name"),
                name="customer_name_once_per_partner",
                violation_error_message="You have a customer with this name already.",
            ),
        ),
        migrations.AddIndex(
            model_name="auditseal",
            index=models.Index(fields=["partner", "-last_id"], name="seal_by_partner"),
        ),
        migrations.AddIndex(
            model_name="auditseal",
            index=models.Index(
                condition=models.Q(("names_forgotten_at", None)),
                fields=["last_at"],
                name="seal_with_names",
            ),
        ),
        migrations.AddIndex(
            model_name="auditseal",
            index=models.Index(
                condition=models.Q(("events_dropped_at", None)),
                fields=["last_at"],
                name="seal_with_events",
            ),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["customer", "-id"], name="audit_by_customer"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["partner", "-id"], name="audit_by_partner"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(
                condition=models.Q(("customer", None)),
                fields=["partner", "-id"],
                name="audit_of_team",
            ),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["target_type", "target_id", "-id"], name="audit_by_target"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["customer", "actor_id", "-id"], name="audit_by_actor"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(
                condition=models.Q(("stands_for__isnull", False)),
                fields=["customer", "-id", "batch_id"],
                name="audit_lines",
            ),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(
                condition=models.Q(("batch_id__isnull", False), ("stands_for__isnull", False)),
                fields=["batch_id", "id"],
                name="audit_line_of_batch",
            ),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(
                condition=models.Q(("batch_id__isnull", False)),
                fields=["batch_id", "id"],
                name="audit_by_batch",
            ),
        ),
    ]
