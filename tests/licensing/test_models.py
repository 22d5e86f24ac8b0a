"""Products, subscriptions and licenses as rows: what they say, and what the database keeps."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from licensing.models import (
    LicenseAssignment,
    Product,
    ServicePlan,
    Subscription,
    SubscriptionStatus,
    anniversary,
)
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast


@pytest.fixture
def teams(cast: Cast) -> Subscription:
    """Three seats of Teams, of which uma and gail have two."""
    product = ProductFactory.create(name="Teams", plans=["MEET"])
    return SubscriptionFactory.create(
        customer=cast.contoso, product=product, quantity=3, holders=[cast.uma, cast.gail]
    )


def broken(change: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        change()


def test_the_catalog_is_what_is_offered_in_four_queries(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    base = ProductFactory.create(name="Office", plans=["MAIL", "FILES"])
    ProductFactory.create(name="Phone", requires=[base], conflicts=[])
    ProductFactory.create(name="Old", is_offered=False)
    with django_assert_num_queries(4):
        found = list(Product.objects.offered_to(cast.fabrikam.pk))
        assert [product.name for product in found] == ["Office", "Phone"]
        assert {plan.code for plan in found[0].plans.all()} == {"MAIL", "FILES"}
        assert [list(product.requires.all()) for product in found] == [[], [base]]


def test_a_conflict_holds_both_ways_and_a_requirement_one(cast: Cast) -> None:
    base = ProductFactory.create(name="Office")
    other = ProductFactory.create(name="Phone", requires=[base], conflicts=[base])
    assert list(base.conflicts.all()) == [other]
    assert (list(base.requires.all()), list(base.required_by.all())) == ([], [other])


def test_the_database_keeps_the_rules_of_the_catalog(cast: Cast) -> None:
    product = ProductFactory.create(sku="OFFICE", plans=["MAIL"])
    broken(lambda: ProductFactory.create(sku="OFFICE"))
    broken(lambda: ProductFactory.create(sku="small"))
    broken(lambda: ServicePlan.objects.create(product=product, code="MAIL", name="Again"))
    assert str(product.plans.get()) == "Mail"


@pytest.mark.parametrize(
    "status, available, assignable, is_active, is_canceled",
    [
        (SubscriptionStatus.ACTIVE, 3, 3, True, False),
        (SubscriptionStatus.SUSPENDED, 3, 0, False, False),
        (SubscriptionStatus.CANCELED, 3, 0, False, True),
    ],
)
def test_seats_can_be_given_out_while_it_is_active(
    status: str, available: int, assignable: int, *, is_active: bool, is_canceled: bool
) -> None:
    row = Subscription(quantity=5, assigned=2, status=status)
    assert (row.available, row.assignable) == (available, assignable)
    assert (row.is_active, row.is_canceled) == (is_active, is_canceled)


def test_lists_leave_out_what_is_over_and_find_what_is_full(
    cast: Cast, teams: Subscription
) -> None:
    def make(name: str, **values: Any) -> Subscription:
        product = ProductFactory.create(name=name)
        return SubscriptionFactory.create(customer=cast.contoso, product=product, **values)

    full = make("Full", quantity=1, holders=[cast.uma])
    paused = make("Paused", quantity=1, holders=[cast.uma])
    Subscription.objects.filter(pk=paused.pk).update(status=SubscriptionStatus.SUSPENDED)
    over = make("Over", status=SubscriptionStatus.CANCELED)
    rows = Subscription.objects.all()
    assert set(rows.current()) == {teams, full, paused}
    assert list(rows.full()) == [full]
    assert list(rows.for_list()) == [full, over, paused, teams]


def test_a_list_names_its_products_in_one_query(
    cast: Cast, teams: Subscription, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    SubscriptionFactory.create(customer=cast.contoso)
    with django_assert_num_queries(1):
        assert {str(row) for row in Subscription.objects.for_list()} >= {"Teams"}


@pytest.mark.parametrize(
    "renews_on, today, expected",
    [
        (date(2027, 3, 31), date(2027, 3, 30), date(2027, 3, 31)),
        (date(2027, 3, 31), date(2027, 3, 31), date(2027, 3, 31)),
        (date(2027, 3, 31), date(2027, 4, 1), date(2028, 3, 31)),
        (date(2020, 3, 31), date(2027, 1, 1), date(2027, 3, 31)),
        (date(2020, 3, 31), date(2027, 12, 31), date(2028, 3, 31)),
        # The 29th of February falls on the 28th where there is none.
        (date(2024, 2, 29), date(2025, 1, 1), date(2025, 2, 28)),
        (date(2024, 2, 29), date(2025, 3, 1), date(2026, 2, 28)),
        (date(2024, 2, 29), date(2027, 3, 1), date(2028, 2, 29)),
    ],
)
def test_it_renews_each_year_on_the_same_day(renews_on: date, today: date, expected: date) -> None:
    assert Subscription(renews_on=renews_on).next_renewal(today) == expected


def test_an_anniversary_is_within_its_month() -> None:
    assert anniversary(date(2024, 2, 29), 2023) == date(2023, 2, 28)
    assert anniversary(date(2024, 2, 29), 2028) == date(2028, 2, 29)
    assert anniversary(date(2023, 1, 31), 2024) == date(2024, 1, 31)


def test_the_database_never_sells_a_seat_twice(cast: Cast, teams: Subscription) -> None:
    row = Subscription.objects.filter(pk=teams.pk)
    broken(lambda: row.update(quantity=1))
    broken(lambda: row.update(assigned=4))
    broken(lambda: row.update(status=SubscriptionStatus.CANCELED))
    broken(lambda: SubscriptionFactory.create(customer=cast.contoso, product=teams.product))
    row.update(assigned=0, status=SubscriptionStatus.CANCELED)
    SubscriptionFactory.create(customer=cast.contoso, product=teams.product)


def test_the_database_keeps_one_live_license_a_user_and_its_times(
    cast: Cast, teams: Subscription
) -> None:
    held = LicenseAssignment.objects.get(user=cast.uma)

    def again() -> LicenseAssignment:
        return LicenseAssignment.objects.create(
            subscription=teams, user=cast.uma, customer=cast.contoso, assigned_at=timezone.now()
        )

    broken(again)
    early = held.assigned_at - timedelta(seconds=1)
    broken(lambda: LicenseAssignment.objects.filter(pk=held.pk).update(released_at=early))
    LicenseAssignment.objects.filter(pk=held.pk).update(released_at=held.assigned_at)
    assert again().pk != held.pk
    assert str(held) == f"{teams.pk}/{cast.uma.pk}"


def test_live_licenses_are_those_that_were_not_released(cast: Cast, teams: Subscription) -> None:
    rows = LicenseAssignment.objects.all()
    assert {row.user for row in rows.live()} == {cast.uma, cast.gail}
    rows.filter(user=cast.uma).update(released_at=timezone.now())
    assert {row.user for row in rows.live()} == {cast.gail}


def test_products_are_named_by_user_in_their_order(
    cast: Cast, teams: Subscription, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    office = ProductFactory.create(name="Office")
    SubscriptionFactory.create(customer=cast.contoso, product=office, holders=[cast.uma])
    far = UserFactory.create(customer=cast.northwind)
    SubscriptionFactory.create(customer=cast.northwind, product=office, holders=[far])
    with django_assert_num_queries(1):
        names = LicenseAssignment.objects.live().product_names(cast.contoso)
    assert names == {cast.uma.pk: ["Office", "Teams"], cast.gail.pk: ["Teams"]}
    assert LicenseAssignment.objects.none().product_names(cast.contoso) == {}


def test_licenses_that_would_stay_without_what_they_need_are_found(
    cast: Cast, teams: Subscription
) -> None:
    phone = ProductFactory.create(name="Phone", requires=[teams.product])
    addon = SubscriptionFactory.create(customer=cast.contoso, product=phone, holders=[cast.uma])
    SubscriptionFactory.create(customer=cast.contoso, holders=[cast.uma])
    left = LicenseAssignment.objects.left_without(teams)
    assert [(row.user, row.subscription) for row in left] == [(cast.uma, addon)]
    assert not LicenseAssignment.objects.left_without(addon).exists()
    left.update(released_at=timezone.now())
    assert not LicenseAssignment.objects.left_without(teams).exists()
