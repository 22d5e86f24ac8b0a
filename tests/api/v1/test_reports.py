"""The month report by the API."""

from licensing.models import Subscription
from tests.api.caller import Script
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
