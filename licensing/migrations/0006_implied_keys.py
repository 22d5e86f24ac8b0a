"""What the keys with the customer or partner imply is not asked for again with each row."""

from django.db import migrations

from customers.postgresql.policies import step

# The names are those that Django gave.
DROP = """
ALTER TABLE licensing_seatreservation
    DROP CONSTRAINT licensing_seatreserv_subscription_id_52dd6cf7_fk_licensing,
    DROP CONSTRAINT licensing_seatreservation_user_id_dd58619a_fk_accounts_user_id;
"""
ADD = """
ALTER TABLE licensing_seatreservation
    ADD CONSTRAINT licensing_seatreserv_subscription_id_52dd6cf7_fk_licensing
        FOREIGN KEY (subscription_id) REFERENCES licensing_subscription (id)
        DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT licensing_seatreservation_user_id_dd58619a_fk_accounts_user_id
        FOREIGN KEY (user_id) REFERENCES accounts_user (id)
        DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("licensing", "0005_reserved_seats")]

    operations = [step(DROP, ADD)]
