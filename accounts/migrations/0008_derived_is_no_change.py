"""What a user is found and sorted by follows from the names: made anew, it is no change of the user.

Otherwise a new way to fold names, or a customer that moves to another country, would have all its
users changed in one night, for whoever asks what is new (accounts.last_change). On SQLite the
trigger of accounts.apps says the same.
"""

from django.db import migrations

from customers.postgresql.policies import step

# Whole rows are compared only where one of the two is another.
STAMPED = """
CREATE OR REPLACE TRIGGER user_stamped BEFORE UPDATE ON accounts_user
    FOR EACH ROW WHEN (
        NEW.updated_at <= OLD.updated_at AND NEW.last_login IS NOT DISTINCT FROM OLD.last_login
        AND (
            (NEW.sort_name = OLD.sort_name AND NEW.search_text = OLD.search_text)
            OR to_jsonb(NEW.*) - '{sort_name,search_text}'::text[]
                <> to_jsonb(OLD.*) - '{sort_name,search_text}'::text[]
        )
    )
    EXECUTE FUNCTION stamp_row();
"""
AS_BEFORE = """
CREATE OR REPLACE TRIGGER user_stamped BEFORE UPDATE ON accounts_user
    FOR EACH ROW WHEN (
        NEW.updated_at <= OLD.updated_at AND NEW.last_login IS NOT DISTINCT FROM OLD.last_login
    )
    EXECUTE FUNCTION stamp_row();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_mail_tries"),
    ]

    operations = [step(STAMPED, AS_BEFORE)]
