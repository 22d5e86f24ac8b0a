"""What rules give to a hundred thousand users is held to their customer by one look at all.

Two foreign keys with the customer took more than half of the time that it took to write these rows:
they ask for each by itself. The triggers promise the same.
"""

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import CASCADE

from customers.postgresql.policies import step

# As a foreign key does, this keeps others from deleting what is referred to until the commit. A few
# rows are looked up one by one: the plan for very many, which a connection keeps, reads whole tables.
TRIGGERS = """
CREATE FUNCTION check_kept_licenses() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$
DECLARE
    one record;
    is_wrong boolean := false;
BEGIN
    IF (SELECT count(*) FROM written) < 100 THEN
        FOR one IN SELECT * FROM written LOOP
            PERFORM FROM accounts_user
                WHERE id = one.user_id AND customer_id = one.customer_id FOR KEY SHARE;
            is_wrong := is_wrong OR NOT FOUND;
            PERFORM FROM licensing_subscription
                WHERE id = one.subscription_id AND customer_id = one.customer_id FOR KEY SHARE;
            is_wrong := is_wrong OR NOT FOUND;
        END LOOP;
        IF is_wrong THEN
            RAISE EXCEPTION 'user and subscription are not of this customer'
                USING ERRCODE = 'foreign_key_violation';
        END IF;
        RETURN NULL;
    END IF;
    PERFORM FROM accounts_user WHERE id IN (SELECT user_id FROM written) FOR KEY SHARE;
    PERFORM FROM licensing_subscription
        WHERE id IN (SELECT subscription_id FROM written) FOR KEY SHARE;
    IF EXISTS (
        SELECT FROM written AS kept
        LEFT JOIN accounts_user AS owner
            ON owner.id = kept.user_id AND owner.customer_id = kept.customer_id
        LEFT JOIN licensing_subscription AS subscription
            ON subscription.id = kept.subscription_id
            AND subscription.customer_id = kept.customer_id
        WHERE owner.id IS NULL OR subscription.id IS NULL
    ) THEN
        RAISE EXCEPTION 'user and subscription are not of this customer'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION refuse_other_keys() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'these keys stay as they are' USING ERRCODE = 'foreign_key_violation';
END
$$;
CREATE FUNCTION refuse_while_kept() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$
BEGIN
    IF TG_TABLE_NAME = 'accounts_user' AND EXISTS (
        SELECT FROM gone JOIN automation_keptlicense AS kept ON kept.user_id = gone.id
    ) OR TG_TABLE_NAME = 'licensing_subscription' AND EXISTS (
        SELECT FROM gone JOIN automation_keptlicense AS kept
            ON kept.subscription_id = gone.id AND kept.customer_id = gone.customer_id
    ) THEN
        RAISE EXCEPTION 'rules have given licenses of it' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION check_kept_licenses, refuse_other_keys, refuse_while_kept FROM PUBLIC;
CREATE TRIGGER kept_of_customer AFTER INSERT ON automation_keptlicense
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION check_kept_licenses();
CREATE TRIGGER kept_keys_stay BEFORE UPDATE OF user_id, subscription_id, customer_id
    ON automation_keptlicense FOR EACH ROW EXECUTE FUNCTION refuse_other_keys();
CREATE TRIGGER kept_user_stays AFTER DELETE ON accounts_user
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION refuse_while_kept();
CREATE TRIGGER kept_subscription_stays AFTER DELETE ON licensing_subscription
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION refuse_while_kept();
ALTER TABLE automation_keptlicense
    DROP CONSTRAINT kept_user_of_customer, DROP CONSTRAINT kept_subscription_of_customer;
"""
NO_TRIGGERS = """
ALTER TABLE automation_keptlicense
    ADD CONSTRAINT kept_user_of_customer
        FOREIGN KEY (user_id, customer_id) REFERENCES accounts_user (id, customer_id),
    ADD CONSTRAINT kept_subscription_of_customer
        FOREIGN KEY (subscription_id, customer_id)
        REFERENCES licensing_subscription (id, customer_id);
DROP TRIGGER kept_subscription_stays ON licensing_subscription;
DROP TRIGGER kept_user_stays ON accounts_user;
DROP TRIGGER kept_keys_stay ON automation_keptlicense;
DROP TRIGGER kept_of_customer ON automation_keptlicense;
DROP FUNCTION check_kept_licenses, refuse_other_keys, refuse_while_kept;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("automation", "0007_who_waits"),
        ("licensing", "0006_implied_keys"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint("keptlicense", "kept_once_per_user"),
        migrations.RemoveIndex("keptlicense", "kept_by_customer"),
        migrations.RemoveIndex("keptlicense", "kept_waiting"),
        migrations.AlterField(
            "keptlicense",
            "user",
            models.ForeignKey(
                settings.AUTH_USER_MODEL,
                CASCADE,
                related_name="kept_licenses",
                db_index=False,
                db_constraint=False,
            ),
        ),
        migrations.AddConstraint(
            "keptlicense",
            models.UniqueConstraint(fields=["user", "subscription"], name="kept_once_per_user"),
        ),
        migrations.AddIndex(
            "keptlicense",
            models.Index(fields=["customer", "subscription"], name="kept_by_customer"),
        ),
        migrations.AddIndex(
            "keptlicense",
            models.Index(
                fields=["customer", "state", "subscription"],
                name="kept_owed",
                condition=~models.Q(state="given"),
            ),
        ),
        step(TRIGGERS, NO_TRIGGERS),
    ]
