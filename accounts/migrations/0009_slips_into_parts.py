"""Sheets that exist become sheets of one part, however long they are: they last a day at most."""

from django.db import migrations

MOVE = """
    INSERT INTO accounts_credentialsheetpart (sheet_id, number, ciphertext, people)
    SELECT id, 1, ciphertext, people FROM accounts_credentialsheet WHERE ciphertext <> ''
"""
EMPTY = "UPDATE accounts_credentialsheet SET ciphertext = '' WHERE ciphertext <> ''"
# Of several parts no single text can be made here; such a sheet then says to reset the passwords.
MOVE_BACK = """
    UPDATE accounts_credentialsheet SET ciphertext = (
        SELECT part.ciphertext FROM accounts_credentialsheetpart AS part
        WHERE part.sheet_id = accounts_credentialsheet.id
    )
    WHERE 1 = (
        SELECT count(*) FROM accounts_credentialsheetpart AS part
        WHERE part.sheet_id = accounts_credentialsheet.id
    )
"""
EMPTY_PARTS = "DELETE FROM accounts_credentialsheetpart"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_sheets_in_parts")]

    operations = [migrations.RunSQL([MOVE, EMPTY], [MOVE_BACK, EMPTY_PARTS])]
