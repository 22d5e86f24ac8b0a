"""Which batches the rules have to do with is seen in one message to the database."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.queries.filters import UserFilter
from accounts.services.users import delete_users
from automation.models import KeptLicense, LicenseRule
from automation.services.keeping.glancing import Glance, glance
from automation.services.rules import add_exceptions
from customers.models import Batch
from customers.roles import Role
from licensing.services.subscriptions import change_seats
from tests.accounts.verbs import subscribe
from tests.automation.ruled import put, rule_on
from tests.factories import UserFactory
from tests.support.cast import Cast


@pytest.fixture
def people(cast: Cast) -> list[User]:
    return UserFactory.create_batch(3, customer=cast.contoso, usage_location="US")


def looked_at(batch: Batch) -> Glance:
    with CaptureQueriesContext(connection) as queries:
        found = glance(batch)
    assert len(queries) == (1 if connection.vendor == "postgresql" else 8)
    return found


def test_most_batches_have_to_do_with_no_rule(cast: Cast, people: list[User]) -> None:
    rule_on(cast, subscribe(cast), name="Sales")
    rule_on(cast, subscribe(cast, "Mail"), name="Admins", to=UserFilter(permission=Role.USER_ADMIN))
    found = looked_at(put(cast, "Legal", *people))
    assert found.users == sorted(user.pk for user in people)
    assert [rule.name for rule in found.book.rules] == ["Sales", "Admins"]
    assert (found.found.cases, found.is_seat_awaited) == ([], False)


def test_who_matches_and_is_not_excepted_is_a_rules_affair(cast: Cast, people: list[User]) -> None:
    rule = rule_on(cast, subscribe(cast))
    assert looked_at(put(cast, "Sales", people[0])).found.cases
    add_exceptions(rule, [people[1].pk], actor=cast.alice)
    excepted = looked_at(put(cast, "Sales", people[1]))
    assert not excepted.found.cases
    assert excepted.book.rules[0].excepted == {people[1].pk}
    delete_users([people[2]], customer=cast.contoso, actor=cast.alice)
    assert not looked_at(Batch.objects.latest("pk")).found.cases


def test_who_has_left_a_rule_is_its_affair_while_something_is_kept(
    cast: Cast, people: list[User]
) -> None:
    rule_on(cast, subscribe(cast))
    put(cast, "Sales", people[0])
    kept = list(KeptLicense.objects.all())
    left = put(cast, "Legal", people[0])
    assert not looked_at(left).found.cases
    KeptLicense.objects.bulk_create(kept)
    assert looked_at(left).found.cases


def test_rules_that_are_off_and_those_of_other_customers_are_left_out(
    cast: Cast, people: list[User]
) -> None:
    rule_on(cast, subscribe(cast))
    LicenseRule.objects.update(is_on=False)
    found = looked_at(put(cast, "Sales", people[0]))
    assert (found.book.rules, found.found.cases) == ((), [])


def test_a_free_seat_that_somebody_waits_for_is_seen(cast: Cast, people: list[User]) -> None:
    pool = subscribe(cast, quantity=1)
    rule_on(cast, pool)
    batch = put(cast, "Sales", *people)
    assert not looked_at(batch).is_seat_awaited
    change_seats(pool, 2, actor=cast.alice)
    assert looked_at(batch).is_seat_awaited
