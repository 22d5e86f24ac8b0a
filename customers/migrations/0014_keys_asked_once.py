"""Keys of the log and of batches' items are no longer asked for with each row.

Who writes a hundred thousand events of one customer had the database look for that customer, for
its partner and for each event's names a hundred thousand times, at the commit.
"""

from django.db import migrations, models
from django.db.models.deletion import CASCADE, PROTECT

from customers.postgresql.policies import step

# A customer or a partner is deleted once in its life: that is when the log is asked.
GUARD = """
CREATE FUNCTION refuse_while_logged() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$
BEGIN
    IF TG_TABLE_NAME = 'customers_customer' AND EXISTS (
        SELECT FROM gone JOIN customers_auditevent AS event ON event.customer_id = gone.id
    ) OR TG_TABLE_NAME = 'customers_partner' AND EXISTS (
        SELECT FROM gone JOIN customers_auditevent AS event ON event.partner_id = gone.id
    ) THEN
        RAISE EXCEPTION 'the activity log has events of it' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION refuse_while_logged() FROM PUBLIC;
CREATE TRIGGER audit_owner_stays AFTER DELETE ON customers_customer
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION refuse_while_logged();
CREATE TRIGGER audit_owner_stays AFTER DELETE ON customers_partner
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION refuse_while_logged();
"""
NO_GUARD = """
DROP TRIGGER audit_owner_stays ON customers_partner;
DROP TRIGGER audit_owner_stays ON customers_customer;
DROP FUNCTION refuse_while_logged();
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0013_events_of_automation")]

    operations = [
        migrations.AlterField(
            "auditevent",
            "customer",
            models.ForeignKey(
                "customers.customer", PROTECT, null=True, related_name="+", db_constraint=False
            ),
        ),
        migrations.AlterField(
            "auditevent",
            "partner",
            models.ForeignKey(
                "customers.partner", PROTECT, null=True, related_name="+", db_constraint=False
            ),
        ),
        migrations.AlterField(
            "auditnames",
            "event",
            models.OneToOneField(
                "customers.auditevent",
                CASCADE,
                primary_key=True,
                serialize=False,
                related_name="names",
                db_constraint=False,
            ),
        ),
        migrations.AlterField(
            "batchitem",
            "batch",
            models.ForeignKey(
                "customers.batch", CASCADE, related_name="items", db_constraint=False
            ),
        ),
        step(GUARD, NO_GUARD),
    ]
