"""What the keys with the customer imply is not asked for again with each row of a night."""

from django.db import migrations

from customers.postgresql.policies import step

# The names are those that Django gave.
DROP = """
ALTER TABLE accounts_seatday
    DROP CONSTRAINT accounts_seatday_subscription_id_4a9ce04b_fk_licensing;
ALTER TABLE accounts_seatmonth
    DROP CONSTRAINT accounts_seatmonth_subscription_id_264c21bc_fk_licensing;
"""
ADD = """
ALTER TABLE accounts_seatmonth
    ADD CONSTRAINT accounts_seatmonth_subscription_id_264c21bc_fk_licensing
        FOREIGN KEY (subscription_id) REFERENCES licensing_subscription (id)
        DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE accounts_seatday
    ADD CONSTRAINT accounts_seatday_subscription_id_4a9ce04b_fk_licensing
        FOREIGN KEY (subscription_id) REFERENCES licensing_subscription (id)
        DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0015_figures_of_days")]

    operations = [step(DROP, ADD)]
