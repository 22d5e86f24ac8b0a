"""Applications of one host take turns, and one stays while something is written for it.

A customer's request may not lock an application, and what it writes refers to one: a function holds
the row for it, as a foreign key would at the end, when it is too late to say anything.
"""

from django.db import migrations, models

from customers.postgresql.policies import step

HOLD = """
CREATE FUNCTION portal_hold_application(wanted bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$
DECLARE
    held bigint;
BEGIN
    SELECT id INTO held FROM applications_application WHERE id = wanted FOR KEY SHARE;
    RETURN held;
END
$$;
REVOKE EXECUTE ON FUNCTION portal_hold_application FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_hold_application TO portal_web, portal_support, portal_tasks;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0004_provisioning"),
    ]

    operations = [
        migrations.AddField(
            model_name="provisioning",
            name="turn_at",
            field=models.DateTimeField(null=True),
        ),
        step(HOLD, "DROP FUNCTION portal_hold_application;"),
    ]
