"""Subscriptions by the API."""

from datetime import timedelta

from django.utils import timezone

from licensing.models import Subscription
from tests.api.caller import Script, at, sku, told
from tests.factories import ProductFactory
from tests.support.cast import Cast


def test_seats_are_bought_and_a_subscription_turned(
    script: Script, cast: Cast, office: Subscription
) -> None:
    office.refresh_from_db()
    path = at(cast.contoso, "subscriptions", office.uuid)
    whole = script.get(path)
    etag = whole["attributes"]["etag"]
    more = told(script("PATCH", path, {**whole, "quantity": 5}, If_Match=etag))
    assert more["quantity"] == 5
    late = told(script("PATCH", path, {**whole, "quantity": 6}, If_Match=etag), 400)
    assert late["code"] == 2_055
    assert told(script("PATCH", path, {"quantity": -1}), 400)["code"] in {2_002, 3_000}
    assert told(script("PATCH", path, {"status": "suspended"}))["status"] == "suspended"
    assert told(script("PATCH", path, {"quantity": 9}), 400)["code"] == 2_001
    assert told(script("PATCH", path, {"status": "active"}))["status"] == "active"
    assert told(script("PATCH", path, {"status": "deleted"}))["status"] == "deleted"
    assert told(script("PATCH", path, {"status": "active"}), 400)["code"] == 2_011
    assert [row["status"] for row in script.get(f"{at(cast.contoso)}/subscriptions")["items"]] == [
        "deleted"
    ]


def test_a_subscription_is_added(script: Script, cast: Cast) -> None:
    product = ProductFactory.create(name="Mail", sku="MAIL")
    offered = script.get("/products")["items"]
    wanted = next(row["id"] for row in offered if row["skuPartNumber"] == "MAIL")
    assert wanted == sku(product)
    body = {"skuId": wanted, "quantity": 3}
    path = f"{at(cast.contoso)}/subscriptions"
    assert told(script("POST", path, body), 201)["quantity"] == 3
    assert told(script("POST", path, body), 409)["refusal"] == "subscription-there-already"
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    late = {**body, "commitmentEndDate": yesterday}
    assert told(script("POST", path, late), 400)["code"] == 3_000


def test_a_price_is_given_changed_and_taken_away(
    script: Script, cast: Cast, office: Subscription
) -> None:
    office.refresh_from_db()
    path = at(cast.contoso, "subscriptions", office.uuid)
    assert script.get(path)["price"] is None
    priced = told(script("PATCH", path, {"price": "9.5", "currency": "eur"}))
    assert (priced["price"], priced["currency"]) == ("9.50", "EUR")
    assert told(script("PATCH", path, {"quantity": priced["quantity"]}))["price"] == "9.50"
    assert told(script("PATCH", path, {"price": "10"}))["currency"] == "EUR"
    assert told(script("PATCH", path, {"price": "much"}), 400)["code"] == 3_000
    for wrong in ({"price": "-1"}, {"price": "1", "currency": "EURO"}):
        script_refused = script("PATCH", path, wrong)
        assert script_refused.status_code in {400, 422}
    assert told(script("PATCH", path, {"price": None}))["price"] is None
