"""Partners are kept apart by PostgreSQL too, and the log is guarded by the owner of the tables.

The policies name roles, which belong to the whole server: they are made here if the migrating login
may, else by `manage.py prepare_roles` before. What a request sees is said by settings of its
transaction (customers/postgresql/base.py); the owner of the tables, who migrates, sees everything.

Nothing leaves the activity log but what its seals say is gone: the triggers themselves ask, whoever
deletes. Every event that is written is counted in a table that no role of the portal may write to:
one that goes before it is sealed is missed by `verify_audit_log`.
"""

from django.db import migrations

from customers.postgresql.policies import (
    BY_PARTNER,
    OF_CUSTOMER,
    OF_CUSTOMER_OR_BY_PARTNER,
    OF_CUSTOMER_OR_PARTNER,
    limit_writing,
    protect,
    step,
    through,
)
from customers.postgresql.roles import ROLES_EXIST

# What a transaction was told. An empty setting is none.
SETTINGS = """
CREATE FUNCTION portal_partner() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('portal.partner', true), '')::bigint;
CREATE FUNCTION portal_customer() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('portal.customer', true), '')::bigint;
"""

# As the owner, so that the policy of customers does not ask itself. Plans of PL/pgSQL are kept.
# portal_at is the customer of a page if it is one of the partner's: a page is about any number.
CUSTOMERS = """
CREATE FUNCTION portal_at() RETURNS bigint
    LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER COST 10 SET search_path = {schema}, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT id FROM customers_customer
        WHERE partner_id = portal_partner() AND id = coalesce(
            portal_customer(), nullif(current_setting('portal.at', true), '')::bigint
        )
    );
END
$$;
CREATE FUNCTION portal_customers() RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER COST 10 ROWS 100 SET search_path = {schema}, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT id FROM customers_customer
        WHERE partner_id = portal_partner()
        AND (portal_customer() IS NULL OR id = portal_customer());
END
$$;
REVOKE EXECUTE ON FUNCTION portal_customers, portal_at FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_customers, portal_at
    TO portal_web, portal_people, portal_support, portal_tasks;
"""

NO_SCOPE = """
DROP FUNCTION portal_customers, portal_at, portal_customer, portal_partner;
"""

# Of its own row a customer's people move the counters: policies know rows, and no columns.
FACTS = """
CREATE FUNCTION refuse_of_customer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a customer is changed by its partner'
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER facts_by_partner
    BEFORE UPDATE OF partner_id, name, country, contact_email, created_at ON customers_customer
    FOR EACH ROW WHEN (portal_customer() IS NOT NULL) EXECUTE FUNCTION refuse_of_customer();
"""
NO_FACTS = """
DROP TRIGGER facts_by_partner ON customers_customer;
DROP FUNCTION refuse_of_customer();
"""

# TRUNCATE, which tests use, is not meant.
APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the activity log is append-only' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER audit_append_only BEFORE UPDATE ON customers_auditevent
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_names_append_only BEFORE UPDATE ON customers_auditnames
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_seals_kept BEFORE DELETE ON customers_auditseal
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_seals_append_only
    BEFORE UPDATE OF number, partner_id, first_id, last_id, count, last_at, made_at, version,
        key_id, previous, events_hash, names_hash, hash
    ON customers_auditseal FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE customers_auditevent ADD CONSTRAINT audit_id_of_sequence CHECK (id > 0);
"""
NOT_APPEND_ONLY = """
ALTER TABLE customers_auditevent DROP CONSTRAINT audit_id_of_sequence;
DROP TRIGGER audit_seals_append_only ON customers_auditseal;
DROP TRIGGER audit_seals_kept ON customers_auditseal;
DROP TRIGGER audit_names_append_only ON customers_auditnames;
DROP TRIGGER audit_append_only ON customers_auditevent;
DROP FUNCTION refuse_change();
"""

# The next seal of the same log decides: seals of one log do not overlap. Asked by the triggers
# alone, in their search path. Temporary tables come last in it: whoever deletes could shadow the
# real ones.
KEPT = """
CREATE FUNCTION audit_seal_over(owner bigint, event bigint) RETURNS customers_auditseal
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    found customers_auditseal;
BEGIN
    IF owner IS NULL THEN
        SELECT * INTO found FROM customers_auditseal
            WHERE partner_id IS NULL AND last_id >= event ORDER BY last_id LIMIT 1;
    ELSE
        SELECT * INTO found FROM customers_auditseal
            WHERE partner_id = owner AND last_id >= event ORDER BY last_id LIMIT 1;
    END IF;
    IF found.first_id > event THEN
        RETURN NULL;
    END IF;
    RETURN found;
END
$$;
CREATE FUNCTION refuse_unless_dropped() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$
BEGIN
    IF EXISTS (
        SELECT FROM gone WHERE (audit_seal_over(partner_id, id)).events_dropped_at IS NULL
    ) THEN
        RAISE EXCEPTION 'the activity log is append-only' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION refuse_unless_forgotten() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$
BEGIN
    IF EXISTS (
        SELECT FROM gone LEFT JOIN customers_auditevent AS event ON event.id = gone.event_id
        WHERE (audit_seal_over(event.partner_id, event.id)).names_forgotten_at IS NULL
    ) THEN
        RAISE EXCEPTION 'the activity log is append-only' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION audit_seal_over, refuse_unless_dropped, refuse_unless_forgotten
    FROM PUBLIC;
CREATE TRIGGER audit_kept AFTER DELETE ON customers_auditevent
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_unless_dropped();
CREATE TRIGGER audit_names_kept AFTER DELETE ON customers_auditnames
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_unless_forgotten();
"""
NOT_KEPT = """
DROP TRIGGER audit_names_kept ON customers_auditnames;
DROP TRIGGER audit_kept ON customers_auditevent;
DROP FUNCTION refuse_unless_forgotten, refuse_unless_dropped, audit_seal_over;
"""

# The ids first: a condition that also covers "no partner" would find no index. What is a day old by
# the portal's clock may be an hour younger by the database's.
RETIRE = """
CREATE FUNCTION retire_audit_events(seal_id bigint, names_only boolean) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$
DECLARE
    seal record;
    ids bigint[];
    youngest timestamptz;
BEGIN
    SELECT * INTO STRICT seal FROM customers_auditseal WHERE id = seal_id;
    IF seal.partner_id IS NULL THEN
        ids := ARRAY(SELECT id FROM customers_auditevent
            WHERE partner_id IS NULL AND id BETWEEN seal.first_id AND seal.last_id);
    ELSE
        ids := ARRAY(SELECT id FROM customers_auditevent
            WHERE partner_id = seal.partner_id AND id BETWEEN seal.first_id AND seal.last_id);
    END IF;
    IF seal.names_forgotten_at IS NULL OR NOT names_only AND seal.events_dropped_at IS NULL THEN
        RAISE EXCEPTION 'the seal does not say so' USING ERRCODE = 'restrict_violation';
    END IF;
    youngest := (SELECT max(at) FROM customers_auditevent WHERE id = ANY (ids));
    IF youngest > now() - interval '23 hours' THEN
        RAISE EXCEPTION 'names are kept for a day' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT names_only AND youngest > now() - interval '30 days' + interval '1 hour' THEN
        RAISE EXCEPTION 'events are kept for 30 days' USING ERRCODE = 'restrict_violation';
    END IF;
    DELETE FROM customers_auditnames WHERE event_id = ANY (ids);
    IF NOT names_only THEN
        DELETE FROM customers_auditevent WHERE id = ANY (ids);
    END IF;
    RETURN cardinality(ids);
END
$$;
REVOKE EXECUTE ON FUNCTION retire_audit_events(bigint, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION retire_audit_events(bigint, boolean) TO portal_tasks;
"""
NO_RETIREMENT = "DROP FUNCTION retire_audit_events(bigint, boolean);"

# One row a statement and no row that two writers share: nobody waits. The sealer adds them up.
COUNT = """
CREATE FUNCTION count_audit_events() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$
BEGIN
    INSERT INTO customers_auditcount (partner_id, count)
        SELECT partner_id, count(*) FROM written GROUP BY partner_id;
    RETURN NULL;
END
$$;
CREATE FUNCTION add_up_audit_counts() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$
BEGIN
    WITH parts AS (DELETE FROM customers_auditcount RETURNING partner_id, count)
    INSERT INTO customers_auditcount (partner_id, count)
        SELECT partner_id, sum(count) FROM parts GROUP BY partner_id;
END
$$;
REVOKE EXECUTE ON FUNCTION count_audit_events, add_up_audit_counts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION add_up_audit_counts TO portal_tasks;
CREATE TRIGGER audit_counted AFTER INSERT ON customers_auditevent
    REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION count_audit_events();
"""
NO_COUNT = """
DROP TRIGGER audit_counted ON customers_auditevent;
DROP FUNCTION add_up_audit_counts, count_audit_events;
"""

# So that users can refer to a domain of their own customer.
DOMAINS = "ALTER TABLE customers_domain ADD CONSTRAINT domain_of_customer UNIQUE (id, customer_id);"
NO_DOMAINS = "ALTER TABLE customers_domain DROP CONSTRAINT domain_of_customer;"

# They are the beginning of audit_by_customer, audit_by_partner and person_once_per_batch. SQLite
# keeps them, and so does the state of the models.
ONCE = """
DROP INDEX customers_auditevent_customer_id_47c651a7;
DROP INDEX customers_auditevent_partner_id_8e26f0f3;
DROP INDEX customers_batchitem_batch_id_1919a05a;
"""
TWICE = """
CREATE INDEX customers_auditevent_customer_id_47c651a7 ON customers_auditevent (customer_id);
CREATE INDEX customers_auditevent_partner_id_8e26f0f3 ON customers_auditevent (partner_id);
CREATE INDEX customers_batchitem_batch_id_1919a05a ON customers_batchitem (batch_id);
"""

# Cheap first, as of any customer's row.
CUSTOMER = """CASE
    WHEN id = (SELECT portal_at()) THEN true
    ELSE (SELECT portal_customer()) IS NULL AND partner_id = (SELECT portal_partner())
END"""

EVENT = """CASE
    WHEN customer_id = (SELECT portal_at()) THEN true
    WHEN (SELECT portal_customer()) IS NULL THEN partner_id = (SELECT portal_partner())
    ELSE customer_id = (SELECT portal_customer())
END"""

POLICIES = {
    "customers_partner": "id = (SELECT portal_partner())",
    "customers_customer": CUSTOMER,
    "customers_domain": OF_CUSTOMER_OR_PARTNER,
    "customers_batch": OF_CUSTOMER,
    "customers_batchitem": through("customers_batch", "batch_id"),
    "customers_auditevent": EVENT,
    "customers_auditnames": through("customers_auditevent", "event_id"),
}

# In the scope of a customer nothing of the partner's own is written. Nor is an event told to
# another partner, or of another partner's customer; nor does a customer change hands.
OF_PARTNER = "partner_id = (SELECT portal_partner())"
WRITING = {
    "customers_partner": BY_PARTNER,
    "customers_domain": OF_CUSTOMER_OR_BY_PARTNER,
}
ADDING = f"""
ALTER POLICY adding ON customers_auditevent
    WITH CHECK ({OF_PARTNER} AND (customer_id IS NULL OR {OF_CUSTOMER}));
"""
ADDING_BEFORE = f"ALTER POLICY adding ON customers_auditevent WITH CHECK ({OF_PARTNER})"


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]

    operations = [
        step(ROLES_EXIST),
        step(SETTINGS + CUSTOMERS, NO_SCOPE),
        *(protect(table, condition) for table, condition in POLICIES.items()),
        *(limit_writing(table, condition) for table, condition in WRITING.items()),
        limit_writing("customers_customer", f"{BY_PARTNER} AND {OF_PARTNER}", changing=OF_PARTNER),
        limit_writing("customers_auditevent", OF_PARTNER),
        step(ADDING, ADDING_BEFORE),
        step(FACTS, NO_FACTS),
        step(APPEND_ONLY, NOT_APPEND_ONLY),
        step(KEPT, NOT_KEPT),
        step(RETIRE, NO_RETIREMENT),
        step(COUNT, NO_COUNT),
        step(DOMAINS, NO_DOMAINS),
        step(ONCE, TWICE),
    ]
