import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Product",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sku", models.CharField(max_length=40, unique=True, verbose_name="SKU")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "blocked_countries",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="ISO 3166 codes of the countries where the product can't be used.",
                        verbose_name="blocked countries",
                    ),
                ),
                ("is_offered", models.BooleanField(default=True, verbose_name="offered")),
                ("conflicts", models.ManyToManyField(blank=True, to="licensing.product")),
                (
                    "requires",
                    models.ManyToManyField(
                        blank=True, related_name="required_by", to="licensing.product"
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="ServicePlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plans",
                        to="licensing.product",
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.PositiveIntegerField(verbose_name="seats bought")),
                (
                    "assigned",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="assigned"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("suspended", "Suspended"),
                            ("canceled", "Canceled"),
                        ],
                        default="active",
                        max_length=10,
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="starts on")),
                ("renews_on", models.DateField(verbose_name="renews on")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subscriptions",
                        to="customers.customer",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subscriptions",
                        to="licensing.product",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LicenseAssignment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "services_off",
                    models.JSONField(default=list, help_text="Codes of the plans switched off."),
                ),
                ("assigned_at", models.DateTimeField()),
                ("released_at", models.DateTimeField(null=True)),
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
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="licensing.subscription",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(("sku", django.db.models.functions.text.Upper("sku"))),
                name="sku_upper_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="serviceplan",
            constraint=models.UniqueConstraint(
                fields=("product", "code"), name="plan_once_per_product"
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("assigned__gte", 0), ("assigned__lte", models.F("quantity"))),
                name="seats_not_oversold",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "canceled"), _negated=True),
                fields=("customer", "product"),
                name="one_current_per_product",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "canceled"), _negated=True),
                    ("assigned", 0),
                    _connector="OR",
                ),
                name="canceled_has_no_seats",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                fields=("id", "customer"), name="subscription_of_customer"
            ),
        ),
        migrations.AddIndex(
            model_name="licenseassignment",
            index=models.Index(
                models.F("customer"),
                models.F("user"),
                condition=models.Q(("released_at", None)),
                name="live_license_by_user",
            ),
        ),
        migrations.AddConstraint(
            model_name="licenseassignment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("released_at", None)),
                fields=("subscription", "user"),
                name="one_live_license_per_user",
            ),
        ),
        migrations.AddConstraint(
            model_name="licenseassignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("released_at", None),
                    ("released_at__gte", models.F("assigned_at")),
                    _connector="OR",
                ),
                name="released_after_assigned",
            ),
        ),
    ]
