"""What the keys with the customer or partner imply is not asked for again with each row."""

from django.db import migrations

from customers.postgresql.policies import step

# The names are those that Django gave.
DROP = """
ALTER TABLE automation_reportreader
    DROP CONSTRAINT automation_reportrea_report_id_ddd1a882_fk_automatio;
ALTER TABLE automation_reportmail
    DROP CONSTRAINT automation_reportmai_report_id_38ebe875_fk_automatio;
ALTER TABLE automation_licenserequest
    DROP CONSTRAINT automation_licenserequest_user_id_c62a1039_fk_accounts_user_id;
ALTER TABLE automation_reviewitem
    DROP CONSTRAINT automation_reviewite_review_id_05306d9f_fk_automatio;
ALTER TABLE automation_reviewreviewer
    DROP CONSTRAINT automation_reviewrev_item_id_f529bab2_fk_automatio;
"""
ADD = """
ALTER TABLE automation_reportreader
    ADD CONSTRAINT automation_reportrea_report_id_ddd1a882_fk_automatio
        FOREIGN KEY (report_id) REFERENCES automation_scheduledreport (id)
        DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE automation_reportmail
    ADD CONSTRAINT automation_reportmai_report_id_38ebe875_fk_automatio
        FOREIGN KEY (report_id) REFERENCES automation_scheduledreport (id)
        DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE automation_licenserequest
    ADD CONSTRAINT automation_licenserequest_user_id_c62a1039_fk_accounts_user_id
        FOREIGN KEY (user_id) REFERENCES accounts_user (id)
        DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE automation_reviewitem
    ADD CONSTRAINT automation_reviewite_review_id_05306d9f_fk_automatio
        FOREIGN KEY (review_id) REFERENCES automation_review (id)
        DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE automation_reviewreviewer
    ADD CONSTRAINT automation_reviewrev_item_id_f529bab2_fk_automatio
        FOREIGN KEY (item_id) REFERENCES automation_reviewitem (id)
        DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("automation", "0005_reviews")]

    operations = [step(DROP, ADD)]
