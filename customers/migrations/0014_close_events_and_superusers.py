"""No event is told of another partner's customer, and nobody of a customer is support staff.

The second is a rule of PostgreSQL's alone, as `support_staff_of_none` is of both databases: who has
a partner or a customer is no superuser either. None was made by the portal; one that is there was
made past it, and is none from now on.
"""

from django.db import migrations

from customers.postgresql.policies import OF_CUSTOMER, step

OF_PARTNER = "partner_id = (SELECT portal_partner())"

ADDING = f"""
ALTER POLICY adding ON customers_auditevent
    WITH CHECK ({OF_PARTNER} AND (customer_id IS NULL OR {OF_CUSTOMER}));
"""
ADDING_BEFORE = f"ALTER POLICY adding ON customers_auditevent WITH CHECK ({OF_PARTNER})"

NO_SUPERUSERS = """
UPDATE accounts_user SET is_superuser = false
    WHERE is_superuser AND (partner_id IS NOT NULL OR customer_id IS NOT NULL);
"""
SUPERUSERS_OF_NONE = """
ALTER TABLE accounts_user ADD CONSTRAINT superusers_of_none
    CHECK (NOT is_superuser OR (partner_id IS NULL AND customer_id IS NULL));
"""
SUPERUSERS_BEFORE = "ALTER TABLE accounts_user DROP CONSTRAINT superusers_of_none"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0018_due_of_customer"),
        ("customers", "0013_name_warned_owners"),
    ]

    operations = [
        step(ADDING, ADDING_BEFORE),
        step(NO_SUPERUSERS),
        step(SUPERUSERS_OF_NONE, SUPERUSERS_BEFORE),
    ]
