"""Changed fields and permissions, and what the log and a batch say of them."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.services.users import NamesTaken
from accounts.services.users.writing import entry_of, item_of, write_fields, write_roles
from accounts.sorting import sort_key
from customers.errors import Refused
from customers.models import Batch, BatchKind
from customers.roles import Role
from customers.services import batches
from tests.accounts.verbs import fresh
from tests.factories import UserFactory
from tests.support.cast import Cast


@pytest.fixture
def batch(cast: Cast) -> Batch:
    return batches.open_batch(BatchKind.CHANGE, actor=cast.alice, customer=cast.contoso)


def test_each_row_is_written_with_its_own_values(cast: Cast, batch: Batch) -> None:
    users = UserFactory.create_batch(3, customer=cast.contoso)
    for number, user in enumerate(users):
        user.department, user.city = f"Department {number}", "not written"
    write_fields(users, ["department"], batch)
    now = [fresh(user) for user in users]
    assert [user.department for user in now] == ["Department 0", "Department 1", "Department 2"]
    assert {user.changed_by_batch for user in now} == {batch}
    assert {user.city for user in now} == {""}


def test_what_follows_from_a_name_is_written_along(cast: Cast, batch: Batch) -> None:
    cast.uma.display_name, cast.uma.user_name = "Åsa Ek", "Asa.Ek@contoso.example"
    write_fields([cast.uma], ["display_name", "user_name"], batch)
    uma = fresh(cast.uma)
    assert uma.username == "asa.ek@contoso.example"
    assert uma.sort_name == sort_key("Åsa Ek", cast.contoso.country.code)
    assert "asa ek" in uma.search_text
    assert "asa.ek@contoso.example" in uma.search_text


def test_a_name_that_a_user_takes_in_this_moment_is_refused(cast: Cast, batch: Batch) -> None:
    cast.uma.user_name = "GAIL@contoso.example"
    with pytest.raises(NamesTaken) as caught:
        write_fields([cast.uma], ["user_name"], batch)
    assert caught.value.names == ["gail@contoso.example"]
    assert fresh(cast.uma).user_name == "uma@contoso.example"


# SQLite tells of a foreign key at the end of the transaction, and not before.
@pytest.mark.postgres
def test_a_domain_that_goes_in_this_moment_is_refused(cast: Cast, batch: Batch) -> None:
    cast.uma.user_name, cast.uma.domain_id = "new@gone.example", None
    with pytest.raises(Refused) as caught:
        write_fields([cast.uma], ["user_name"], batch)
    assert (caught.value.code, caught.value.field) == ("domain-gone", "domain")


def test_roles_are_these_and_no_others(cast: Cast) -> None:
    write_roles({cast.gail.pk: [], cast.uma.pk: [Role.USER_ADMIN, Role.BILLING_ADMIN]})
    assert fresh(cast.gail).roles == ()
    assert fresh(cast.uma).roles == (Role.BILLING_ADMIN, Role.USER_ADMIN)
    write_roles({})
    assert fresh(cast.uma).roles == (Role.BILLING_ADMIN, Role.USER_ADMIN)


def test_roles_of_many_cost_as_much_as_of_one(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    users = UserFactory.create_batch(20, customer=cast.contoso)
    with django_assert_num_queries(3):
        write_roles({user.pk: [Role.USER_ADMIN] for user in users})
    admins = User.objects.filter(groups__name=Role.USER_ADMIN)
    assert set(admins) == set(users)


def test_what_names_nobody_is_plain_in_the_log(cast: Cast) -> None:
    changes: dict[str, list[Any]] = {
        "department": ["", "IT"],
        "roles": [[], ["User administrator"]],
        "city": ["", "X"],
    }
    entry = entry_of(cast.uma, changes)
    assert entry.changes == {"department": ["", "IT"], "roles": [[], ["User administrator"]]}
    assert entry.personal == {"city": ["", "X"]}


def test_an_item_has_both_sides(cast: Cast, batch: Batch) -> None:
    item = item_of(batch, cast.uma, {"department": ["", "IT"], "roles": [["a"], []]})
    assert item.before == {"department": "", "roles": ["a"]}
    assert item.after == {"department": "IT", "roles": []}
