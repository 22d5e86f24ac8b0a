"""Seats that are reserved for a day to come: each is one of the bought seats, and nobody else's."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from customers.postgresql.policies import (
    OF_CUSTOMER,
    OF_THIS_CUSTOMER,
    protect,
    show_in_lists,
    step,
)

REFERENCES = """
ALTER TABLE licensing_seatreservation
    ADD CONSTRAINT reservation_and_user_of_one_customer
        FOREIGN KEY (user_id, customer_id) REFERENCES accounts_user (id, customer_id),
    ADD CONSTRAINT reservation_and_subscription_of_one_customer
        FOREIGN KEY (subscription_id, customer_id)
        REFERENCES licensing_subscription (id, customer_id);
"""
NO_REFERENCES = """
ALTER TABLE licensing_seatreservation
    DROP CONSTRAINT reservation_and_user_of_one_customer,
    DROP CONSTRAINT reservation_and_subscription_of_one_customer;
"""

# As 0002 has it, but for the seats that are reserved.
COUNT = """
CREATE OR REPLACE FUNCTION count_seat(pool bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = {schema}, pg_temp
AS $$
BEGIN
    UPDATE licensing_subscription SET assigned = assigned + 1
        WHERE id = pool AND status = 'active' AND assigned < quantity%s;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no seat of subscription %% is free', pool USING ERRCODE = 'PS001';
    END IF;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_integrations"),
        ("licensing", "0004_own_products"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="subscription",
            name="reserved",
            field=models.PositiveIntegerField(
                db_default=0, default=0, editable=False, verbose_name="reserved"
            ),
        ),
        migrations.RemoveConstraint(model_name="subscription", name="seats_not_oversold"),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=Q(assigned__gte=0, reserved__gte=0)
                & Q(assigned__lte=F("quantity") - F("reserved")),
                name="seats_not_oversold",
            ),
        ),
        migrations.RemoveConstraint(model_name="subscription", name="canceled_has_no_seats"),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=~Q(status="canceled") | Q(assigned=0, reserved=0),
                name="canceled_has_no_seats",
            ),
        ),
        migrations.CreateModel(
            name="SeatReservation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reserved_at", models.DateTimeField()),
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
                    "subscription",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reservations",
                        to="licensing.subscription",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reservations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subscription", "user"), name="one_reservation_per_user"
                    )
                ],
            },
        ),
        step(REFERENCES, NO_REFERENCES),
        step(COUNT % " - reserved", COUNT % ""),
        protect("licensing_seatreservation", OF_CUSTOMER),
        show_in_lists("licensing_seatreservation", OF_THIS_CUSTOMER),
    ]
