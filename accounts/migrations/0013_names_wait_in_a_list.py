"""The index of names takes people in as a list, and works that off many at a time.

Sorting each person in under some fifty trigrams was nine tenths of writing 100,000 people. Now a
list of 2 MB, some 2,000 people, waits before the index, where searches look as well: a full one
costs them 1.6 ms. Whoever fills it works it off (26 ms): those who write many. For all others a
task of beat's does, by a function of the owner's, as PostgreSQL lets nobody else.
"""

from django.db import migrations

from customers.postgresql.policies import step
from customers.scope import PORTAL

LIST = "ALTER INDEX user_search SET (fastupdate = on, gin_pending_list_limit = 2048);"
# What still waits would be looked through for good.
NO_LIST = """
ALTER INDEX user_search SET (fastupdate = off);
ALTER INDEX user_search RESET (gin_pending_list_limit);
SELECT gin_clean_pending_list('user_search');
"""

# Temporary tables come last: whoever calls it could shadow the real one.
TIDY = f"""
CREATE FUNCTION tidy_search() RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = {{schema}}, pg_temp
AS $$ SELECT gin_clean_pending_list('user_search'::regclass) $$;
REVOKE EXECUTE ON FUNCTION tidy_search() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tidy_search() TO {PORTAL};
"""
NO_TIDY = "DROP FUNCTION tidy_search();"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_sheets_without_their_text")]

    operations = [step(LIST, NO_LIST), step(TIDY, NO_TIDY)]
