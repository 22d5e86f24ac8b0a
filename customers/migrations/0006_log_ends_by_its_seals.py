"""On PostgreSQL nothing leaves the activity log but by one function, and that only under a seal.

An application role needs SELECT and INSERT on events and names, SELECT, INSERT and UPDATE on
seals, and EXECUTE on the function, which runs as its owner; no UPDATE nor DELETE on either.
"""

from django.db import migrations

# A role that owns the tables can set anything; the mark on the seal, which needs a key, shows it.
GUARD = """
CREATE FUNCTION refuse_unless_retired() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('portal.retires_events', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the activity log is append-only' USING ERRCODE = 'restrict_violation';
END
$$;
DROP TRIGGER audit_kept ON customers_auditevent;
CREATE TRIGGER audit_kept BEFORE DELETE ON customers_auditevent
    FOR EACH ROW EXECUTE FUNCTION refuse_unless_retired();
CREATE TRIGGER audit_names_kept BEFORE DELETE ON customers_auditnames
    FOR EACH ROW EXECUTE FUNCTION refuse_unless_retired();
CREATE TRIGGER audit_names_append_only BEFORE UPDATE ON customers_auditnames
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_seals_kept BEFORE DELETE ON customers_auditseal
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_seals_append_only
    BEFORE UPDATE OF number, partner_id, first_id, last_id, count, last_at, made_at, version,
        key_id, previous, events_hash, names_hash, hash
    ON customers_auditseal FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

# Temporary tables come last: whoever calls it could shadow the real ones.
# The ids first: a condition that also covers "no partner" would find no index.
# The permission is set and taken back by statements: as a clause of the function a superuser alone
# could write it.
RETIRE = """
CREATE FUNCTION retire_audit_events(seal_id bigint, names_only boolean) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = {schema}, pg_temp
AS $$
DECLARE
    seal record;
    ids bigint[];
BEGIN
    SELECT * INTO STRICT seal FROM customers_auditseal WHERE id = seal_id;
    IF seal.partner_id IS NULL THEN
        ids := ARRAY(SELECT id FROM customers_auditevent
            WHERE partner_id IS NULL AND id BETWEEN seal.first_id AND seal.last_id);
    ELSE
        ids := ARRAY(SELECT id FROM customers_auditevent
            WHERE partner_id = seal.partner_id AND id BETWEEN seal.first_id AND seal.last_id);
    END IF;
    IF seal.names_forgotten_at IS NULL THEN
        RAISE EXCEPTION 'the seal does not say so' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM set_config('portal.retires_events', 'on', true);
    DELETE FROM customers_auditnames WHERE event_id = ANY (ids);
    PERFORM set_config('portal.retires_events', 'off', true);
    IF names_only THEN
        RETURN cardinality(ids);
    END IF;
    IF seal.events_dropped_at IS NULL THEN
        RAISE EXCEPTION 'the seal does not say so' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT FROM customers_auditevent
        WHERE id = ANY (ids) AND at > now() - interval '30 days') THEN
        RAISE EXCEPTION 'events are kept for 30 days' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM set_config('portal.retires_events', 'on', true);
    DELETE FROM customers_auditevent WHERE id = ANY (ids);
    PERFORM set_config('portal.retires_events', 'off', true);
    RETURN cardinality(ids);
END
$$;
REVOKE EXECUTE ON FUNCTION retire_audit_events(bigint, boolean) FROM PUBLIC;
"""

BACK = """
DROP FUNCTION retire_audit_events(bigint, boolean);
DROP TRIGGER audit_seals_append_only ON customers_auditseal;
DROP TRIGGER audit_seals_kept ON customers_auditseal;
DROP TRIGGER audit_names_append_only ON customers_auditnames;
DROP TRIGGER audit_names_kept ON customers_auditnames;
DROP TRIGGER audit_kept ON customers_auditevent;
CREATE TRIGGER audit_kept BEFORE DELETE ON customers_auditevent
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP FUNCTION refuse_unless_retired();
"""


def guard(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        schema = cursor.fetchone()[0]
    schema_editor.execute(GUARD + RETIRE.format(schema=schema))


def back(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(BACK)


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0005_audit_seals"),
        ("accounts", "0004_log_keeps_its_events"),
    ]

    operations = [migrations.RunPython(guard, back)]
