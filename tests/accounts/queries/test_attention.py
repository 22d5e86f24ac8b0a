"""What needs attention: full subscriptions, deletions that become final, seats that lie idle."""

from datetime import date, timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import CredentialSheet, User
from accounts.queries.attention import Deadline, IdleSeats, Shortage, Waiting, attention, renewals
from accounts.services.users import block_users
from customers.models import Customer, CustomerQuerySet, Partner
from licensing.models import Subscription
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
    User.objects.update(last_login=timezone.now())
    Subscription.objects.update(renews_on=timezone.localdate() + timedelta(days=61))
    found = attention(of(cast.fabrikam), CredentialSheet.objects.all())
    assert not found
    assert (found.users, found.seats, found.unused_seats) == (0, 0, 0)
    assert (found.renewing, found.open_sheets, found.passwords) == (0, 0, 0)


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


@pytest.mark.parametrize(
    ("renews_on", "expected"),
    [
        ("2026-12-01", "2026-12-01"),
        ("2027-01-30", "2027-01-30"),
        ("2027-01-31", ""),
        ("2026-11-30", ""),
        # It renews by itself: the same day of a later year.
        ("2024-01-05", "2027-01-05"),
        ("2024-06-05", ""),
    ],
)
def test_renewals_within_sixty_days(cast: Cast, renews_on: str, expected: str) -> None:
    day = date.fromisoformat(renews_on)
    SubscriptionFactory.create(customer=cast.contoso, renews_on=day)
    for status, quantity in (("suspended", 5), ("active", 0)):
        SubscriptionFactory.create(
            customer=cast.contoso, renews_on=day, status=status, quantity=quantity
        )
    found = renewals(of(cast.fabrikam), date(2026, 12, 1))
    first = date.fromisoformat(expected) if expected else None
    assert found == ([Waiting(cast.contoso.pk, "Contoso", 1, first)] if expected else [])
    assert renewals(of(cast.litware), date(2026, 12, 1)) == []


def test_the_first_renewal_comes_first(cast: Cast) -> None:
    for customer, day in ((cast.contoso, 20), (cast.contoso, 9), (cast.northwind, 8)):
        SubscriptionFactory.create(customer=customer, renews_on=date(2026, 12, day))
    assert renewals(of(cast.fabrikam), date(2026, 12, 1)) == [
        Waiting(cast.northwind.pk, "Northwind", 1, date(2026, 12, 8)),
        Waiting(cast.contoso.pk, "Contoso", 2, date(2026, 12, 9)),
    ]


def test_open_sheets_that_one_may_read(cast: Cast) -> None:
    now = timezone.now()
    for hours in (-1, 5, 3):
        CredentialSheet.objects.create(
            customer=cast.contoso,
            kind="reset",
            by=cast.bob,
            created_at=now - timedelta(hours=2),
            expires_at=now + timedelta(hours=hours),
        )
    first = now + timedelta(hours=3)
    for user, expected in (
        (cast.bob, [Waiting(cast.contoso.pk, "Contoso", 2, first)]),
        (cast.alice, [Waiting(cast.contoso.pk, "Contoso", 2, first)]),
        (cast.sally, []),
    ):
        readable = CredentialSheet.objects.readable_by(user)
        assert attention(of(cast.fabrikam), readable).sheets == expected
    assert attention(of(cast.fabrikam)).sheets == []
    assert attention(of(cast.litware), CredentialSheet.objects.all()).sheets == []


def test_temporary_passwords_about_to_expire(cast: Cast) -> None:
    edge = timezone.now() - timedelta(days=settings.TEMPORARY_PASSWORD_DAYS)
    for customer, hours in ((cast.contoso, -1), (cast.contoso, 47), (cast.contoso, 49)):
        UserFactory.create(
            customer=customer,
            must_change_password=True,
            temporary_password_set_at=edge + timedelta(hours=hours),
        )
    found = attention(of(cast.fabrikam))
    assert found.expiring == [Waiting(cast.contoso.pk, "Contoso", 1)]
    assert found.passwords == 1
    assert not attention(of(cast.litware)).expiring


def test_seats_of_users_who_never_signed_in_are_unused(cast: Cast) -> None:
    subscribe(cast, "Teams", cast.uma, cast.gail)
    subscribe(cast, "Visio", cast.uma)
    User.objects.filter(pk=cast.uma.pk).update(last_login=None)
    User.objects.filter(pk=cast.gail.pk).update(last_login=timezone.now())
    found = attention(of(cast.fabrikam))
    assert found.unused == [IdleSeats(cast.contoso.pk, "Contoso", 2, 1)]
    assert found.unused_seats == 2
    assert found


def test_seven_queries_whatever_the_number_of_customers(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for customer in (cast.contoso, cast.northwind):
        delete_with_days_left(customer, 2)
        SubscriptionFactory.create(customer=customer, renews_on=timezone.localdate())
    with django_assert_num_queries(7):
        attention(of(cast.fabrikam), CredentialSheet.objects.all())
