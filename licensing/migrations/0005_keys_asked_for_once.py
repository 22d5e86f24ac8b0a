"""On PostgreSQL the keys of an assignment are asked for once.

User and customer together refer to the user, subscription and customer together to the
subscription (accounts/0003), none of the three is ever null, and users have a customer that is
there: each of the three alone is implied, and was looked up once more for every row. SQLite, which
has no keys of two columns here, keeps them, and so does the state of the models.
"""

from django.db import migrations

from customers.postgresql.policies import step

ONCE = """
ALTER TABLE licensing_licenseassignment
    DROP CONSTRAINT licensing_licenseass_customer_id_e55dc209_fk_customers,
    DROP CONSTRAINT licensing_licenseass_subscription_id_2a5837e7_fk_licensing,
    DROP CONSTRAINT licensing_licenseass_user_id_83e9ada6_fk_accounts_;
"""
TWICE = """
ALTER TABLE licensing_licenseassignment
    ADD CONSTRAINT licensing_licenseass_customer_id_e55dc209_fk_customers
        FOREIGN KEY (customer_id) REFERENCES customers_customer (id)
        DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT licensing_licenseass_subscription_id_2a5837e7_fk_licensing
        FOREIGN KEY (subscription_id) REFERENCES licensing_subscription (id)
        DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT licensing_licenseass_user_id_83e9ada6_fk_accounts_
        FOREIGN KEY (user_id) REFERENCES accounts_user (id) DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_postgresql_rules"),
        ("licensing", "0003_seats_are_of_one_customer"),
    ]

    operations = [step(ONCE, TWICE)]
