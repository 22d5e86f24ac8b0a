"""Names are found by all their spellings, and sorted as in the country of their customer.

The rows that are there get what they are found and sorted by, a chunk a transaction: nobody waits
for long. What the version before writes meanwhile is put right by a task (accounts.tasks), as is
all after a customer's country was changed.
"""

from typing import Any

from django.db import migrations, transaction

from accounts.names import Folds, search_text
from accounts.sorting import sort_key
from customers.services import bulk

CHUNK = 1_000
NAMES = ("display_name", "user_name", "first_name", "last_name")


def renew_names(apps: Any, _editor: Any) -> None:
    users, last = apps.get_model("accounts", "User")._default_manager, 0
    known = users.select_related("customer").only(
        *NAMES, "sort_name", "search_text", "customer__country"
    )
    while True:
        with transaction.atomic():
            rows = list(known.filter(pk__gt=last).order_by("pk")[:CHUNK])
            stale = [row for row in rows if _is_renewed(row)]
            bulk.update(stale, ["sort_name", "search_text"])
        if not rows:
            return
        last = rows[-1].pk


def _is_renewed(row: Any) -> bool:
    before = row.sort_name, row.search_text
    row.sort_name = sort_key(row.display_name, str(row.customer.country) if row.customer else "")
    row.search_text = search_text(*(getattr(row, name) for name in NAMES), folds=Folds())
    return before != (row.sort_name, row.search_text)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("accounts", "0005_sheet_users"),
        ("customers", "0005_names_sorted_for"),
    ]

    operations = [migrations.RunPython(renew_names, migrations.RunPython.noop, elidable=False)]
