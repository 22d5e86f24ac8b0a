"""Names are found by all their spellings, and sorted as in the country of their customer.

Nothing is done here to the rows that are there: how names are folded and sorted is code of today,
and a migration stays as it is. A task puts them right (accounts.tasks.renew_names), to which each
customer is open since 0005 of customers; until then, which are minutes, they are found and sorted
as before.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_sheet_users"),
        ("customers", "0005_names_sorted_for"),
    ]

    operations = []
