"""A user has a UUID that never changes, and says when the row or its roles were changed.

Whatever writes: a trigger knows. Where a statement for many has written a later moment itself, that
spares each row the function of the trigger. Signing in is no change. Those who were there before
have the moment of this migration. The UUID's index counts as a key, as that of a sign-in name must
not: it never changes, so that no change of a row ever waits for it.
"""

from django.db import migrations, models

import customers.identity
from customers.postgresql.policies import step

# Whom this transaction has added has its moment already, and nobody else has that one: an upload
# writes nobody twice.
LINKS = """
CREATE FUNCTION stamp_users_of_links() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$
BEGIN
    UPDATE accounts_user SET updated_at = now()
        WHERE id IN (SELECT user_id FROM touched) AND updated_at <> now();
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION stamp_users_of_links FROM PUBLIC;
"""
TRIGGERS = """
CREATE TRIGGER user_uuid_stays BEFORE UPDATE OF uuid ON accounts_user
    FOR EACH ROW WHEN (NEW.uuid IS DISTINCT FROM OLD.uuid) EXECUTE FUNCTION refuse_new_uuid();
CREATE TRIGGER user_stamped BEFORE UPDATE ON accounts_user
    FOR EACH ROW WHEN (
        NEW.updated_at <= OLD.updated_at AND NEW.last_login IS NOT DISTINCT FROM OLD.last_login
    )
    EXECUTE FUNCTION stamp_row();
"""
OF_LINKS = """
CREATE TRIGGER user_stamped_by_new AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION stamp_users_of_links();
CREATE TRIGGER user_stamped_by_gone AFTER DELETE ON {table}
    REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION stamp_users_of_links();
"""
NO_TRIGGERS = """
DROP TRIGGER user_stamped ON accounts_user;
DROP TRIGGER user_uuid_stays ON accounts_user;
"""
NOT_OF_LINKS = """
DROP TRIGGER user_stamped_by_gone ON {table};
DROP TRIGGER user_stamped_by_new ON {table};
"""
TABLES = ("accounts_user_groups", "accounts_user_allowed_customers")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_people_on_postgresql"),
        ("customers", "0003_uuids_that_stay"),
        ("licensing", "0003_uuids_and_moments"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="uuid",
            field=models.UUIDField(
                db_default=customers.identity.RandomUUID(), editable=False, unique=True
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="updated_at",
            field=models.DateTimeField(
                db_default=customers.identity.TransactionTime(), editable=False
            ),
        ),
        step(TRIGGERS, NO_TRIGGERS),
        step(LINKS, "DROP FUNCTION stamp_users_of_links;"),
        *(
            step(OF_LINKS.replace("{table}", table), NOT_OF_LINKS.replace("{table}", table))
            for table in TABLES
        ),
    ]
