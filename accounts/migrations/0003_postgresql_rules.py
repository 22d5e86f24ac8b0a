"""What only PostgreSQL can keep: one customer throughout, an append-only log, the search index."""

from django.db import migrations

EXTENSIONS = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;
"""

# The customer stands first: names are searched within one customer among a million people.
SEARCH = """
CREATE INDEX user_search ON accounts_user
    USING gin (customer_id, search_text gin_trgm_ops) WITH (fastupdate = off);
"""

ONE_CUSTOMER = """
ALTER TABLE customers_domain ADD CONSTRAINT domain_of_customer UNIQUE (id, customer_id);
ALTER TABLE accounts_user ADD CONSTRAINT user_and_domain_of_one_customer
    FOREIGN KEY (domain_id, customer_id) REFERENCES customers_domain (id, customer_id);
ALTER TABLE licensing_licenseassignment ADD CONSTRAINT license_and_user_of_one_customer
    FOREIGN KEY (user_id, customer_id) REFERENCES accounts_user (id, customer_id);
ALTER TABLE licensing_licenseassignment ADD CONSTRAINT license_and_subscription_of_one_customer
    FOREIGN KEY (subscription_id, customer_id)
    REFERENCES licensing_subscription (id, customer_id);
"""

NOT_ONE_CUSTOMER = """
ALTER TABLE licensing_licenseassignment DROP CONSTRAINT license_and_subscription_of_one_customer;
ALTER TABLE licensing_licenseassignment DROP CONSTRAINT license_and_user_of_one_customer;
ALTER TABLE accounts_user DROP CONSTRAINT user_and_domain_of_one_customer;
ALTER TABLE customers_domain DROP CONSTRAINT domain_of_customer;
"""

APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the activity log is append-only' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER audit_append_only BEFORE UPDATE ON customers_auditevent
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

NOT_APPEND_ONLY = """
DROP TRIGGER audit_append_only ON customers_auditevent;
DROP FUNCTION refuse_change();
"""


def on_postgresql(sql: str):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql)

    return run


def step(forward: str, backward: str = "") -> migrations.RunPython:
    return migrations.RunPython(
        on_postgresql(forward),
        on_postgresql(backward) if backward else migrations.RunPython.noop,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_relations_and_rules"),
        ("customers", "0001_initial"),
        ("licensing", "0001_initial"),
    ]

    operations = [
        step(EXTENSIONS),
        step(SEARCH, "DROP INDEX user_search;"),
        step(ONE_CUSTOMER, NOT_ONE_CUSTOMER),
        step(APPEND_ONLY, NOT_APPEND_ONLY),
    ]
