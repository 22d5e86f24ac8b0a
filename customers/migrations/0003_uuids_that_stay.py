"""A customer has a UUID, for those who speak of it from outside, and it never changes.

Also the functions of the triggers that licensing and accounts put on their tables. SQLite has its
triggers from customers/sqlite_triggers.py. The table is written anew: each row gets its own value.
"""

from django.db import migrations, models

import customers.identity
from customers.postgresql.policies import step

FUNCTIONS = """
CREATE FUNCTION refuse_new_uuid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a UUID never changes' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE FUNCTION stamp_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Of two changes the later has the later moment, also where a clock was put back.
    NEW.updated_at := greatest(clock_timestamp(), OLD.updated_at + interval '1 microsecond');
    RETURN NEW;
END
$$;
"""
NO_FUNCTIONS = "DROP FUNCTION refuse_new_uuid, stamp_row;"

STAYS = """
CREATE TRIGGER customer_uuid_stays BEFORE UPDATE OF uuid ON customers_customer
    FOR EACH ROW WHEN (NEW.uuid IS DISTINCT FROM OLD.uuid) EXECUTE FUNCTION refuse_new_uuid();
"""
MAY_GO = "DROP TRIGGER customer_uuid_stays ON customers_customer;"


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0002_scope_and_log"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="uuid",
            field=models.UUIDField(
                db_default=customers.identity.RandomUUID(), editable=False, unique=True
            ),
        ),
        step(FUNCTIONS, NO_FUNCTIONS),
        step(STAYS, MAY_GO),
    ]
