"""One seat counted by PostgreSQL in the same message as the commit, which must fail where none is.

As the caller, so that the policies hold; its plan is kept, so that the lock is held no longer than
the commit takes. `transactional` knows the code.
"""

from django.db import migrations

from customers.postgresql.policies import step

COUNT = """
CREATE FUNCTION count_seat(pool bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = {schema}, pg_temp
AS $$
BEGIN
    UPDATE licensing_subscription SET assigned = assigned + 1
        WHERE id = pool AND status = 'active' AND assigned < quantity;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no seat of subscription % is free', pool USING ERRCODE = 'PS001';
    END IF;
END
$$;
"""
FORGET = "DROP FUNCTION count_seat"


class Migration(migrations.Migration):
    dependencies = [("licensing", "0003_seats_are_of_one_customer")]

    operations = [step(COUNT, FORGET)]
