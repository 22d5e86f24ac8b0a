"""No user who has a customer or a partner is support staff, whatever writes the row."""

import pytest
from django.db import IntegrityError, transaction

from customers.scope import SUPPORT, TASKS, Scope
from tests.customers.postgresql.test_policies import of
from tests.support.cast import Cast
from tests.support.neighbors import write

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.mark.parametrize("flag", ["is_superuser", "is_staff"])
@pytest.mark.parametrize("whose", ["alice", "gail", SUPPORT, TASKS])
def test_nobody_of_a_customer_or_a_partner_becomes_support_staff(
    cast: Cast, whose: Scope | str, flag: str
) -> None:
    there = of(getattr(cast, whose)) if isinstance(whose, str) else whose
    for user in (cast.gail, cast.uma, cast.alice):
        if whose == "gail" and user == cast.alice:
            continue
        change = f"UPDATE accounts_user SET {flag} = true WHERE id = %s"
        with pytest.raises(IntegrityError, match="of_none"), transaction.atomic():
            write(there, change, [user.pk])
