"""What PostgreSQL alone keeps of seats: one customer throughout, one seat counted, whose they are."""

from django.db import migrations

from customers.postgresql.policies import (
    OF_CUSTOMER,
    OF_THIS_CUSTOMER,
    protect,
    show_in_lists,
    step,
)

# User and customer together refer to the user, subscription and customer together to the
# subscription, none of the three is ever null, and users have a customer that is there: each of the
# three alone is implied, and would be looked up once more for every row. SQLite, which has no keys
# of two columns here, keeps them, and so does the state of the models.
ONE_CUSTOMER = """
ALTER TABLE licensing_licenseassignment
    ADD CONSTRAINT license_and_user_of_one_customer
        FOREIGN KEY (user_id, customer_id) REFERENCES accounts_user (id, customer_id),
    ADD CONSTRAINT license_and_subscription_of_one_customer
        FOREIGN KEY (subscription_id, customer_id)
        REFERENCES licensing_subscription (id, customer_id),
    DROP CONSTRAINT licensing_licenseass_customer_id_e55dc209_fk_customers,
    DROP CONSTRAINT licensing_licenseass_subscription_id_2a5837e7_fk_licensing,
    DROP CONSTRAINT licensing_licenseass_user_id_83e9ada6_fk_accounts_;
"""
NOT_ONE_CUSTOMER = """
ALTER TABLE licensing_licenseassignment
    ADD CONSTRAINT licensing_licenseass_customer_id_e55dc209_fk_customers
        FOREIGN KEY (customer_id) REFERENCES customers_customer (id)
        DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT licensing_licenseass_subscription_id_2a5837e7_fk_licensing
        FOREIGN KEY (subscription_id) REFERENCES licensing_subscription (id)
        DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT licensing_licenseass_user_id_83e9ada6_fk_accounts_
        FOREIGN KEY (user_id) REFERENCES accounts_user (id) DEFERRABLE INITIALLY DEFERRED,
    DROP CONSTRAINT license_and_subscription_of_one_customer,
    DROP CONSTRAINT license_and_user_of_one_customer;
"""

# PostgreSQL took the two for independent, and a customer with a third of all people licensed for
# one with few: the list of those people was sorted whole for its first page.
LEARN = """
CREATE STATISTICS customer_of_subscription (dependencies)
    ON subscription_id, customer_id FROM licensing_licenseassignment;
"""
FORGET = "DROP STATISTICS customer_of_subscription;"

# One seat counted in the same message as the commit, which must fail where none is. As the caller,
# so that the policies hold; its plan is kept, so that the lock is held no longer than the commit
# takes. `transactional` knows the code.
COUNT = """
CREATE FUNCTION count_seat(pool bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = {schema}, pg_temp
AS $$
BEGIN
    UPDATE licensing_subscription SET assigned = assigned + 1
        WHERE id = pool AND status = 'active' AND assigned < quantity;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no seat of subscription % is free', pool USING ERRCODE = 'PS001';
    END IF;
END
$$;
"""
NO_COUNT = "DROP FUNCTION count_seat;"

TABLES = ("licensing_subscription", "licensing_licenseassignment")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_relations_and_rules"),
        ("customers", "0002_scope_and_log"),
        ("licensing", "0001_initial"),
    ]

    operations = [
        step(ONE_CUSTOMER, NOT_ONE_CUSTOMER),
        step(LEARN, FORGET),
        step(COUNT, NO_COUNT),
        *(protect(table, OF_CUSTOMER) for table in TABLES),
        *(show_in_lists(table, OF_THIS_CUSTOMER) for table in TABLES),
    ]
