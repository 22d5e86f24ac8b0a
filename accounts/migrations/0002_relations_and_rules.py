import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("customers", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="allowed_customers",
            field=models.ManyToManyField(
                blank=True, related_name="limited_staff", to="customers.customer"
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="blocked_by",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="changed_by_batch",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="customers.batch",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="customer",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="users",
                to="customers.customer",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="deleted_by",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="domain",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="users",
                to="customers.domain",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="groups",
            field=models.ManyToManyField(
                blank=True,
                help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                related_name="user_set",
                related_query_name="user",
                to="auth.group",
                verbose_name="groups",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="partner",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="staff",
                to="customers.partner",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="user_permissions",
            field=models.ManyToManyField(
                blank=True,
                help_text="Specific permissions for this user.",
                related_name="user_set",
                related_query_name="user",
                to="auth.permission",
                verbose_name="user permissions",
            ),
        ),
        migrations.AddField(
            model_name="credentialsheet",
            name="batch",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="customers.batch",
            ),
        ),
        migrations.AddField(
            model_name="credentialsheet",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="sheets",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="credentialsheet",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="sheets",
                to="customers.customer",
            ),
        ),
        migrations.AddField(
            model_name="credentialsheetpart",
            name="sheet",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="parts",
                to="accounts.credentialsheet",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="sheet",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="accounts.credentialsheet",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="savedfilter",
            name="customer",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="customers.customer",
            ),
        ),
        migrations.AddField(
            model_name="savedfilter",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="saved_filters",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="selection",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="customers.customer",
            ),
        ),
        migrations.AddField(
            model_name="selection",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="selections",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                models.F("customer"),
                models.F("sort_name"),
                models.F("id"),
                condition=models.Q(("deleted_at", None)),
                name="active_by_name",
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                models.F("customer"),
                models.F("username"),
                models.F("id"),
                condition=models.Q(("deleted_at", None)),
                name="active_by_user",
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                models.F("customer"),
                models.F("added_at"),
                models.F("id"),
                condition=models.Q(("deleted_at", None)),
                name="active_by_added",
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                models.F("partner"),
                condition=models.Q(("partner__isnull", False)),
                name="staff_by_partner",
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                models.F("customer"),
                models.F("sort_name"),
                models.F("id"),
                condition=models.Q(("blocked_at__isnull", False), ("deleted_at", None)),
                name="blocked_by_name",
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                models.F("customer"),
                models.F("sort_name"),
                models.F("id"),
                condition=models.Q(("deleted_at", None), ("must_change_password", True)),
                name="must_change_by_name",
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                models.F("customer"),
                models.F("deleted_at"),
                models.F("id"),
                condition=models.Q(("deleted_at__isnull", False)),
                name="deleted_by_date",
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                models.F("customer"),
                django.db.models.functions.comparison.Coalesce("purge_after", "deleted_at"),
                condition=models.Q(("deleted_at__isnull", False)),
                name="due_of_customer",
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                models.F("purge_after"),
                condition=models.Q(("purge_after__isnull", False)),
                name="due_for_purge",
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                models.F("deleted_by"),
                condition=models.Q(("deleted_by__isnull", False)),
                name="user_deleted_by",
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                models.F("blocked_by"),
                condition=models.Q(("blocked_by__isnull", False)),
                name="user_blocked_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                condition=models.Q(("username__isnull", False)),
                fields=("username",),
                name="sign_in_name_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("partner", None), ("customer", None), _connector="OR"),
                name="user_of_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_staff", False),
                    models.Q(("customer", None), ("partner", None)),
                    _connector="OR",
                ),
                name="support_staff_of_none",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("deleted_at", None),
                        ("username", django.db.models.functions.text.Lower("user_name")),
                    ),
                    models.Q(("deleted_at__isnull", False), ("username", None)),
                    _connector="OR",
                ),
                name="sign_in_name_while_living",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("deleted_at", None), ("domain__isnull", False)),
                    models.Q(("deleted_at__isnull", False), ("domain", None)),
                    ("customer", None),
                    _connector="OR",
                ),
                name="domain_while_living",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("deleted_at", None), ("purge_after", None)),
                    models.Q(
                        ("deleted_at__isnull", False), ("purge_after__gte", models.F("deleted_at"))
                    ),
                    _connector="OR",
                ),
                name="deleted_has_its_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(fields=("id", "customer"), name="user_of_customer"),
        ),
        migrations.AddIndex(
            model_name="credentialsheet",
            index=models.Index(
                condition=models.Q(("destroyed_at", None)),
                fields=["customer", "by"],
                name="sheet_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="credentialsheetpart",
            constraint=models.UniqueConstraint(
                fields=("sheet", "number"), name="part_once_per_sheet"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state__in", ("waiting", "sending"))),
                fields=["state", "claimed_at"],
                name="delivery_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("user__isnull", False)),
                fields=("sheet", "user"),
                name="mail_once_per_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("user", None)),
                fields=("sheet", "to", "by", "people"),
                name="mail_once_per_list",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedfilter",
            constraint=models.UniqueConstraint(
                models.F("owner"),
                models.F("customer"),
                django.db.models.functions.text.Lower("name"),
                name="filter_name_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedfilter",
            constraint=models.UniqueConstraint(
                models.F("owner"),
                django.db.models.functions.text.Lower("name"),
                condition=models.Q(("customer", None)),
                name="general_filter_name_once",
            ),
        ),
        migrations.AddIndex(
            model_name="selection",
            index=models.Index(fields=["created_at"], name="selection_by_age"),
        ),
    ]
