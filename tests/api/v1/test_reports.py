"""The month report by the API."""

from datetime import date
from decimal import Decimal

from accounts.models import SeatMonth
from licensing.models import Subscription
from tests.api.caller import Script, told
from tests.factories import ProductFactory, SubscriptionFactory
from tests.support.cast import Cast


def test_the_month_report_has_a_row_for_each_subscription(script: Script, cast: Cast) -> None:
    product = ProductFactory.create(name="Office", sku="OFFICE")
    for customer in (cast.contoso, cast.northwind, cast.adatum):
        SubscriptionFactory.create(customer=customer, product=product, quantity=4)
    found = script.get("/reports/licenses?size=1")
    assert found["totalCount"] == 2
    assert found["items"][0]["customerName"] == "Contoso"
    assert found["items"][0]["available"] == 4
    assert Subscription.objects.count() == 3


def test_a_month_has_the_figures_of_its_last_night(script: Script, cast: Cast) -> None:
    for customer in (cast.contoso, cast.adatum):
        SeatMonth.objects.create(
            subscription=SubscriptionFactory.create(customer=customer),
            customer=customer,
            month=date(2026, 11, 1),
            first_day=date(2026, 11, 1),
            last_day=date(2026, 11, 30),
            bought=9,
            assigned=5,
            blocked=1,
            peak=7,
            price=Decimal("9.50"),
            currency="EUR",
        )
    found = script.get("/reports/licenses?month=2026-11")
    [row] = found["items"]
    names = ("customerName", "bought", "assigned", "available", "peak", "asOf", "price", "currency")
    assert [row[name] for name in names] == ["Contoso", 9, 5, 4, 7, "2026-11-30", "9.50", "EUR"]
    assert script.get("/reports/licenses?month=2026-10")["items"] == []


def test_a_month_that_is_none_is_refused(script: Script) -> None:
    assert told(script("GET", "/reports/licenses?month=2026-13"), 400)["code"] == 3_000
