"""Figures of a month against months that were made by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import SeatMonth, UserMonth
from accounts.queries.reports.months import MonthReport, known_since, months_between
from accounts.queries.reports.rows import Group, ProductRow
from accounts.services.users import block_users
from customers.models import Customer
from licensing.models import Subscription, SubscriptionStatus
from tests.factories import (
    CustomerFactory,
    ProductFactory,
    SubscriptionFactory,
    UserMonthFactory,
)
from tests.support.cast import Cast

OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)
TODAY = date(2026, 12, 10)


def seats(subscription: Subscription, month: date, last: int, **figures: Any) -> None:
    given = {"bought": 10, "assigned": 0, "blocked": 0, "peak": figures.get("assigned", 0)}
    SeatMonth.objects.create(
        subscription=subscription,
        customer=subscription.customer,
        month=month,
        first_day=month,
        last_day=month.replace(day=last),
        **given | figures,
    )


def users(customer: Customer, month: date, last: int, **figures: int) -> None:
    end = month.replace(day=last)
    UserMonthFactory.create(customer=customer, month=month, last_day=end, **figures)


@pytest.fixture
def office(cast: Cast) -> dict[str, Subscription]:
    """Contoso and Northwind have Office, Adatum is another partner's; prices in two currencies."""
    product = ProductFactory.create(name="Office", sku="OFFICE")
    found = {}
    prices = {"contoso": ("9.50", "EUR"), "northwind": ("10.00", "USD"), "adatum": ("1.00", "EUR")}
    for name, (price, currency) in prices.items():
        customer = getattr(cast, name)
        row = SubscriptionFactory.create(customer=customer, product=product)
        found[name] = row
        paid = {"price": Decimal(price), "currency": currency}
        seats(row, OCTOBER, 31, assigned=4, **paid)
        seats(row, NOVEMBER, 30, assigned=7, peak=9, blocked=2, **paid)
        users(customer, OCTOBER, 31, users=20)
        users(customer, NOVEMBER, 30, users=22, peak=25, added=6, deleted=5, restored=1)
    return found


def report(cast: Cast, month: date = NOVEMBER, **rest: Any) -> MonthReport:
    return MonthReport(Customer.objects.visible_to(cast.alice), month, TODAY, **rest)


def groups(found: MonthReport) -> dict[str, Group]:
    return {group.customer.name: group for group in found.groups(list(found.customers()))}


def products(found: MonthReport) -> dict[str, ProductRow]:
    return {row.product: row for row in found.products()}


def test_a_month_has_its_last_day_its_peak_and_its_change(
    cast: Cast, office: dict[str, Subscription]
) -> None:
    found = groups(report(cast))
    assert list(found) == ["Contoso", "Northwind"]
    [row] = found["Contoso"].rows
    assert (row.bought, row.assigned, row.peak, row.blocked, row.unused) == (10, 7, 9, 2, 3)
    assert row.change == 3
    assert row.money == ["28.50 EUR"]
    told = found["Contoso"].users
    assert told is not None
    assert told[:5] == (22, 25, 6, 5, 1)
    assert (told.change, told.as_of) == (2, date(2026, 11, 30))


def test_currencies_are_never_added_up(cast: Cast, office: dict[str, Subscription]) -> None:
    found = report(cast)
    [row] = found.products()
    assert (row.product, row.customers, row.bought, row.assigned) == ("Office", 2, 20, 14)
    assert row.change == 6
    assert row.money == ["28.50 EUR", "30.00 USD"]
    total = found.total(found.products())
    assert (total.unused, total.blocked, total.money) == (6, 4, ["28.50 EUR", "30.00 USD"])
    assert found.users()[:5] == (44, 0, 12, 10, 2)


def test_without_a_month_before_no_change_is_told(
    cast: Cast, office: dict[str, Subscription]
) -> None:
    found = report(cast, OCTOBER)
    assert groups(found)["Contoso"].rows[0].change is None
    assert products(found)["Office"].change is None
    assert found.users().change is None


def test_what_is_new_and_what_is_gone_is_a_change(
    cast: Cast, office: dict[str, Subscription]
) -> None:
    phone = SubscriptionFactory.create(
        customer=cast.contoso, product=ProductFactory.create(name="Phone")
    )
    fax = SubscriptionFactory.create(
        customer=cast.contoso, product=ProductFactory.create(name="Fax")
    )
    seats(phone, NOVEMBER, 30, assigned=2)
    seats(fax, OCTOBER, 31, assigned=5)
    found = report(cast)
    assert {row.product: row.change for row in groups(found)["Contoso"].rows} == {
        "Office": 3,
        "Phone": 2,
    }
    assert {name: row.change for name, row in products(found).items()} == {
        "Fax": -5,
        "Office": 6,
        "Phone": 2,
    }


def test_a_month_without_figures_is_empty(cast: Cast, office: dict[str, Subscription]) -> None:
    found = report(cast, date(2026, 9, 1))
    assert (list(found.customers()), found.products()) == ([], [])
    assert found.users().users == 0


def test_a_customer_without_subscriptions_has_its_users(cast: Cast) -> None:
    users(cast.contoso, NOVEMBER, 30, users=5)
    [group] = groups(report(cast)).values()
    assert (group.customer, group.rows, group.bought, group.change) == (cast.contoso, [], 0, None)


def test_this_month_is_as_of_now_with_the_peak_of_its_nights(
    cast: Cast, office: dict[str, Subscription]
) -> None:
    held = SubscriptionFactory.create(
        customer=cast.contoso,
        product=ProductFactory.create(name="Phone"),
        quantity=5,
        holders=[cast.gail, cast.uma],
    )
    seats(held, DECEMBER, 9, assigned=4, peak=4)
    users(cast.contoso, DECEMBER, 9, users=3, peak=6, added=1)
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    found = report(cast, DECEMBER)
    assert list(groups(found)) == ["Contoso", "Northwind"]
    contoso = groups(found)["Contoso"]
    told = {row.product: (row.bought, row.assigned, row.blocked, row.peak) for row in contoso.rows}
    assert told == {"Office": (10, 0, 0, 0), "Phone": (5, 2, 1, 4)}
    assert [row.change for row in contoso.rows] == [-7, 2]
    assert contoso.users is not None
    assert contoso.users[:6] == (2, 6, 1, 0, 0, 22)
    assert products(found)["Phone"].blocked == 1
    assert products(found)["Office"].change == -14


def test_what_was_canceled_this_month_is_still_told_of(cast: Cast) -> None:
    gone = SubscriptionFactory.create(customer=cast.contoso, status=SubscriptionStatus.CANCELED)
    SubscriptionFactory.create(customer=cast.contoso, status=SubscriptionStatus.CANCELED)
    seats(gone, DECEMBER, 9, assigned=3, peak=4)
    [row] = groups(report(cast, DECEMBER))["Contoso"].rows
    assert (row.bought, row.assigned, row.peak, row.unused) == (0, 0, 4, 0)


def test_limited_staff_have_their_customers_alone(
    cast: Cast, office: dict[str, Subscription]
) -> None:
    cast.bob.limited_to_customers = True
    cast.bob.save(update_fields=["limited_to_customers"])
    cast.bob.allowed_customers.add(cast.northwind)
    own = Customer.objects.visible_to(cast.bob)
    found = MonthReport(own, NOVEMBER, TODAY)
    assert list(groups(found)) == ["Northwind"]
    assert (found.users().users, products(found)["Office"].bought) == (22, 10)


def test_figures_are_known_since_their_first_day(
    cast: Cast, office: dict[str, Subscription]
) -> None:
    UserMonth.objects.filter(customer=cast.northwind, month=OCTOBER).update(
        first_day=date(2026, 10, 7)
    )
    of = Customer.objects.filter
    assert known_since(of(pk=cast.northwind.pk)) == date(2026, 10, 7)
    assert known_since(Customer.objects.visible_to(cast.alice)) == OCTOBER
    assert known_since(of(pk=CustomerFactory.create(partner=cast.fabrikam).pk)) is None


def test_months_are_told_from_the_newest_on() -> None:
    found = months_between(date(2026, 11, 17), date(2027, 1, 3))
    assert found == [date(2027, 1, 1), date(2026, 12, 1), date(2026, 11, 1)]
