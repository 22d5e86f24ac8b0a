"""Schedules and license rules are their customer's, with all that hangs on them."""

from django.db import migrations

from customers.postgresql.policies import OF_CUSTOMER, protect, step

TABLES = (
    "automation_scheduleplan",
    "automation_schedule",
    "automation_scheduleduser",
    "automation_licenserule",
    "automation_rulesubscription",
    "automation_ruleexception",
    "automation_keptlicense",
    "automation_unsettled",
)

# Rows of another customer can't be referred to, whatever the code forgets; what is implied by that
# is not asked for again.
REFERENCES = """
ALTER TABLE automation_schedule
    ADD CONSTRAINT schedule_of_plan_of_customer
        FOREIGN KEY (plan_id, customer_id) REFERENCES automation_scheduleplan (id, customer_id);
ALTER TABLE automation_scheduleduser
    ADD CONSTRAINT scheduled_user_of_customer
        FOREIGN KEY (user_id, customer_id) REFERENCES accounts_user (id, customer_id),
    ADD CONSTRAINT item_of_schedule_of_customer
        FOREIGN KEY (schedule_id, customer_id) REFERENCES automation_schedule (id, customer_id),
    DROP CONSTRAINT automation_scheduled_schedule_id_62d42bdc_fk_automatio,
    DROP CONSTRAINT automation_scheduleduser_user_id_5ee2ead7_fk_accounts_user_id;
ALTER TABLE automation_rulesubscription
    ADD CONSTRAINT gift_of_rule_of_customer
        FOREIGN KEY (rule_id, customer_id) REFERENCES automation_licenserule (id, customer_id),
    ADD CONSTRAINT given_subscription_of_customer
        FOREIGN KEY (subscription_id, customer_id)
        REFERENCES licensing_subscription (id, customer_id),
    DROP CONSTRAINT automation_rulesubsc_rule_id_01a2eeb1_fk_automatio,
    DROP CONSTRAINT automation_rulesubsc_subscription_id_8de16d6b_fk_licensing;
ALTER TABLE automation_ruleexception
    ADD CONSTRAINT exception_of_rule_of_customer
        FOREIGN KEY (rule_id, customer_id) REFERENCES automation_licenserule (id, customer_id),
    ADD CONSTRAINT excepted_user_of_customer
        FOREIGN KEY (user_id, customer_id) REFERENCES accounts_user (id, customer_id),
    DROP CONSTRAINT automation_ruleexcep_rule_id_2ef448db_fk_automatio,
    DROP CONSTRAINT automation_ruleexception_user_id_a8bfa893_fk_accounts_user_id;
ALTER TABLE automation_keptlicense
    ADD CONSTRAINT kept_user_of_customer
        FOREIGN KEY (user_id, customer_id) REFERENCES accounts_user (id, customer_id),
    ADD CONSTRAINT kept_subscription_of_customer
        FOREIGN KEY (subscription_id, customer_id)
        REFERENCES licensing_subscription (id, customer_id);
"""
NO_REFERENCES = """
ALTER TABLE automation_keptlicense
    DROP CONSTRAINT kept_user_of_customer, DROP CONSTRAINT kept_subscription_of_customer;
ALTER TABLE automation_ruleexception
    ADD CONSTRAINT automation_ruleexcep_rule_id_2ef448db_fk_automatio
        FOREIGN KEY (rule_id) REFERENCES automation_licenserule (id) DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT automation_ruleexception_user_id_a8bfa893_fk_accounts_user_id
        FOREIGN KEY (user_id) REFERENCES accounts_user (id) DEFERRABLE INITIALLY DEFERRED,
    DROP CONSTRAINT exception_of_rule_of_customer,
    DROP CONSTRAINT excepted_user_of_customer;
ALTER TABLE automation_rulesubscription
    ADD CONSTRAINT automation_rulesubsc_rule_id_01a2eeb1_fk_automatio
        FOREIGN KEY (rule_id) REFERENCES automation_licenserule (id) DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT automation_rulesubsc_subscription_id_8de16d6b_fk_licensing
        FOREIGN KEY (subscription_id) REFERENCES licensing_subscription (id)
        DEFERRABLE INITIALLY DEFERRED,
    DROP CONSTRAINT gift_of_rule_of_customer,
    DROP CONSTRAINT given_subscription_of_customer;
ALTER TABLE automation_scheduleduser
    ADD CONSTRAINT automation_scheduled_schedule_id_62d42bdc_fk_automatio
        FOREIGN KEY (schedule_id) REFERENCES automation_schedule (id) DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT automation_scheduleduser_user_id_5ee2ead7_fk_accounts_user_id
        FOREIGN KEY (user_id) REFERENCES accounts_user (id) DEFERRABLE INITIALLY DEFERRED,
    DROP CONSTRAINT scheduled_user_of_customer,
    DROP CONSTRAINT item_of_schedule_of_customer;
ALTER TABLE automation_schedule DROP CONSTRAINT schedule_of_plan_of_customer;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("automation", "0001_initial"),
    ]

    operations = [
        step(REFERENCES, NO_REFERENCES),
        *(protect(table, OF_CUSTOMER) for table in TABLES),
    ]
