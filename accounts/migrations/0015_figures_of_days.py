"""What there was at the end of each day and month, which only the portal itself writes."""

import django.db.models.deletion
from django.db import migrations, models

from customers.postgresql.policies import OF_CUSTOMER, limit_writing, protect, step

SEATS = ("accounts_seatday", "accounts_seatmonth")
USERS = ("accounts_userday", "accounts_usermonth")

# The figures of a customer's subscription are that customer's, whatever the code forgets.
REFERENCES = """
ALTER TABLE accounts_seatday ADD CONSTRAINT seats_of_day_of_one_customer
    FOREIGN KEY (subscription_id, customer_id) REFERENCES licensing_subscription (id, customer_id);
ALTER TABLE accounts_seatmonth ADD CONSTRAINT seats_of_month_of_one_customer
    FOREIGN KEY (subscription_id, customer_id) REFERENCES licensing_subscription (id, customer_id);
"""
NO_REFERENCES = """
ALTER TABLE accounts_seatmonth DROP CONSTRAINT seats_of_month_of_one_customer;
ALTER TABLE accounts_seatday DROP CONSTRAINT seats_of_day_of_one_customer;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_list_columns"),
        ("customers", "0015_events_of_prices"),
        ("licensing", "0007_prices"),
    ]

    operations = [
        migrations.CreateModel(
            name="SeatDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("bought", models.PositiveIntegerField()),
                ("assigned", models.PositiveIntegerField()),
                ("blocked", models.PositiveIntegerField()),
                ("price", models.DecimalField(decimal_places=2, max_digits=10, null=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("day", models.DateField()),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="licensing.subscription",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["day"], name="seats_by_day")],
                "constraints": [
                    models.UniqueConstraint(fields=("subscription", "day"), name="seats_once_a_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="SeatMonth",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("bought", models.PositiveIntegerField()),
                ("assigned", models.PositiveIntegerField()),
                ("blocked", models.PositiveIntegerField()),
                ("price", models.DecimalField(decimal_places=2, max_digits=10, null=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("month", models.DateField()),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
                ("peak", models.PositiveIntegerField()),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="licensing.subscription",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "month"], name="seats_of_customer_in_month")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subscription", "month"), name="seats_once_a_month"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UserDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("users", models.PositiveIntegerField()),
                ("added", models.PositiveIntegerField()),
                ("deleted", models.PositiveIntegerField()),
                ("restored", models.PositiveIntegerField()),
                ("day", models.DateField()),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["day"], name="users_by_day")],
                "constraints": [
                    models.UniqueConstraint(fields=("customer", "day"), name="users_once_a_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="UserMonth",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("users", models.PositiveIntegerField()),
                ("added", models.PositiveIntegerField()),
                ("deleted", models.PositiveIntegerField()),
                ("restored", models.PositiveIntegerField()),
                ("month", models.DateField()),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
                ("peak", models.PositiveIntegerField()),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["month"], name="users_by_month")],
                "constraints": [
                    models.UniqueConstraint(fields=("customer", "month"), name="users_once_a_month")
                ],
            },
        ),
        step(REFERENCES, NO_REFERENCES),
        *(protect(table, OF_CUSTOMER) for table in (*SEATS, *USERS)),
        *(limit_writing(table, "false") for table in (*SEATS, *USERS)),
    ]
