"""The texts by which customers are found are filled in, and have their index.

Chunk by chunk, and without a lock that stops anyone. What a process of the version before writes
while this runs, a task puts right within the hour (customers.tasks.renew_search_texts).
"""

from typing import Any

from django.db import migrations, transaction

from customers.folding import customer_search_text
from customers.postgresql.policies import step
from customers.services import bulk

CHUNK = 1_000

# The partner stands first, as the customer does in that of users. Names are changed seldom: no list
# of what is to come in, through which each search would have to look as well.
NO_REMAINS = "DROP INDEX CONCURRENTLY IF EXISTS customer_search"
INDEX = """
CREATE INDEX CONCURRENTLY customer_search ON customers_customer
    USING gin (partner_id, search_text gin_trgm_ops) WITH (fastupdate = off)
"""


def fill(apps: Any, _editor: Any) -> None:
    customers = apps.get_model("customers", "Customer")._default_manager
    rows = customers.only("name").order_by("pk")
    last = 0
    while True:
        with transaction.atomic():
            # Of whoever renames or gets a domain in this moment, the later one is right.
            chunk = list(rows.filter(pk__gt=last).select_for_update(no_key=True)[:CHUNK])
            domains: dict[int, list[str]] = {row.pk: [] for row in chunk}
            names = apps.get_model("customers", "Domain")._default_manager
            of_these = names.filter(customer__in=list(domains))
            for owner, name in of_these.values_list("customer_id", "name"):
                domains[owner].append(name)
            for row in chunk:
                row.search_text = customer_search_text(row.name, domains[row.pk])
            bulk.update(chunk, ["search_text"])
        if not chunk:
            return
        last = chunk[-1].pk


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("accounts", "0003_people_on_postgresql"),
        ("customers", "0023_search_text"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=False),
        step(NO_REMAINS, NO_REMAINS),
        step(INDEX),
    ]
