"""What needs attention: full subscriptions, deletions that become final, seats that lie idle."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.queries.attention import Deadline, IdleSeats, Shortage, attention
from accounts.services.users import block_users
from customers.models import Customer, CustomerQuerySet, Partner
from tests.accounts.verbs import subscribe
from tests.factories import SubscriptionFactory, UserFactory
from tests.support.cast import Cast


def of(partner: Partner) -> CustomerQuerySet:
    return Customer.objects.filter(partner=partner)


def delete_with_days_left(customer: Customer, days: int) -> User:
    age = timedelta(days=settings.DELETED_USER_RETENTION_DAYS - days) - timedelta(minutes=1)
    return UserFactory.create(customer=customer, deleted_at=timezone.now() - age)


def test_where_all_is_well_there_is_nothing(cast: Cast) -> None:
    subscribe(cast, "Teams", cast.uma)
    found = attention(of(cast.fabrikam))
    assert not found
    assert (found.users, found.seats) == (0, 0)


def test_customers_with_most_full_subscriptions_come_first(cast: Cast) -> None:
    subscribe(cast, "Visio", cast.uma, quantity=1)
    subscribe(cast, "Teams", cast.uma, quantity=1)
    subscribe(cast, "Roomy", cast.uma, quantity=2)
    other = UserFactory.create(customer=cast.northwind)
    full = SubscriptionFactory.create(customer=cast.northwind, quantity=1, holders=[other])
    assert attention(of(cast.fabrikam)).shortages == [
        Shortage(cast.contoso.pk, "Contoso", ["Teams", "Visio"]),
        Shortage(cast.northwind.pk, "Northwind", [full.product.name]),
    ]


def test_deletions_that_become_final_within_a_week_are_counted_the_first_day_first(
    cast: Cast,
) -> None:
    delete_with_days_left(cast.contoso, 6)
    delete_with_days_left(cast.contoso, 20)
    delete_with_days_left(cast.contoso, -1)
    first = delete_with_days_left(cast.northwind, 1)
    delete_with_days_left(cast.northwind, 5)
    found = attention(of(cast.fabrikam))
    assert [(row.name, row.users) for row in found.deadlines] == [("Northwind", 2), ("Contoso", 1)]
    assert first.purge_after is not None
    assert found.deadlines[0] == Deadline(cast.northwind.pk, "Northwind", 2, first.purge_after)
    assert found.users == 3


def test_seats_of_blocked_users_are_idle(cast: Cast) -> None:
    subscribe(cast, "Teams", cast.uma, cast.gail)
    subscribe(cast, "Visio", cast.uma)
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    found = attention(of(cast.fabrikam))
    assert found.idle == [IdleSeats(cast.contoso.pk, "Contoso", 2, 1)]
    assert found.seats == 2
    assert found


def test_a_blocked_user_without_a_license_wastes_nothing(cast: Cast) -> None:
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert not attention(of(cast.fabrikam)).idle


def test_of_other_partners_nothing_is_told(cast: Cast) -> None:
    subscribe(cast, "Teams", cast.uma, quantity=1)
    delete_with_days_left(cast.contoso, 2)
    assert not attention(of(cast.litware))


def test_three_queries_whatever_the_number_of_customers(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for customer in (cast.contoso, cast.northwind):
        delete_with_days_left(customer, 2)
    with django_assert_num_queries(3):
        attention(of(cast.fabrikam))
