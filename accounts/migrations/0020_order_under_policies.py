"""A page in the middle of users by their department is found by its index.

PostgreSQL asks the condition of the place before the policy, as an index needs, only once it is
told that the function of small letters tells nothing of a row. Where the owner may not tell it, it
is said what a superuser has to run (customers/postgresql/roles.py).
"""

from django.db import migrations

from customers.postgresql.policies import step
from customers.postgresql.roles import LEAKPROOF


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0019_page_by_sign_in"),
    ]

    operations = [
        step(LEAKPROOF),
    ]
