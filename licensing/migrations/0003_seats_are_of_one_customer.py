"""PostgreSQL learns that a subscription is of one customer.

It took the two for independent, and a customer with a third of all people licensed for one with
few: the list of those people was sorted whole for its first page.
"""

from django.db import migrations

from customers.postgresql.policies import step

LEARN = """
    CREATE STATISTICS customer_of_subscription (dependencies)
        ON subscription_id, customer_id FROM licensing_licenseassignment;
    ANALYZE licensing_licenseassignment (subscription_id, customer_id);
"""
FORGET = "DROP STATISTICS customer_of_subscription"


class Migration(migrations.Migration):
    dependencies = [("licensing", "0002_find_who_has_none")]

    operations = [step(LEARN, FORGET)]
