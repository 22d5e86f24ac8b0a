"""On PostgreSQL the log's guard is no setting, its events are counted, and no role numbers them.

- What leaves the log is checked against the seals by the triggers themselves, whoever deletes.
- Every event that is written is counted by its owner's trigger in a table that no role of the
  portal may write to: one that goes before it is sealed is missed by `verify_audit_log`.
- A role may write neither an event's id nor, but for the marks of retention, anything of a seal.

Rows that are there keep whatever id they have, so that `migrate` ends: `verify_audit_log` finds
those that the portal did not write.
"""

from django.db import migrations, models

from customers.postgresql.policies import step
from customers.postgresql.roles import GRANTS

BREAKS_THE_VERSION_BEFORE = """
It names the ids of the events that it writes in bulk: it is stopped before this migration. A
process that was forgotten is refused by the database, and writes nothing.
"""

# The next seal of the same log decides: seals of one log do not overlap. Asked by the triggers
# alone, in their search path.
GUARD = """
CREATE OR REPLACE FUNCTION audit_seal_over(owner bigint, event bigint) RETURNS customers_auditseal
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
CREATE OR REPLACE FUNCTION refuse_unless_dropped() RETURNS trigger
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
CREATE OR REPLACE FUNCTION refuse_unless_forgotten() RETURNS trigger
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
DROP TRIGGER IF EXISTS audit_kept ON customers_auditevent;
DROP TRIGGER IF EXISTS audit_names_kept ON customers_auditnames;
DROP FUNCTION IF EXISTS refuse_unless_retired();
CREATE TRIGGER audit_kept AFTER DELETE ON customers_auditevent
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_unless_dropped();
CREATE TRIGGER audit_names_kept AFTER DELETE ON customers_auditnames
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_unless_forgotten();
"""

# As the function of 0006, without its permission and with an age for names. What is a day old by
# the portal's clock may be an hour younger by the database's.
RETIRE = """
CREATE OR REPLACE FUNCTION retire_audit_events(seal_id bigint, names_only boolean) RETURNS integer
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
"""

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

# Of what was written before: what seals cover, present or dropped, and what is after the last one.
# The trigger's lock on the table keeps writers away until both are there.
COUNT_PAST = """
INSERT INTO customers_auditcount (partner_id, count)
SELECT partner_id, sum(count) FROM (
    SELECT partner_id, count::bigint FROM customers_auditseal
    UNION ALL
    SELECT partner_id, 1 FROM customers_auditevent AS event
    WHERE id > coalesce((
        SELECT max(last_id) FROM customers_auditseal AS seal
        WHERE seal.partner_id IS NOT DISTINCT FROM event.partner_id
    ), 0)
) AS past
GROUP BY partner_id;
"""

NO_ID_BELOW_ONE = """
ALTER TABLE customers_auditevent ADD CONSTRAINT audit_id_of_sequence CHECK (id > 0) NOT VALID;
"""

# The guard stays, for nothing is to be left without one: it can be made again.
BACK = """
ALTER TABLE customers_auditevent DROP CONSTRAINT audit_id_of_sequence;
DROP TRIGGER audit_counted ON customers_auditevent;
DROP FUNCTION add_up_audit_counts();
DROP FUNCTION count_audit_events();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0011_name_refused_steps"),
        # Its roles.
        ("accounts", "0012_sheets_without_their_text"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("partner_id", models.BigIntegerField(null=True)),
                ("count", models.BigIntegerField()),
            ],
        ),
        step(GUARD + RETIRE),
        step(COUNT + COUNT_PAST + NO_ID_BELOW_ONE, BACK),
        step(GRANTS),
    ]
