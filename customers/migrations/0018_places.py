"""What users keep of customers for themselves: a star, and what they have opened last."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from customers.postgresql.policies import limit_writing, protect

# A customer's users see the partner's staff by name, and not what these keep for themselves.
OF_OWNER = """(
    SELECT true FROM accounts_user AS owner
    WHERE owner.id = owner_id AND (
        (SELECT portal_customer()) IS NULL OR owner.customer_id = (SELECT portal_customer())
    )
)"""
OF_OWN_CUSTOMER = "customer_id IN (SELECT portal_customers())"
TABLES = ("customers_favorite", "customers_visit")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_people_on_postgresql"),
        ("customers", "0017_passwords_copied"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Favorite",
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
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="favorites",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "customer"), name="favorite_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="visits",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("user", None)),
                        fields=("owner", "customer"),
                        name="visit_of_customer_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("user__isnull", False)),
                        fields=("owner", "user"),
                        name="visit_of_user_once",
                    ),
                ],
            },
        ),
        *(protect(table, OF_OWNER) for table in TABLES),
        *(limit_writing(table, OF_OWN_CUSTOMER) for table in TABLES),
    ]
