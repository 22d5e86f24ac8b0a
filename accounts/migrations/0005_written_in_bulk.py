"""What an upload of 100,000 people waits for, and nobody needs.

The list before the index of names may grow to 32 MB: at 2 MB a worker stopped to work it off every
2,000 people, and the larger the load, the less each name costs. It fills in bulk alone, whoever
fills it empties it (tidy_search), and meanwhile a search looks through it in 25 ms at most.

Sheets are encrypted: to compress them takes longer than to write them.
"""

from django.db import migrations

from customers.postgresql.policies import step

LIST = "ALTER INDEX user_search SET (gin_pending_list_limit = 32768)"
# What is more than that is worked off now.
SHORT_LIST = """
ALTER INDEX user_search SET (gin_pending_list_limit = 2048);
SELECT gin_clean_pending_list('user_search');
"""
PLAIN = "ALTER TABLE accounts_credentialsheetpart ALTER ciphertext SET STORAGE EXTERNAL"
PACKED = "ALTER TABLE accounts_credentialsheetpart ALTER ciphertext SET STORAGE EXTENDED"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_uuids_and_moments")]

    operations = [step(LIST, SHORT_LIST), step(PLAIN, PACKED)]
